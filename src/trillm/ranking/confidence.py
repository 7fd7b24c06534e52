"""How sure the pick is: agreement of final answers by a measured table, prose by a capped softmax.

Where the figures come from: docs/decisions/0006.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from math import exp, floor
from typing import Final

from trillm.language.final_answer import Expected

TEMPERATURE: Final = 10.0
"""Points of `total` by which an answer must lead to be e times as likely the best."""
PROSE_CAP: Final = 0.72
"""Text alone never says more than this: outside chat its margins are worthless."""
TOO_CLOSE: Final = 0.55
"""The first against the second alone: below this share the pick is called too close."""
ONLY_SOUND: Final = 0.9
"""The one answer that hygiene left."""
ALL_REJECTED_CAP: Final = 0.35
REJECTED_SHARE: Final = 0.1
"""What rejected answers share beside a sound one."""
REFERENCE: Final = 0.95

_UNANIMOUS: Final = {2: 0.88, 3: 0.95}
_MAJORITY: Final = 0.78
_DIVIDED: Final = 0.35
"""Where all differ, or the largest groups are equal: the pick is right about one time in three."""


def agreeing(finals: Sequence[str | None], expected: Expected) -> dict[str, int] | None:
    """Return how many answers gave each final answer, or None when the panel has no final answers to compare.

    Of a question that calls for one, two must have one; of another, all, or two that agree: nobody agrees by accident.
    Where a yes or a no may as well be told in other words, most of all must say the same.
    """
    counts = Counter(final for final in finals if final is not None)
    given = counts.total()
    if given < 2 or (given < len(finals) and expected is Expected.OPEN and max(counts.values()) < 2):
        return None
    if expected is Expected.YES_NO and given < len(finals) and 2 * max(counts.values()) <= len(finals):
        return None
    return dict(counts)


def agreement_probability(groups: Sequence[int]) -> float:
    """Return how often the largest group's final answer is right, as measured, given how many stand behind each."""
    largest, given = max(groups), sum(groups)
    if largest == given:
        return _UNANIMOUS.get(largest, _UNANIMOUS[3])
    return _MAJORITY if 2 * largest > given else _DIVIDED


def prose_probabilities(totals: Sequence[float]) -> list[float]:
    """Return the probability of each, given totals best first; the first never above the cap."""
    if len(totals) == 1:
        return [ONLY_SOUND]
    weights = [weight(total - totals[0]) for total in totals]
    return led_by(min(PROSE_CAP, weights[0] / sum(weights)), weights[1:])


def weight(points: float) -> float:
    """Return how much as many points of `total` weigh in a share."""
    return exp(points / TEMPERATURE)


def led_by(first: float, weights: Sequence[float]) -> list[float]:
    """Return `first` and the rest of 1 shared by weight, none of it above `first`."""
    rest = sum(weights)
    return [first, *(min(first, (1 - first) * weight / rest) for weight in weights)]


def settled(shares: Sequence[float]) -> list[float]:
    """Return the shares never rising, and cut (not rounded) to four places, so that they add up to at most 1."""
    return [floor(share * 1e4) / 1e4 for share in accumulate(shares, min)]


def is_too_close(probabilities: Sequence[float]) -> bool:
    """Whether the first leads the second by too little to call it, whatever the size of the panel."""
    if len(probabilities) < 2:
        return False
    return probabilities[0] < TOO_CLOSE * (probabilities[0] + probabilities[1])
