"""Makes `ranker.json` from sets whose licences permit it: PandaLM and ZeroEval (Apache-2.0), BullshitBench (MIT)."""

# ruff: noqa: S311 - samples, not secrets

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from operator import mul

from evals.fit import fit_signs, fit_temperature, shrunk
from evals.recorded import Panel, only
from trillm.ranking.criteria import Criteria
from trillm.ranking.hygiene import Defect
from trillm.ranking.learned.grounds import Ground, ground_of, groups_of, kind_of
from trillm.ranking.learned.order import in_order
from trillm.ranking.learned.signs import EARNS, signs
from trillm.ranking.learned.weights import PATTERNS, Weights, pattern
from trillm.vocabulary.question import Question

VOTES = "pairs_pandalm"
OBJECTIVE = ("multi_zeroeval_math", "multi_zeroeval_crux", "multi_zeroeval_gsm", "multi_zeroeval_numersense")
PREMISES = "multi_bullshit"
CAP = 0.72
"""Set, not fitted: outside chat a margin of prose is worthless."""
_FOLDS = 5
_SHRINK = 30.0
_SIZES = (2, 3, 3, 5, 9)
_DIGITS = 8

Rights = dict[tuple[str, str], tuple[int, int]]
"""Right picks and all picks, by kind of question and pattern of agreement."""


def train(votes: Sequence[Panel], objective: Mapping[str, Sequence[Panel]], premises: Sequence[Panel]) -> Weights:
    """Return the weights fitted on pairs that people judged, objective panels, and panels with a false premise."""
    rows = differences(votes)
    weights = [round(w, _DIGITS) for w in fit_signs([row for _, row in rows], list(EARNS.values()))]
    fitted = Weights(tuple(weights), round(fit_temperature(held_out(rows)), _DIGITS), CAP, 0.5, {})
    right: defaultdict[str, list[bool]] = defaultdict(list)
    table: defaultdict[str, defaultdict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for name, panels in objective.items():
        for kind, found, is_right in outcomes(fitted, panels, random.Random(name)):
            if kind != Ground.PREMISE:
                table[kind][found].append(is_right)
                right[found].append(is_right)
    contested = [r for kind, _, r in outcomes(fitted, premises, random.Random(1), (3, 3, 3)) if kind == Ground.PREMISE]
    return Weights(
        fitted.signs,
        fitted.temperature,
        CAP,
        round(shrunk(sum(contested), len(contested), 0.5, _SHRINK), _DIGITS),
        _shares(right, table),
    )


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


def outcomes(
    weights: Weights, panels: Sequence[Panel], chance: random.Random, sizes: Sequence[int] = _SIZES
) -> Iterator[tuple[str, str, bool]]:
    """Yield kind, pattern and whether the pick was right, for panels drawn from the models that answered."""
    criteria = Criteria(remembered=512)
    for panel in panels:
        for size in sizes:
            drawn = only(panel, _members(panel, size, chance))
            request, entries = criteria.read(Question(drawn.prompt), drawn.answers)
            sound = [e for e in entries if e.measured.defect is Defect.NONE]
            if len(sound) < 2:
                continue
            ground = ground_of(request, sound)
            if ground is Ground.PROSE:
                continue
            values = {e.candidate.id: sum(map(mul, weights.signs, signs(request, e.measured))) for e in sound}
            best = in_order(request, sound, values, ground)[0].candidate.id
            kind, found = (
                (kind_of(request), pattern(groups_of(sound))) if ground is not Ground.PREMISE else (ground, "")
            )
            yield kind, found, drawn.scores[best] == drawn.most > 0


def _members(panel: Panel, size: int, chance: random.Random) -> list[str]:
    """Return models at random; up to three are of different providers, as the panels that people make."""
    drawn: list[str] = []
    taken: set[str] = set()
    for answer in chance.sample(panel.answers, len(panel.answers)):
        if len(drawn) < size and (size > 3 or answer.provider not in taken):
            drawn.append(answer.model)
            taken.add(answer.provider)
    return drawn


def _shares(
    right: Mapping[str, Sequence[bool]], table: Mapping[str, Mapping[str, Sequence[bool]]]
) -> dict[str, dict[str, float]]:
    """Return how often the pick was right: of all kinds (drawn to a half), and of each kind (drawn to all)."""
    everywhere = {
        found: round(shrunk(sum(right.get(found, ())), len(right.get(found, ())), 0.5, _SHRINK / 10), _DIGITS)
        for found in sorted(PATTERNS)
    }
    kinds = {
        kind: {
            found: round(shrunk(sum(held), len(held), everywhere[found], _SHRINK), _DIGITS)
            for found, held in sorted(patterns.items())
        }
        for kind, patterns in sorted(table.items())
    }
    return {"all": everywhere, **kinds}
