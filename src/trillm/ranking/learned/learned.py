"""The learned rung: groups of equal final answers, objections to the premise, and a sign-constrained score of prose.

Hygiene and the four criteria are those of the rung below; the criteria stay the scores that are shown. What this
deployment has learnt of its models is added to what the answers say themselves; while it has learnt nothing, the
shipped numbers decide alone. Why it is made so: docs/decisions/0012-learned-ranker.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp
from operator import mul
from pathlib import Path
from typing import Final, Unpack

from trillm.language.category import CATEGORIES, category_of
from trillm.language.request import Request
from trillm.ranking import confidence
from trillm.ranking.conclude import Verdict, conclude
from trillm.ranking.criteria import Criteria
from trillm.ranking.hygiene import Defect
from trillm.ranking.learned.grounds import (
    COMPARED,
    UNMARKED,
    VERDICT,
    Ground,
    agreement_of,
    ground_of,
    kind_agreed,
    kind_alone,
    kind_of,
    lone_pattern,
)
from trillm.ranking.learned.label import Answered, Label, Said
from trillm.ranking.learned.learnt import Learnt
from trillm.ranking.learned.order import SUREST, Side, foretold, in_order, led_by, lifts_of, shares, sides_of
from trillm.ranking.learned.weights import SHIPPED, Weights, signs
from trillm.ranking.measure import Entry
from trillm.ranking.ranker import Candidate
from trillm.ranking.reasons.ground import say_reason, say_reliable
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking, Reason

CAP_AFTER_LABELS: Final = 0.95
"""What prose may say at most once labels say which model people prefer; text alone says less (`Weights.cap`)."""
HALF_WAY: Final = 100
"""Labels on both leaders' models after which the cap of prose is half-way there."""


@dataclass(frozen=True, slots=True)
class Priors:
    """What has been learnt, about questions of one category."""

    learnt: Learnt
    category: str

    def of(self, entry: Entry) -> float:
        """Return what is added to the value of an answer, in logits."""
        return self.learnt.of(model_of(entry.candidate), self.category)

    def judged(self, entry: Entry) -> int:
        """Return how many labels of this category spoke of the model that gave the answer."""
        return self.learnt.judged(model_of(entry.candidate), self.category)

    def measured(self, ground: Ground) -> tuple[float, float]:
        """Return how far to trust all this on a ground, and how much likelier any is right, in logits."""
        return (self.learnt.trust, self.learnt.level(self.category)) if ground in COMPARED else (1.0, 0.0)


class Learned:
    """Ranks by what was fitted. Reads its weights at the first ranking; while they are broken, every ranking raises."""

    name = "learned"

    def __init__(self, weights: Path | Weights = SHIPPED, *, criteria: Criteria | None = None) -> None:
        self._from = weights
        self._criteria = criteria or Criteria()
        self.learnt = Learnt()

    @cached_property
    def weights(self) -> Weights:
        """The fitted numbers."""
        return self._from if isinstance(self._from, Weights) else Weights.load(self._from)

    def adopt(self, learnt: Learnt) -> None:
        """Rank with what this deployment has learnt from now on, in place of what it had."""
        self.learnt = learnt

    async def rank(self, question: Question, candidates: Sequence[Candidate]) -> Ranking:
        """Return the ranking of the candidates (at least one). Raises BrokenWeights."""
        weights, learnt = self.weights, self.learnt
        priors = Priors(learnt, category_asked(question)) if learnt.labels else None
        request, entries = self._criteria.read(question, candidates)
        return conclude(
            request,
            entries,
            lambda request, sound: decide(weights, request, sound, priors),
            lambda request, entry: weights.alone(kind_alone(request, entry), lone_pattern(request, entry)),
        )

    def label(
        self, question: Question, candidates: Sequence[Candidate], *, category: str, **said: Unpack[Said]
    ) -> Label | None:
        """Return what was said as a label; None where it tells nothing: all give one final answer, or are by one model.

        Either `better` is said, or `shown` and whether it was `liked`, or which were `rejected`: where final answers
        are compared and all of them were. Raises BrokenWeights.
        """
        request, entries = self._criteria.read(question, candidates)
        sound = [e for e in entries if e.measured.defect is Defect.NONE]
        weighed = weigh(self.weights, request, sound) if len(sound) > 1 else None
        sides = [] if weighed is None else weighed.sides
        named, liked, rejected = said.get("better"), said.get("liked"), said.get("rejected", ())
        meant = named or said.get("shown")
        ids = [e.candidate.id for side in sides for e in side.entries]
        if len(sides) < 2 or len({model_of(e.candidate) for e in sound}) == 1:
            return None
        answers = tuple(
            Answered(model_of(e.candidate), side.value / len(side.entries), group)
            for group, side in enumerate(sides)
            for e in side.entries
        )
        some = _some(self.weights, request, weighed) if weighed and weighed.ground in COMPARED else None
        ground = weighed.ground.value if weighed else ""
        label = Label(category, answers, weight=said.get("weight", 1.0), some=some, ground=ground)
        if meant in ids and named is not None:
            return replace(label, better=ids.index(meant))
        if meant in ids and liked is not None:
            return replace(label, shown=ids.index(meant), liked=liked)
        return replace(label, none=True) if some is not None and set(ids) <= set(rejected) else None


def category_asked(question: Question) -> str:
    """Return the category that the caller named, if it is one of ours, or the one that the words tell."""
    named = question.category
    return named if named in CATEGORIES else category_of(question.text)


def model_of(candidate: Candidate) -> str:
    """Return the name by which a model's prior is kept."""
    return f"{candidate.provider}:{candidate.model}"


@dataclass(frozen=True, slots=True)
class Weighed:
    """Two or more sound answers, weighed by the shipped numbers alone: sides best first, prose in logits by id."""

    ground: Ground
    sides: list[Side]
    values: dict[str, float]


def weigh(weights: Weights, request: Request, sound: list[Entry]) -> Weighed:
    """Return what the shipped numbers say of sound answers."""
    values = {e.candidate.id: value_of(weights, request, e) for e in sound}
    ground = ground_of(request, sound)
    sides = sides_of(in_order(request, sound, values, ground), values, ground)
    kind, found = kind_of(request), agreement_of(sound)
    if ground in COMPARED and (some := weights.some_right(kind, found)) is not None:
        sides = led_by(sides, weights.agreed(kind, found) / some)
    return Weighed(ground, sides, values)


def decide(weights: Weights, request: Request, sound: list[Entry], priors: Priors | None = None) -> Verdict:
    """Return the verdict on two or more sound answers; without priors the shipped numbers decide alone."""
    cold = weigh(weights, request, sound)
    ground, added = cold.ground, dict.fromkeys(cold.values, 0.0)
    if ground in (Ground.REFERENCE, Ground.NEAR, Ground.SAME):
        priors = None  # the caller knows better than any vote, and of what is the same none is better
    if priors is not None:
        added = {e.candidate.id: priors.of(e) for e in sound}
    lifts = lifts_of(cold.sides, added)
    sides = sorted(cold.sides, key=lambda side: -(side.value + lifts[side]))
    order = [entry for side in sides for entry in side.entries]
    left = 1.0  # of what the shares are without what people said of all answers together
    if ground in (Ground.PROSE, Ground.NEAR):
        first = min(_cap(weights, priors, order), shares([side.value + lifts[side] for side in sides])[0])
    elif ground is Ground.REFERENCE:
        first = confidence.REFERENCE
    elif ground is Ground.SAME:
        first = weights.cap
    elif priors is None:
        first = min(SUREST, _sure(weights, request, cold))
    else:
        first, left = _after_labels(priors, cold, lifts, _some(weights, request, cold))
    worth = [cold.values[e.candidate.id] + added[e.candidate.id] for e in order]
    by_prior = sides[0] is not cold.sides[0] or (
        len(sides) > 1 and lifts[sides[0]] - lifts[sides[1]] > max(0.0, sides[0].value - sides[1].value)
    )

    def why(too_close: bool) -> tuple[Reason, ...]:
        if by_prior and priors is not None:
            return say_reliable(cold.sides[0], sides[0], priors.category, priors.judged(order[0]))
        return say_reason(weights.signs, request, order, ground, too_close=too_close)

    rest = [exp(value - worth[0]) for value in worth[1:]]
    likely = [left * share for share in confidence.led_by(first, rest)]
    if ground is Ground.MAJORITY and sides[0].entries[0].backed < max(e.backed for e in order):
        ground = Ground.DIVIDED  # what was learnt, or sums, speak against the majority: a judge may be asked
    groups = tuple(len(side.entries) for side in sides if side.entries[0].backed)
    return Verdict(order, likely, "learned", why, ground.value, groups)


def _after_labels(priors: Priors, cold: Weighed, lifts: Mapping[Side, float], some: float) -> tuple[float, float]:
    """Return how likely the first of the sides is once priors lift them, and what is left of every share.

    Where the pick came true less often than was foretold all shares shrink alike; where more often, it alone grows.
    """
    trust, level = priors.measured(cold.ground)
    values, added = [side.value for side in cold.sides], [lifts[side] for side in cold.sides]
    first, left = foretold(values, added, some, trust, level)
    told = priors.learnt.came_true(cold.ground, first * left)
    return max(first, told), min(1.0, told / first)


def value_of(weights: Weights, request: Request, entry: Entry) -> float:
    """Return what an answer's prose is worth, in calibrated logits."""
    return sum(map(mul, weights.signs, signs(request, entry.measured))) / weights.temperature


def _sure(weights: Weights, request: Request, cold: Weighed) -> float:
    """Return how often the shipped numbers' pick is right where final answers or stances are compared."""
    if cold.ground is Ground.PREMISE:
        return max(1 / len(cold.values), min(weights.cap, weights.premise))
    kind = kind_agreed(request, cold.sides[0].entries)
    found = agreement_of([entry for side in cold.sides for entry in side.entries])
    known = min(weights.agreed(kind, found), weights.agreed(kind_of(request), found))
    if request.naming is not None:  # a belief that is wrong is often shared
        known = min(known, weights.agreed(VERDICT, found))
    return min(known, weights.cap) if kind in UNMARKED and not request.mathematics else known


def _some(weights: Weights, request: Request, cold: Weighed) -> float:
    """Return how likely any is right by the shipped numbers: above 1 where the first is surer than its share."""
    return _sure(weights, request, cold) / shares([side.value for side in cold.sides])[0]


def _cap(weights: Weights, priors: Priors | None, order: list[Entry]) -> float:
    """Return what prose may say at most: the more, the more labels spoke of both leaders' models."""
    judged = 0 if priors is None else min(priors.judged(entry) for entry in order[:2])
    return weights.cap + (max(weights.cap, CAP_AFTER_LABELS) - weights.cap) * judged / (judged + HALF_WAY)
