"""Fits a logistic regression whose weights keep their sign, by Newton's method on those that are free to move."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

_STEPS = 60
_SETTLED = 1e-9
_MOST_LOGITS = 40.0

Row = tuple[Sequence[float], bool]


def fit_logistic(rows: Sequence[Row], raises: Sequence[bool | None], penalty: float = 1e-3) -> list[float]:
    """Return a weight for each column: never below 0 where it raises, never above where not, free where None.

    Minimises mean logistic loss and `penalty` / 2 times the squared weights: convex, so there is one minimum. A weight
    at 0 that would cross it stays there for the step.
    """
    weights = [0.0] * len(raises)
    for _ in range(_STEPS):
        slope, bend = _derivatives(rows, weights, penalty)
        free = [j for j, w in enumerate(weights) if w != 0 or _allowed(-slope[j], raises[j])]
        step = _solved([[bend[i][j] for j in free] for i in free], [-slope[j] for j in free])
        moved = 0.0
        for j, change in zip(free, step, strict=True):
            target = weights[j] + change
            target = target if _allowed(target, raises[j]) else 0.0
            moved, weights[j] = max(moved, abs(target - weights[j])), target
        if moved < _SETTLED:
            break
    return weights


def _allowed(value: float, raises: bool | None) -> bool:
    return raises is None or (value >= 0 if raises else value <= 0)


def _derivatives(
    rows: Sequence[Row], weights: Sequence[float], penalty: float
) -> tuple[list[float], list[list[float]]]:
    """Return slope and curvature of the loss."""
    width, size = len(weights), len(rows)
    slope = [penalty * w for w in weights]
    bend = [[penalty * (i == j) for j in range(width)] for i in range(width)]
    for signs, holds in rows:
        logits = sum(w * x for w, x in zip(weights, signs, strict=True))
        likely = 1 / (1 + exp(-max(-_MOST_LOGITS, min(_MOST_LOGITS, logits))))
        spread = likely * (1 - likely) / size
        said = [(j, x) for j, x in enumerate(signs) if x]
        for i, x in said:
            slope[i] += (likely - holds) * x / size
            line = bend[i]
            for j, y in said:
                line[j] += spread * x * y
    return slope, bend


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Return the solution of a positive definite system, by elimination."""
    size = len(right)
    for i in range(size):
        for k in range(i + 1, size):
            factor = matrix[k][i] / matrix[i][i]
            right[k] -= factor * right[i]
            for j in range(i, size):
                matrix[k][j] -= factor * matrix[i][j]
    found = [0.0] * size
    for i in reversed(range(size)):
        found[i] = (right[i] - sum(matrix[i][j] * found[j] for j in range(i + 1, size))) / matrix[i][i]
    return found
