"""Figures of a run: how good the pick is, beside picks that anybody could make, and how honest its confidence."""

# ruff: noqa: S311 - samples, not secrets

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from evals.recorded import Panel

_BINS = 10
_RESAMPLES = 1_000
_DRAWS = 200


@dataclass(frozen=True, slots=True)
class Pick:
    """What was picked from a panel, how sure, and on what ground (empty: hygiene left at most one)."""

    panel: Panel
    best: str | None
    confidence: float
    too_close: bool
    ground: str = ""

    @property
    def score(self) -> float:
        """The score of the pick; 0 when nothing was picked."""
        return 0.0 if self.best is None else self.panel.scores[self.best]

    @property
    def right(self) -> bool:
        """Whether no answer is better, and on an objective panel whether it is right at all."""
        return self.score >= self.panel.most and (self.score > 0 or not self.panel.objective)


def mean(picks: Sequence[Pick], value: Callable[[Pick], float]) -> float:
    """Return the mean value of the picks."""
    return fmean(map(value, picks))


def random_score(panel: Panel) -> float:
    """Return what a random pick gets."""
    return fmean(panel.scores.values())


def longest_score(panel: Panel) -> float:
    """Return what the longest answer (in characters) gets; equal lengths share."""
    most = max(len(a.text) for a in panel.answers)
    return fmean(panel.scores[a.id] for a in panel.answers if len(a.text) == most)


def best_single(panels: Sequence[Panel]) -> float:
    """Return what the model gets that is the best in hindsight, of those in at least half of the panels."""
    got: defaultdict[str, list[float]] = defaultdict(list)
    for panel in panels:
        for answer in panel.answers:
            got[answer.model].append(panel.scores[answer.id])
    often = [scores for scores in got.values() if 2 * len(scores) >= len(panels)]
    return max(map(fmean, often or got.values()))


def recovered(mine: float, chance: float, oracle: float) -> float:
    """Return the share of the way from a random pick to the oracle that the pick goes, within 0 and 1."""
    return 1.0 if oracle <= chance else min(1.0, max(0.0, (mine - chance) / (oracle - chance)))


def reliability(picks: Sequence[Pick]) -> list[tuple[float, float, int]]:
    """Return mean confidence, share of right picks and number of each tenth of confidence that has picks."""
    bins: defaultdict[int, list[Pick]] = defaultdict(list)
    for pick in picks:
        bins[min(_BINS - 1, int(pick.confidence * _BINS))].append(pick)
    return [
        (mean(held, lambda p: p.confidence), mean(held, lambda p: p.right), len(held))
        for _, held in sorted(bins.items())
    ]


def calibration_error(picks: Sequence[Pick]) -> float:
    """Return the expected calibration error in ten bins."""
    return sum(abs(sure - right) * n for sure, right, n in reliability(picks)) / len(picks)


def error_by_chance(picks: Sequence[Pick]) -> tuple[float, float]:
    """Return the calibration error that the same confidences would show if they were exact: mean, and 95 % are below.

    With so many picks and these bins it is never nothing. Drawn, seeded.
    """
    chance, bins = random.Random(1), [min(_BINS - 1, int(pick.confidence * _BINS)) for pick in picks]
    errors: list[float] = []
    for _ in range(_DRAWS):
        off = [0.0] * _BINS
        for place, pick in zip(bins, picks, strict=True):
            off[place] += pick.confidence - (chance.random() < pick.confidence)
        errors.append(sum(map(abs, off)) / len(picks))
    errors.sort()
    return fmean(errors), errors[int(0.95 * _DRAWS)]


def brier(picks: Sequence[Pick]) -> float:
    """Return the mean squared distance of the confidence from what came true."""
    return mean(picks, lambda p: (p.confidence - p.right) ** 2)


def interval(picks: Sequence[Pick], value: Callable[[Pick], float]) -> tuple[float, float]:
    """Return the 95 % interval of the mean value: a bootstrap of whole groups, seeded."""
    clusters: defaultdict[str, list[float]] = defaultdict(list)
    for pick in picks:
        clusters[pick.panel.group].append(value(pick))
    held = [(sum(values), len(values)) for values in clusters.values()]
    chance = random.Random(1)
    means: list[float] = []
    for _ in range(_RESAMPLES):
        drawn = chance.choices(held, k=len(held))
        means.append(sum(total for total, _ in drawn) / sum(n for _, n in drawn))
    means.sort()
    return means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES) - 1]
