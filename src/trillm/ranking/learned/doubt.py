"""Whether the answer of one cheap model is doubtful enough to ask the rest: how likely their pick would be better.

A lone answer tells little: what is asked tells more. Nine signs, each of which may only count one way, fitted on
recorded panels (`doubt.json`, made by `python -m evals.train_waiting`): docs/reference/early-and-economy.md.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from functools import cached_property
from math import exp, isfinite, log1p
from operator import mul
from pathlib import Path
from typing import Any, Final

from trillm.language.final_answer import Expected
from trillm.language.request import Request
from trillm.language.stance import Objection
from trillm.ranking.criteria import Criteria
from trillm.ranking.hygiene import Defect
from trillm.ranking.measure import Measured
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question

SHIPPED: Final = Path(__file__).with_name("doubt.json")
FORMAT: Final = 2
DOUBTFUL: Final = 0.05
"""From this doubt on the rest of the panel is asked."""
_ENOUGH: Final = 5.5
"""Logarithm of the words beyond which prose is not thin."""

RAISES: Final = {
    "missing": True,
    "doubts": True,
    "broken": True,
    "objects": False,
    "notation": True,
    "literal": True,
    "open": True,
    "thin": True,
    "beside": True,
}
"""Name of each sign, in order: whether it may raise the doubt (else only lower it).

No final answer where one is called for; taking back its own working; a sum in it that does not hold; objecting to the
premise; mathematical notation and output of code in the question; an open question; few words there; speaking beside
the question. The length of a calculation and of the question were tried, and got no weight; sums that hold stop at the
lone answer of a weak model (docs/decisions/0047-sums-that-hold.md).
"""

log = logging.getLogger(__name__)


class BrokenDoubt(ValueError):
    """A file of weights cannot be used; the message says why."""


def doubt_signs(request: Request, measured: Measured) -> tuple[float, ...]:
    """Return the signs in the order of RAISES."""
    length = log1p(measured.word_count)
    prose = request.expected is Expected.OPEN and not request.tex
    thin = prose and not request.brief
    return (
        float(request.expected is not Expected.OPEN and measured.final is None),
        log1p(measured.doubts),
        float(bool(measured.sums.broken)),
        float(measured.objection is Objection.PLAIN),
        float(request.tex),
        float(request.expected is Expected.LITERAL),
        float(prose),
        max(0.0, _ENOUGH - length) if thin else 0.0,
        1 - measured.relevance,
    )


@dataclass(frozen=True, slots=True)
class DoubtWeights:
    """What the fit found, in logits: the doubt when no sign speaks, and what each of RAISES adds."""

    bias: float
    signs: tuple[float, ...]

    @staticmethod
    def load(path: Path = SHIPPED) -> DoubtWeights:
        """Read and check the file. Raises BrokenDoubt."""
        try:
            return DoubtWeights.of(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BrokenDoubt(f"{path.name}: {error!r}") from error

    @staticmethod
    def of(held: Any) -> DoubtWeights:
        """Return the weights in a decoded file. Raises ValueError, KeyError, TypeError or AttributeError."""
        if held["format"] != FORMAT:
            raise ValueError(f"format {held['format']!r} is not {FORMAT}")
        found = DoubtWeights(float(held["bias"]), tuple(float(held["weights"][name]) for name in RAISES))
        for (name, raises), weight in zip(RAISES.items(), found.signs, strict=True):
            if not isfinite(weight) or (weight < 0 if raises else weight > 0):
                raise ValueError(f"the weight of {name} is {weight}")
        if not isfinite(found.bias):
            raise ValueError(f"the bias is {found.bias}")
        return found

    def as_object(self) -> dict[str, Any]:
        """Return what `of` reads."""
        return {"format": FORMAT, "bias": self.bias, "weights": dict(zip(RAISES, self.signs, strict=True))}


def doubt_of(weights: DoubtWeights, request: Request, measured: Measured) -> float:
    """Return the probability that the pick of a whole panel would be better than this lone answer.

    What hygiene rejects is doubtful without question.
    """
    if measured.defect is not Defect.NONE:
        return 1.0
    return 1 / (1 + exp(-(weights.bias + sum(map(mul, weights.signs, doubt_signs(request, measured))))))


class Doubt:
    """Tells how doubtful a lone answer is. Reads its weights at the first; without them every one is doubtful."""

    def __init__(self, weights: Path | DoubtWeights = SHIPPED, *, criteria: Criteria | None = None) -> None:
        self._from = weights
        self._criteria = criteria or Criteria()

    @cached_property
    def weights(self) -> DoubtWeights | None:
        """The fitted numbers; None when their file is broken."""
        try:
            return self._from if isinstance(self._from, DoubtWeights) else DoubtWeights.load(self._from)
        except BrokenDoubt:
            log.exception("nobody knows when an answer is doubtful; every answer is")
            return None

    def of(self, question: Question, candidate: Candidate) -> float:
        """Return how doubtful the one answer is, 0 to 1: from DOUBTFUL on, the rest of the panel is to be asked.

        An answer that gives the caller's reference is beyond doubt; one whose result is another, or that does not say
        its words, is doubtful without question.
        """
        request, entries = self._criteria.read(question, [candidate])
        entry = entries[0]
        if entry.measured.defect is Defect.NONE and entry.backed > 1:
            return 0.0
        if entry.measured.says is not None and (entry.measured.final is not None or not entry.measured.says):
            return 1.0
        return 1.0 if self.weights is None else doubt_of(self.weights, request, entry.measured)
