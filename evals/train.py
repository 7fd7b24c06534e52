"""Makes `ranker.json` from sets whose licences permit it: PandaLM and ZeroEval (Apache-2.0), BullshitBench (MIT)."""

# ruff: noqa: S311 - samples, not secrets

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import mul
from statistics import fmean
from typing import NamedTuple

from evals.fit import fit_signs, fit_temperature, shrunk
from evals.recorded import Panel, only
from evals.unmarked import unmarked
from trillm.ranking.criteria import Criteria
from trillm.ranking.hygiene import Defect
from trillm.ranking.learned.grounds import (
    UNMARKED,
    Ground,
    agreement_of,
    ground_of,
    kind_agreed,
    kind_alone,
    lone_pattern,
)
from trillm.ranking.learned.order import in_order
from trillm.ranking.learned.weights import EARNS, MANY, PATTERNS, Weights, pattern, signs
from trillm.ranking.measure import Entry
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question

VOTES = "pairs_pandalm"
OBJECTIVE = ("multi_zeroeval_math", "multi_zeroeval_crux", "multi_zeroeval_gsm", "multi_zeroeval_numersense")
PREMISES = "multi_bullshit"
CAP = 0.72
"""Set, not fitted: outside chat a margin of prose is worthless."""
_FOLDS = 5
_SHRINK = 30.0
_SIZES = (1, 2, 3, 3, 5, 9)
_OTHER_SIZES = (4, 6, 15, 27)
_ALONE = (1,) * 8
_DIGITS = 8
_LIKE = 0.3
"""Mean scores that are this near are of like strength."""


class Outcome(NamedTuple):
    """What became of one panel: the kind of question, the pattern of agreement, whether the pick was right."""

    kind: str
    pattern: str
    right: bool
    group: str
    """Of the panel's prompt."""
    some: bool = True
    """Whether any answer was right."""


def train(votes: Sequence[Panel], objective: Mapping[str, Sequence[Panel]], premises: Sequence[Panel]) -> Weights:
    """Return the weights fitted on pairs that people judged, objective panels, and panels with a false premise."""
    prose = fit_prose(votes)
    return assemble(
        prose,
        [o for name, panels in objective.items() for o in agreements(prose, panels, name)],
        list(outcomes(prose, premises, PREMISES, (3, 3, 3))),
    )


def fit_prose(votes: Sequence[Panel]) -> Weights:
    """Return weights of which only the part on prose is fitted."""
    rows = differences(votes)
    found = [round(w, _DIGITS) for w in fit_signs([row for _, row in rows], list(EARNS.values()))]
    return Weights(tuple(found), round(fit_temperature(held_out(rows)), _DIGITS), CAP, 0.5, {}, {})


def assemble(prose: Weights, objective: Sequence[Outcome], premises: Sequence[Outcome]) -> Weights:
    """Return the weights with the probabilities that follow from outcomes."""
    contested = [outcome.right for outcome in premises if outcome.kind == Ground.PREMISE]
    agreed = [outcome for outcome in objective if outcome.kind != Ground.PREMISE]
    sure = round(shrunk(sum(contested), len(contested), 0.5, _SHRINK), _DIGITS)
    agreement = _shares([(o.kind, o.pattern, o.right) for o in agreed], PATTERNS, _guess)
    many = [(o.kind, o.pattern, o.some) for o in agreed if o.pattern in MANY]
    return replace(prose, premise=sure, agreement=agreement, some=_shares(many, MANY, _guess_some))


def differences(votes: Sequence[Panel]) -> list[tuple[str, list[float]]]:
    """Return group and signs, better minus worse, of each pair."""
    criteria = Criteria(remembered=64)
    rows: list[tuple[str, list[float]]] = []
    for pair in votes:
        request, entries = criteria.read(Question(pair.prompt), pair.answers)
        entries.sort(key=lambda e: -pair.scores[e.candidate.id])
        better, worse = (signs(request, e.measured) for e in entries)
        rows.append((pair.group, [a - b for a, b in zip(better, worse, strict=True)]))
    return rows


def folds(groups: Sequence[str]) -> dict[str, int]:
    """Return the fold of each group, at random but always the same."""
    names = sorted(set(groups))
    random.Random(1).shuffle(names)
    return {name: place % _FOLDS for place, name in enumerate(names)}


def held_out(rows: Sequence[tuple[str, Sequence[float]]]) -> list[float]:
    """Return the margin of each pair by weights that were fitted without its group."""
    fold = folds([group for group, _ in rows])
    margins = [0.0] * len(rows)
    for held in range(_FOLDS):
        weights = fit_signs([row for group, row in rows if fold[group] != held], list(EARNS.values()))
        for place, (group, row) in enumerate(rows):
            if fold[group] == held:
                margins[place] = sum(map(mul, weights, row))
    return margins


def agreements(weights: Weights, panels: Sequence[Panel], name: str) -> Iterator[Outcome]:
    """Yield what became of panels of all sizes that the set has models for.

    Small panels speak of up to three final answers; the others only of more. Answers without a result are rare: more of
    those that stand alone are drawn.
    """
    models = max(len(panel.answers) for panel in panels)
    larger = outcomes(weights, panels, f"{name}, other sizes", [size for size in _OTHER_SIZES if size <= models])
    yield from (o for o in outcomes(weights, unmarked(panels), f"{name}, unmarked", _SIZES) if o.kind in UNMARKED)
    yield from outcomes(weights, panels, name, _SIZES)
    yield from outcomes(weights, panels, f"{name}, alone", _ALONE)
    yield from (outcome for outcome in larger if " " in outcome.pattern)


def outcomes(weights: Weights, panels: Sequence[Panel], name: str, sizes: Sequence[int]) -> Iterator[Outcome]:
    """Yield what became of panels drawn from the models that answered; the draw depends on the name of the set."""
    criteria, chance = Criteria(remembered=512), random.Random(name)
    strengths = _strengths(panels)
    for panel in panels:
        for size in sizes:
            drawn = only(panel, _members(panel, size, chance, strengths))
            request, entries = criteria.read(Question(drawn.prompt), drawn.answers)
            sound = [e for e in entries if e.measured.defect is Defect.NONE]
            yield from _verdicts(drawn, sound)
            if len(sound) == 1 and (found := lone_pattern(request, sound[0])):
                yield Outcome(
                    kind_alone(request, sound[0]), found, drawn.scores[sound[0].candidate.id] > 0, panel.group
                )
            if len(sound) < 2:
                continue
            ground = ground_of(request, sound)
            if ground in (Ground.PROSE, Ground.SAME):
                continue
            values = {e.candidate.id: sum(map(mul, weights.signs, signs(request, e.measured))) for e in sound}
            best = in_order(request, sound, values, ground)[0]
            agreeing = [e for e in sound if e.backed and e.final == best.final] or [best]
            kind, found = (
                (kind_agreed(request, agreeing), agreement_of(sound)) if ground is not Ground.PREMISE else (ground, "")
            )
            is_right = drawn.scores[best.candidate.id] == drawn.most > 0
            yield Outcome(kind, found, is_right, panel.group, drawn.most > 0)


def _verdicts(drawn: Panel, sound: Sequence[Entry]) -> Iterator[Outcome]:
    """Yield the panel as if it had been asked whether its true result is the result: the right say yes, the others no.

    No set has questions that are answered by yes or no. There all who err agree, while wrong results mostly differ.
    """
    right = sum(drawn.scores[e.candidate.id] > 0 for e in sound)
    groups = [side for side in (right, len(sound) - right) if side]
    if len(sound) > 1 and drawn.objective:
        picked = (True, False) if 2 * right == len(sound) else (2 * right > len(sound),)
        yield from (Outcome("verdict", pattern(groups), is_right, drawn.group, right > 0) for is_right in picked)


def _strengths(panels: Sequence[Panel]) -> dict[str, float]:
    """Return the mean score of each model."""
    got: defaultdict[str, list[float]] = defaultdict(list)
    for panel in panels:
        for answer in panel.answers:
            got[answer.model].append(panel.scores[answer.id])
    return {model: fmean(scores) for model, scores in got.items()}


def _members(panel: Panel, size: int, chance: random.Random, strengths: Mapping[str, float]) -> list[str]:
    """Return models at random; up to three are of like strength and different providers, as people choose them."""
    drawn: list[Candidate] = []
    for answer in chance.sample(panel.answers, len(panel.answers)):
        near = all(abs(strengths[answer.model] - strengths[other.model]) <= _LIKE for other in drawn)
        apart = all(answer.provider != other.provider for other in drawn)
        if len(drawn) < size and (size > 3 or (near and apart)):
            drawn.append(answer)
    return [answer.model for answer in drawn]


def _shares(
    agreed: Sequence[tuple[str, str, bool]], patterns: Collection[str], guess: Callable[[str], float]
) -> dict[str, dict[str, float]]:
    """Return how often it holds by kind and pattern: of all kinds (drawn to a guess), and of each (drawn to all)."""
    held: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    for kind, found, holds in agreed:
        held[kind, found].append(holds)
        if kind not in ("verdict", *UNMARKED):  # made of the same panels
            held["all", found].append(holds)

    def share(kind: str, found: str, towards: float, strength: float) -> float:
        holds = held.get((kind, found), [])
        return round(shrunk(sum(holds), len(holds), towards, strength), _DIGITS)

    everywhere = {found: share("all", found, guess(found), _SHRINK / 10) for found in sorted(patterns)}
    table = {"all": everywhere}
    for kind, found in sorted(held):
        if kind != "all":
            table.setdefault(kind, {})[found] = share(kind, found, everywhere[found], _SHRINK)
    return table


def _guess(found: str) -> float:
    """Return how often the pick is right while nothing is known: of more than three, the share of those who agree."""
    return min(1.0, float(found.split()[1]) + 0.05) if " " in found else 0.5


def _guess_some(found: str) -> float:
    """Return how often any of more than three is right while nothing is known: half of what the pick leaves."""
    return (1 + _guess(found)) / 2
