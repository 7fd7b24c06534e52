"""The learned rung: groups of equal final answers, objections to the premise, and a sign-constrained score of prose.

Hygiene and the four criteria are those of the rung below; the criteria stay the scores that are shown.
Why it is made so: docs/decisions/0012-learned-ranker.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import exp
from operator import mul
from pathlib import Path

from trillm.language.request import Request
from trillm.ranking import confidence
from trillm.ranking.conclude import Verdict, conclude
from trillm.ranking.criteria import Criteria
from trillm.ranking.learned.grounds import Ground, ground_of, groups_of, kind_of
from trillm.ranking.learned.order import in_order
from trillm.ranking.learned.reasons import say_reason
from trillm.ranking.learned.signs import signs
from trillm.ranking.learned.weights import SHIPPED, Weights, pattern
from trillm.ranking.measure import Entry
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking


class Learned:
    """Ranks by what was fitted. Reads its weights at the first ranking; while they are broken, every ranking raises."""

    name = "learned"

    def __init__(self, weights: Path | Weights = SHIPPED, *, criteria: Criteria | None = None) -> None:
        self._from = weights
        self._criteria = criteria or Criteria()

    @cached_property
    def weights(self) -> Weights:
        """The fitted numbers."""
        return self._from if isinstance(self._from, Weights) else Weights.load(self._from)

    async def rank(self, question: Question, candidates: Sequence[Candidate]) -> Ranking:
        """Return the ranking of the candidates (at least one). Raises BrokenWeights."""
        weights = self.weights
        request, entries = self._criteria.read(question, candidates)
        return conclude(request, entries, lambda request, sound: decide(weights, request, sound))


def decide(weights: Weights, request: Request, sound: list[Entry]) -> Verdict:
    """Return the verdict on two or more sound answers."""
    values = {e.candidate.id: value_of(weights, request, e) for e in sound}
    ground = ground_of(request, sound)
    order = in_order(request, sound, values, ground)
    shares = [exp((values[e.candidate.id] - values[order[0].candidate.id]) / weights.temperature) for e in order]
    first = min(weights.cap, shares[0] / sum(shares))
    if ground is Ground.PREMISE:
        first = max(1 / len(order), min(weights.cap, weights.premise))
    elif ground is Ground.REFERENCE:
        first = confidence.REFERENCE
    elif ground is not Ground.PROSE:
        first = agreement(weights, request, groups_of(sound))
    return Verdict(
        order,
        confidence.led_by(first, shares[1:]),
        "learned",
        lambda too_close: say_reason(weights.signs, request, order, ground, too_close=too_close),
    )


def value_of(weights: Weights, request: Request, entry: Entry) -> float:
    """Return what an answer's prose is worth, in logits."""
    return sum(map(mul, weights.signs, signs(request, entry.measured)))


def agreement(weights: Weights, request: Request, groups: list[int]) -> float:
    """Return how often the pick is right where this many stand behind each final answer."""
    found = pattern(groups)
    return weights.agreement.get(kind_of(request), {}).get(found, weights.agreement["all"][found])
