"""Which answers name the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final, NamedTuple

from trillm.language.naming.asked import Naming
from trillm.language.results.options import asserted
from trillm.language.words import bare, sentences, words

_ROMAN: Final = frozenset("ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi jr junior senior sr".split())  # noqa: SIM905
"""What tells two of one name apart."""
_LETTERS: Final = re.compile(r"[^\W\d_]{2}")


class Named(NamedTuple):
    """What an answer names."""

    said: str
    """As it says so; empty where nothing is found in a text that may yet say it."""
    words: tuple[str, ...]
    beside: frozenset[str] = frozenset()
    """The words around it; empty where nothing is asked to be named: then only equal words are the same."""
    text: str = ""
    """Where nothing is found: what it may be said in."""


def of_result(final: str, naming: Naming | None) -> Named:
    """Return a marked final answer as what an answer names."""
    return Named(
        final, tuple(map(str.casefold, bare(final))), frozenset() if naming is None else frozenset(words(final))
    )


def alike(found: Sequence[Named | None]) -> list[str | None]:
    """Return what is named so that what is the same is one string; nothing unless most name the same.

    None is an answer that does not count. One in which nothing was found names what it says of what others name.
    """
    sides = list(range(len(found)))
    for i, j in combinations(sides, 2):
        one, other = found[i], found[j]
        if one is not None and other is not None and _are_same(one, other):
            sides = [sides[i] if side == sides[j] else side for side in sides]
    names: dict[int, set[str]] = {}
    for one, side in zip(found, sides, strict=True):
        if one is not None and one.words:
            names.setdefault(side, set()).add(one.said)
    sure = {side: said for side, said in names.items() if sides.count(side) > 1 or _is_whole(found[side])}
    if not sure:
        return [None] * len(found)
    sides = [
        _joined(one, sure) if one is not None and not one.words else side
        for one, side in zip(found, sides, strict=True)
    ]
    counted = sum(one is not None for one in found)
    if not any(sides.count(side) > max(1, counted / 2) for side in sure):
        return [None] * len(found)
    shown = {side: min(said, key=lambda name: (len(name), name)) for side, said in names.items()}
    return [None if one is None else shown.get(side) for one, side in zip(found, sides, strict=True)]


def _joined(one: Named, names: Mapping[int, set[str]]) -> int:
    """Return the only side of which a text says a name, where its sentence has denied nothing yet; -1 for none.

    A mere number is none: a text holds many.
    """
    text = f" {' '.join(word for sentence in sentences(one.text) for word in words(asserted(sentence)))} "
    said = [
        side
        for side, its in names.items()
        if any(_LETTERS.search(name) and f" {' '.join(words(name))} " in text for name in its)
    ]
    return said[0] if len(said) == 1 else -1


def _is_whole(one: Named | None) -> bool:
    """Whether a name is asked for and an answer is nothing else."""
    return one is not None and bool(one.beside) and one.beside == frozenset(words(one.said))


def _are_same(one: Named, other: Named) -> bool:
    """Whether a name is the other or a part of it, or each is told beside the other: pen names, translations."""
    mine, its = set(one.words), set(other.words)
    if not mine or not its or not (one.beside and other.beside):
        return bool(mine) and one.words == other.words
    if mine <= its or its <= mine:
        return _ROMAN.isdisjoint(mine ^ its)
    return mine <= other.beside and its <= one.beside
