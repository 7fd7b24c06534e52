"""What two claims are to each other: the same, in contradiction, or not the same claim as far as words tell.

Unsure is unrelated: a contradiction is told only where everything but one thing is alike (docs/decisions/0019).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from trillm.language.sentence.lexicon import lexicon
from trillm.language.sentence.polarity import opposites
from trillm.language.sentence.quantity import Quantity, are_same, can_contradict
from trillm.ranking.claims.claim import Difference
from trillm.ranking.claims.read import Claim, stem

_SAME: Final = 0.62
_SAME_WITHIN: Final = 0.5
"""Enough where one claim says all that the other says, and more."""
_CONTESTED: Final = 0.62
_CONTESTED_BY_POLARITY: Final = 0.7
_SHORT: Final = 0.75
"""For claims of one or two content words."""
_LONG: Final = 5.0
"""With so much shared, one word in another's place is more likely another word for it."""


class Relation(NamedTuple):
    """`likeness` is how much of the two is alike, 0 to 1; `same` is None where they are not one claim."""

    same: bool | None
    likeness: float
    by: Difference | None = None


class Weights:
    """How much a stem tells: less the more claims of one answer have it, half where the question has it."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights

    def __getitem__(self, stem: str) -> float:
        return self._weights.get(stem, 1.0)

    def total(self, stems: Iterable[str]) -> float:
        """Return the sum over the stems."""
        return sum(self._weights.get(stem, 1.0) for stem in stems)


def relate(a: Claim, b: Claim, weights: Weights) -> Relation:
    """Compare two claims of different answers."""
    shared = a.stems & b.stems
    common = weights.total(shared)
    if not (a.numbers and b.numbers):
        rest = [weights.total(one.stems - shared) for one in (a, b)]
        if _dice(common, 0.5 * rest[0], 0.5 * rest[1]) < _SAME_WITHIN:
            return Relation(None, _dice(common, *rest))  # as nearly all pairs: nothing that follows can change it
    turned = opposites(a.words, b.words)
    apart = {stem(word) for pair in turned for word in pair}
    only_a, only_b = a.stems - b.stems - apart, b.stems - a.stems - apart
    alike, clashing, extra = _numbers(a, b)
    rest = [weights.total(only_a), weights.total(only_b)]
    topic = _dice(common, *rest)
    if not shared or (common < 1 and alike == 0 and len(shared) < 2):
        return Relation(None, topic)
    flips = (a.negations + b.negations + len(turned) + _is_swapped(a, b)) % 2
    if clashing or flips:
        by = Difference.NUMBER if clashing else Difference.OPPOSITE if turned else Difference.NEGATION
        return _contest(a, b, topic, len(shared), both=bool(clashing and flips), by=by)
    if extra:
        return Relation(None, topic)
    likeness = _dice(common + alike, *rest)
    within = min(rest) == 0
    if only_a and only_b and common < _LONG and _has_another_word(a, b):
        named = _differ_by_name(a, b, only_a, only_b) and topic >= _SAME_WITHIN
        return Relation(False, topic, Difference.NAME) if named else Relation(None, topic)
    least = _SAME_WITHIN if within else _SAME
    if min(len(a.stems), len(b.stems)) <= 2 or len(shared) + alike <= 2:
        least = _SHORT
    if likeness >= least and len(shared) + alike >= 2:
        return Relation(True, likeness)
    return Relation(None, topic)


def _contest(a: Claim, b: Claim, topic: float, shared: int, *, both: bool, by: Difference) -> Relation:
    """Return a contradiction where the rest is alike enough and neither is working or turns within itself."""
    unfit = both or shared < 2 or not (a.can_be_contested and b.can_be_contested)
    if by is Difference.NUMBER:
        unfit = unfit or topic < _CONTESTED or (a.hedged and b.hedged)
    else:
        unfit = unfit or topic < _CONTESTED_BY_POLARITY or a.hinged or b.hinged or max(a.negations, b.negations) > 1
        # what is denied must be what the other says, not something that only one of them mentions
        unfit = unfit or not (a.negated | b.negated) - {""} <= a.stems & b.stems
    return Relation(None, topic) if unfit else Relation(False, topic, by)


def _dice(common: float, rest_a: float, rest_b: float) -> float:
    whole = 2 * common + rest_a + rest_b
    return 2 * common / whole if whole else 0.0


def _numbers(a: Claim, b: Claim) -> tuple[int, bool, bool]:
    """Return how many numbers are the same, whether one contradicts another, and whether others tell them apart."""
    left_b = list(b.numbers)
    left_a: list[Quantity] = []
    for one in a.numbers:
        match = next((other for other in left_b if are_same(one, other)), None)
        if match is None:
            left_a.append(one)
        else:
            left_b.remove(match)
    alike = len(a.numbers) - len(left_a)
    if not left_a or not left_b:
        return alike, False, False
    clash = len(left_a) == len(left_b) == 1 and can_contradict(left_a[0], left_b[0])
    return alike, clash, not clash


def _is_swapped(a: Claim, b: Claim) -> bool:
    """Whether what is compared stands the other way round: A faster than B, and B faster than A."""
    if "than" not in a.tokens or "than" not in b.tokens:
        return False
    (a_left, a_right), (b_left, b_right) = _around_than(a), _around_than(b)
    return not a_left & b_left and bool(a_left & b_right and (a_right - b_right) & b_left)


def _around_than(claim: Claim) -> tuple[frozenset[str], frozenset[str]]:
    place = claim.tokens.index("than")
    # what compares (the word before "than") stands on neither side
    left = frozenset(map(stem, claim.tokens[: max(0, place - 1)])) & claim.stems
    right = frozenset(map(stem, claim.tokens[place + 1 :])) & claim.stems
    return left - right, right - left


def _has_another_word(a: Claim, b: Claim) -> bool:
    """Whether some word stands where the other has a different one: between the same neighbours."""
    places_a, places_b = _slots(a, b.stems), _slots(b, a.stems)
    return any(slot in places_b for slot in places_a)


def _slots(claim: Claim, known: frozenset[str]) -> set[tuple[str, str]]:
    """Return the neighbours that both claims have, around each run of words that one of them lacks."""
    found: set[tuple[str, str]] = set()
    before, inside = "", False
    for word in (*claim.content, ""):
        if word in known or word == "":
            if inside:
                found.add((before, word))
            before, inside = word, False
        else:
            inside = True
    return found


def _differ_by_name(a: Claim, b: Claim, only_a: frozenset[str], only_b: frozenset[str]) -> bool:
    """Whether they are alike but for a name that ends them: the capital is Canberra, the capital is Sydney."""
    names = only_a <= a.names and only_b <= b.names and len(only_a) <= 3 and len(only_b) <= 3
    if not names or a.negations or b.negations or not (a.can_be_contested and b.can_be_contested):
        return False
    if any(token in lexicon().open_lists for token in (*a.tokens, *b.tokens)):
        return False
    return all(_follows_copula(claim, only) for claim, only in ((a, only_a), (b, only_b)))


def _follows_copula(claim: Claim, only: frozenset[str]) -> bool:
    first = next((place for place, token in enumerate(claim.tokens) if stem(token) in only), 0)
    # "the capital is X" names one thing; "X is a language" begins with what it is about
    before = claim.tokens[max(0, first - 2) : first]
    about = sum(stem(token) in claim.stems for token in claim.tokens[:first])
    return about >= 2 and any(token in lexicon().copulas for token in before)
