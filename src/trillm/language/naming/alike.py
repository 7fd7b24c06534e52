"""Which answers name the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trillm.language.naming.asked import Names
from trillm.language.results.amount import comparable
from trillm.language.results.options import asserted
from trillm.language.words import bare, sentences, words

_TELL_APART: Final = frozenset(
    words(
        "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi jr sr junior senior and und y et e en or the "
        "north south east west northern southern eastern western new central equatorial upper lower"
    )
)
"""What is more than a part of a name: it makes another person of it, or more than one."""
_RANKS: Final = frozenset(["king", "queen", "prince", "princess", "pope", "saint", "st", "lord", "lady", "sir"])
"""What alone names nobody."""
_DOUBTS: Final = re.compile(
    r"(?i)\b(?:either|or|maybe|perhaps|might|may|could|guess|cousin of|from|until|former|near|outside|north|south|east"
    r"|west)\b"
)
_PLAIN: Final = re.compile(r"[\w .,'\u2019-]+")
_LONGEST_SHOWN: Final = 24


@dataclass(frozen=True, slots=True)
class Named:
    """What an answer names."""

    said: str = ""
    """As it says so, or in one spelling where it is a date or an amount; empty where nothing is found."""
    names: Names = Names.TEXT
    aliases: frozenset[str] = frozenset()
    """What else it says that it is called, in lower case."""
    text: str = ""
    """Where nothing is found: what it may be said in..."""
    asked: frozenset[str] = frozenset()
    """...and the question's own words, cut to six letters."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words of it in lower case; where it has other marks than names have, it is one of its own ("C#")."""
        if not self.said:
            return ()
        if self.names is Names.TEXT:  # where every mark and letter may count, but not how it begins
            return (self.said[0].casefold() + self.said[1:],)
        folded = self.said.casefold()
        return tuple(bare(folded)) if _PLAIN.fullmatch(folded) else (folded,)


def alike(found: Sequence[Named | None]) -> list[str | None]:
    """Return what is named so that what is the same is one string; nothing unless most name the same.

    None is an answer that does not count. One in which nothing was found names what it says of what others name.
    """
    said = [one.said if one is not None and one.said else None for one in found]
    if all(one is None or one.names is Names.AMOUNT or not one.said for one in found):
        said = comparable(said)
    sides = _sides(found, said)
    names: dict[str, set[str]] = {}
    for one, side in zip(found, sides, strict=True):
        if one is not None and side is not None:
            names.setdefault(side, set()).add(one.said)
    sure = {side: its for side, its in names.items() if sides.count(side) > 1 or _stands_alone(found, sides, side)}
    sides = [
        _joined(one, sure) if side is None and one is not None and sure else side
        for one, side in zip(found, sides, strict=True)
    ]
    counted = sum(one is not None for one in found)
    if not any(sides.count(side) > max(1, counted / 2) for side in sure):
        return [None] * len(found)
    shown = {side: _shown(its) for side, its in names.items()}
    return [None if side is None else shown[side] for side in sides]


def _sides(found: Sequence[Named | None], said: Sequence[str | None]) -> list[str | None]:
    """Return for each answer the side that it is on: those of a side are all the same, each with each other.

    What is the same as two that differ stands with neither.
    """
    named = [(place, one) for place, one in enumerate(found) if one is not None and one.said]
    same = {i: {j for j, other in named if said[i] == said[j] or _are_same(one, other)} for i, one in named}
    return [
        None if name is None else min(said[j] or "" for j in its) if all(same[j] == its for j in its) else name
        for name, its in ((name, same.get(place, set[int]())) for place, name in enumerate(said))
    ]


def _are_same(one: Named, other: Named) -> bool:
    """Whether two are one: by the same words, where one is called so, of a day by its year, of a person by a part."""
    mine, its = one.words, other.words
    if mine == its or " ".join(mine) in other.aliases or " ".join(its) in one.aliases:
        return True
    if one.names is Names.DATE and other.names is Names.DATE:
        return one.said.startswith(f"{other.said}-") or other.said.startswith(f"{one.said}-")
    if one.names is not Names.PERSON or other.names is not Names.PERSON:
        return False
    short, long = sorted((mine, its), key=len)
    beyond = long[len(short) :] if long[: len(short)] == short else long[: -len(short)]
    known = _TELL_APART.isdisjoint(beyond) and short[0] not in _RANKS
    return known and long in (short + beyond, beyond + short)


def _stands_alone(found: Sequence[Named | None], sides: Sequence[str | None], side: str) -> bool:
    """Whether a name is in a script without capitals: there it is found only where an answer is nothing else."""
    said = next(one.said for one, its in zip(found, sides, strict=True) if one is not None and its == side)
    return said.lower() == said.upper()


def _joined(one: Named, names: Mapping[str, set[str]]) -> str | None:
    """Return the only side of which a text says a name, in a sentence that denies nothing before and names no other."""
    told = [asserted(sentence) for sentence in sentences(one.text)]
    said = [
        side
        for side, its in names.items()
        if any(_says(sentence, name, one.asked) for sentence in told for name in its)
    ]
    return said[0] if len(said) == 1 else None


def _says(sentence: str, name: str, asked: frozenset[str]) -> bool:
    """Whether a sentence says a name (no number), no other word with a capital but the question's, and no doubt."""
    its = words(name)
    if not any(map(str.isalpha, its)) or f" {' '.join(its)} " not in f" {' '.join(words(sentence))} ":
        return False
    others = [word for word in bare(sentence)[1:] if word[0].isupper() and word.casefold() not in its]
    return _DOUBTS.search(sentence) is None and all(word[:6].casefold() in asked for word in others)


def _shown(names: set[str]) -> str:
    """Return the fullest of the names of a side that is short enough to be shown."""
    return max(names, key=lambda name: (len(name) <= _LONGEST_SHOWN, len(name), name))
