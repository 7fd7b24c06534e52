"""Fits: a logistic regression on differences whose weights keep their sign, a temperature, shrunk shares."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log1p, sqrt

_SWEEPS = 2_000
_SETTLED = 1e-10
_MOST_LOGITS = 40.0


def fit_signs(differences: Sequence[Sequence[float]], earns: Sequence[bool], penalty: float = 1e-2) -> list[float]:
    """Return the weights by which the better of two scores higher: each row is better minus worse.

    A Bradley-Terry model over signs: minimises mean logistic loss and `penalty` / 2 times the squared weights (of signs
    scaled to a root mean square of 1) with each weight held to its side of zero. Convex, so the result is the one
    minimum; found by Newton steps a coordinate, until none moves.
    """
    size, width = len(differences), len(earns)
    scales = [sqrt(sum(row[j] ** 2 for row in differences) / size) or 1.0 for j in range(width)]
    columns = [[(i, row[j] / scales[j]) for i, row in enumerate(differences) if row[j] != 0.0] for j in range(width)]
    weights, margins = [0.0] * width, [0.0] * size
    for _ in range(_SWEEPS):
        moved = 0.0
        for j, column in enumerate(columns):
            slope, bend = penalty * weights[j], penalty
            for i, value in column:
                wrong = 1 / (1 + exp(max(-_MOST_LOGITS, min(_MOST_LOGITS, margins[i]))))
                slope -= wrong * value / size
                bend += wrong * (1 - wrong) * value * value / size
            target = weights[j] - slope / bend
            target = max(0.0, target) if earns[j] else min(0.0, target)
            step = target - weights[j]
            if step:
                weights[j] = target
                moved = max(moved, abs(step))
                for i, value in column:
                    margins[i] += step * value
        if moved < _SETTLED:
            break
    return [weight / scale for weight, scale in zip(weights, scales, strict=True)]


def fit_temperature(margins: Sequence[float]) -> float:
    """Return by what to divide margins in logits (better minus worse, of pairs not fitted on) to be calibrated."""
    low, high = 0.2, 10.0
    for _ in range(60):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if _loss(margins, left) < _loss(margins, right):
            high = right
        else:
            low = left
    return (low + high) / 2


def _loss(margins: Sequence[float], temperature: float) -> float:
    return sum(log1p(exp(max(-_MOST_LOGITS, min(_MOST_LOGITS, -margin / temperature)))) for margin in margins)


def shrunk(right: float, count: float, towards: float, strength: float) -> float:
    """Return the share of right ones, drawn `towards` a value as by `strength` more observations of it."""
    return (right + strength * towards) / (count + strength)
