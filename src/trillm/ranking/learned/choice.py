"""Learning from choices: the most probable numbers behind them, all at once or after one more. Priors are normal.

A choice is among options, each with a utility that is linear in a few numbers; it is made with a softmax over them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from operator import mul
from typing import Final

Name = tuple[str, str]
"""Of a number that is learnt."""

_STEPS: Final = 50
_SETTLED: Final = 1e-10
"""Relative to the loss: what a step may still gain, or rounding may seem to lose, where the numbers are settled."""
_SHORTEST: Final = 1e-6
_ONLINE_STEPS: Final = 3
_FOLDS: Final = 10
_FOLD_STEPS: Final = 2
"""Each leaves about a tenth of the distance: so much of the curvature went with the choices that are left out."""


@dataclass(frozen=True, slots=True)
class Option:
    """What could have been chosen; its utility is `offset` and the sum of each number times its `parts`."""

    offset: float
    parts: Mapping[Name, float]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the options was chosen, by its place, and how many choices this one counts as."""

    options: tuple[Option, ...]
    chosen: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of one number: its mean, its variance while the others stay, how many choices spoke of it."""

    mean: float
    variance: float
    labels: int = 0


def shares(choice: Choice, at: Mapping[Name, float]) -> list[float]:
    """Return how probable each option is when the numbers are these."""
    worth = utilities(choice.options, at)
    all_of_them = _log_sum(worth)
    return [exp(utility - all_of_them) for utility in worth]


def after(choice: Choice, prior: Mapping[Name, Belief]) -> dict[Name, Belief]:
    """Return what is believed of the numbers of one choice after it (diagonal Laplace); `prior` has them all.

    Steps are held short enough that no number overshoots though all of them move at once.
    """
    names = _names(choice)
    at = {name: prior[name].mean for name in names}
    bends = dict.fromkeys(names, 0.0)
    for _ in range(_ONLINE_STEPS):
        slopes, hessian = _derivatives(choice, names, at)
        for j, name in enumerate(names):
            precision = 1 / prior[name].variance
            slope = slopes[j] + precision * (at[name] - prior[name].mean)
            at[name] -= slope / (precision + sum(map(abs, hessian[j])))
            bends[name] = hessian[j][j]
    return {
        name: Belief(at[name], 1 / (1 / held.variance + bends[name]), held.labels + 1)
        for name, held in ((name, prior[name]) for name in names)
    }


def most_probable(choices: Sequence[Choice], prior: Mapping[Name, Belief]) -> dict[Name, Belief]:
    """Return what is believed after all choices: Newton's method to the one maximum, and the curvature there."""
    place = _places(choices)
    at = {name: prior[name].mean for name in place}
    loss = _loss(choices, prior, at)
    hessian: list[list[float]] = []
    for _ in range(_STEPS):
        slopes, hessian = _whole(choices, prior, at, place)
        step = _solve(_cholesky(hessian), slopes)
        gain, least = sum(map(mul, slopes, step)) / 2, _SETTLED * (1 + abs(loss))
        length = 1.0
        while True:
            moved = {name: at[name] - length * step[j] for name, j in place.items()}
            found = _loss(choices, prior, moved)
            if found <= loss + least or length < _SHORTEST:
                break
            length /= 2
        at, loss = moved, found
        if gain <= least:  # Newton's steps square what is left: after this one it is below what rounding leaves
            break
    counts = dict.fromkeys(place, 0)
    for choice in choices:
        for name in _names(choice):
            counts[name] += 1
    return {name: Belief(at[name], 1 / hessian[j][j], counts[name]) for name, j in place.items()}


def unseen(
    choices: Sequence[Choice], prior: Mapping[Name, Belief], found: Mapping[Name, Belief]
) -> Iterator[tuple[int, list[float]]]:
    """Yield the place of each choice and what its options are worth by the numbers most probable without its fold.

    `found` is what is most probable with all of them; from there each fold's numbers are a few steps away, along the
    curvature of the whole.
    """
    place = _places(choices)
    factor = _cholesky(_whole(choices, prior, {name: found[name].mean for name in place}, place)[1])
    for fold in range(_FOLDS):
        left = [choice for n, choice in enumerate(choices) if n % _FOLDS != fold]
        at = {name: found[name].mean for name in place}
        for _ in range(_FOLD_STEPS):
            step = _solve(factor, _slopes(left, prior, at, place))
            at = {name: at[name] - step[j] for name, j in place.items()}
        yield from ((n, utilities(choices[n].options, at)) for n in range(fold, len(choices), _FOLDS))


def utilities(options: Iterable[Option], at: Mapping[Name, float]) -> list[float]:
    """Return what each option is worth when the numbers are these."""
    return [o.offset + sum(part * at[name] for name, part in o.parts.items()) for o in options]


def _log_sum(values: Sequence[float]) -> float:
    """Return the logarithm of the sum of exponentials, which neither overflows nor comes to nothing."""
    most = max(values)
    return most + log(sum(exp(value - most) for value in values))


def _names(choice: Choice) -> list[Name]:
    return sorted({name for option in choice.options for name in option.parts})


def _places(choices: Iterable[Choice]) -> dict[Name, int]:
    """Return the place of each number, those of one category together and what holds in all of them last.

    Numbers of different categories never meet in a choice, so that the matrices stay empty between them.
    """
    names = {name for choice in choices for option in choice.options for name in option.parts}
    ordered = sorted(names, key=lambda name: (not name[1], name[1], name[0]))
    return {name: j for j, name in enumerate(ordered)}


def _derivatives(
    choice: Choice, names: Sequence[Name], at: Mapping[Name, float]
) -> tuple[list[float], list[list[float]]]:
    """Return slope and curvature of the negative logarithm of the choice's probability."""
    place = {name: j for j, name in enumerate(names)}
    means = [0.0] * len(names)
    squares = [[0.0] * len(names) for _ in names]
    for likely, option in zip(shares(choice, at), choice.options, strict=True):
        held = [(place[name], part) for name, part in option.parts.items()]
        for j, part in held:
            means[j] += likely * part
            row = squares[j]
            for k, other in held:
                row[k] += likely * part * other
    chosen, weight = choice.options[choice.chosen].parts, choice.weight
    slopes = [weight * (mean - chosen.get(name, 0.0)) for mean, name in zip(means, names, strict=True)]
    hessian = [
        [weight * (square - mean * other) for square, other in zip(row, means, strict=True)]
        for row, mean in zip(squares, means, strict=True)
    ]
    return slopes, hessian


def _whole(
    choices: Iterable[Choice], prior: Mapping[Name, Belief], at: Mapping[Name, float], place: Mapping[Name, int]
) -> tuple[list[float], list[list[float]]]:
    size = len(place)
    slopes = [(at[name] - prior[name].mean) / prior[name].variance for name in place]
    hessian = [[0.0] * size for _ in range(size)]
    for name, j in place.items():
        hessian[j][j] = 1 / prior[name].variance
    for choice in choices:
        names = _names(choice)
        local, bends = _derivatives(choice, names, at)
        places = [place[name] for name in names]
        for j, slope, row in zip(places, local, bends, strict=True):
            slopes[j] += slope
            held = hessian[j]
            for k, bend in zip(places, row, strict=True):
                held[k] += bend
    return slopes, hessian


def _slopes(
    choices: Iterable[Choice], prior: Mapping[Name, Belief], at: Mapping[Name, float], place: Mapping[Name, int]
) -> list[float]:
    """Return the slopes alone, in a third of the time."""
    slopes = [(at[name] - prior[name].mean) / prior[name].variance for name in place]
    for choice in choices:
        for n, (likely, option) in enumerate(zip(shares(choice, at), choice.options, strict=True)):
            pull = choice.weight * (likely - (n == choice.chosen))
            for name, part in option.parts.items():
                slopes[place[name]] += pull * part
    return slopes


def _loss(choices: Iterable[Choice], prior: Mapping[Name, Belief], at: Mapping[Name, float]) -> float:
    held = sum((value - prior[name].mean) ** 2 / (2 * prior[name].variance) for name, value in at.items())
    for choice in choices:
        worth = utilities(choice.options, at)
        held += choice.weight * (_log_sum(worth) - worth[choice.chosen])
    return held


def _cholesky(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the lower triangle whose square is the matrix, which is positive definite; each row from its first number.

    Before the first number of a row the triangle is empty as well: nothing is computed there.
    """
    rows: list[list[float]] = []
    for j, row in enumerate(matrix):
        first = next(k for k, value in enumerate(row) if value or k == j)
        found: list[float] = []
        for k in range(first, j):
            other = rows[k]
            begin = k + 1 - len(other)  # the place of the other row's first number
            mine, its = (found, other[first - begin :]) if first > begin else (found[begin - first :], other)
            found.append((row[k] - sum(map(mul, mine, its))) / other[-1])
        found.append(sqrt(row[j] - sum(value * value for value in found)))
        rows.append(found)
    return rows


def _solve(factor: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    forward: list[float] = []
    for j, (row, value) in enumerate(zip(factor, right, strict=True)):
        forward.append((value - sum(map(mul, forward[j + 1 - len(row) :], row))) / row[-1])
    found = list(forward)
    for j in reversed(range(len(factor))):
        row = factor[j]
        found[j] /= row[-1]
        for k, value in enumerate(row[:-1], j + 1 - len(row)):
            found[k] -= value * found[j]
    return found
