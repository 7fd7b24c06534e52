"""How often people's votes agree with a choice, and with how sure it said it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt

_Z = 1.959964
"""Of a normal distribution, 95 % lie within so many standard deviations."""

BINS = 5
"""Confidence is compared with votes in so many steps of equal width."""

CALIBRATION_NEEDS = 20
"""With fewer votes a bin is mostly chance."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """`count` of `of`."""

    count: int = 0
    of: int = 0

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval at 95 %, as fractions: also of few it stays within 0 and 1. None of none."""
        if not self.of:
            return None
        p, n, z2 = self.count / self.of, self.of, _Z * _Z
        centre, reach = p + z2 / (2 * n), _Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        return max(0.0, (centre - reach) / (1 + z2 / n)), min(1.0, (centre + reach) / (1 + z2 / n))


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote on a query that has a pick: `better` names the answer preferred, else `rating` is of `response_id`."""

    query_id: str
    response_id: str
    rating: int
    better: str | None
    pick: str
    confidence: float | None
    """How probable the pick said it was to be the best, 0 to 1."""
    judged: str | None
    """What the judge preferred, where one did."""

    def on(self, chosen: str) -> bool | None:
        """Return whether the vote is for the chosen answer; None when it says nothing about it.

        A thumb for another answer is no word against this one: both may be good.
        """
        if self.better is not None:
            return self.better == chosen
        return self.rating > 0 if self.response_id == chosen else None


@dataclass(frozen=True, slots=True)
class Bin:
    """The picks whose confidence lay from `low` to `high`: what they promised in the mean, what votes said."""

    low: float
    high: float
    predicted: float
    agreed: Proportion


@dataclass(frozen=True, slots=True)
class Agreement:
    """A query counts once: by the newest vote that names the better answer, else by the thumb on what was chosen."""

    with_pick: Proportion
    with_judge: Proportion
    bins: tuple[Bin, ...]


def agreement(votes: Sequence[Vote]) -> Agreement:
    """Compare the votes, given newest first, with the picks and with the judge's choices."""
    on_pick: list[tuple[float | None, bool]] = []
    on_judged: list[bool] = []
    for _, of_query in groupby(sorted(votes, key=lambda vote: vote.query_id), key=lambda vote: vote.query_id):
        said = sorted(of_query, key=lambda vote: vote.better is None)
        verdict = _verdict(said, said[0].pick)
        if verdict is not None:
            on_pick.append((said[0].confidence, verdict))
        if said[0].judged is not None and (verdict := _verdict(said, said[0].judged)) is not None:
            on_judged.append(verdict)
    return Agreement(_proportion(v for _, v in on_pick), _proportion(on_judged), tuple(_bins(on_pick)))


def _verdict(said: Iterable[Vote], chosen: str) -> bool | None:
    return next((told for vote in said if (told := vote.on(chosen)) is not None), None)


def _proportion(verdicts: Iterable[bool]) -> Proportion:
    known = list(verdicts)
    return Proportion(sum(known), len(known))


def _bins(on_pick: Iterable[tuple[float | None, bool]]) -> Iterable[Bin]:
    sure = [(confidence, agreed) for confidence, agreed in on_pick if confidence is not None]
    for number in range(BINS):
        inside = [(c, agreed) for c, agreed in sure if min(int(c * BINS), BINS - 1) == number]
        if inside:
            predicted = sum(c for c, _ in inside) / len(inside)
            yield Bin(number / BINS, (number + 1) / BINS, predicted, _proportion(agreed for _, agreed in inside))
