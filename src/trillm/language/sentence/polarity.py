"""Which way a sentence points: its negations, and the words that are opposites of each other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from trillm.language.sentence.lexicon import lexicon

_CHARACTERS: Final = ("不", "没", "無", "无", "非", "ない", "ません", "ず")
"""What negates where words are not spaced."""
_PREFIXES: Final = ("un", "in", "im", "ir", "il", "non", "dis")
_ROOT: Final = 4
"""Letters at least of a word that a prefix turns into its opposite."""


class Negations(NamedTuple):
    """How many there are, and the places of the words that negate; of scripts without spaces no places."""

    number: int
    places: tuple[int, ...]


def negations(plain: str, tokens: Sequence[str], language: str | None) -> Negations:
    """Return the negations of a sentence; set phrases such as "not only" are none."""
    idioms = len(lexicon().idioms.findall(plain))
    if language in ("zh", "ja"):
        return Negations(max(0, sum(map(plain.count, _CHARACTERS)) - idioms), ())
    places = tuple(place for place, token in enumerate(tokens) if token in lexicon().negators)
    return Negations(max(0, len(places) - idioms), places)


def is_hinged(tokens: Collection[str]) -> bool:
    """Whether it turns within itself (if, but, unless), so that a negation need not be of the whole."""
    return not lexicon().hinges.isdisjoint(tokens)


def opposites(a: frozenset[str], b: frozenset[str]) -> list[tuple[str, str]]:
    """Return the words of one that have their opposite in the other, neither standing in both."""
    only_a, only_b, known = a - b, b - a, lexicon().opposites
    found = {(word, other) for word in only_a & known.keys() for other in known[word] & only_b}
    roots = [word for word in only_a | only_b if len(word) >= _ROOT]
    for root in roots:
        for turned in (prefix + root for prefix in _PREFIXES):
            if root in only_a and turned in only_b:
                found.add((root, turned))
            elif root in only_b and turned in only_a:
                found.add((turned, root))
    return sorted(found)
