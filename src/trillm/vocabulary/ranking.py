"""The order of a panel's answers, how sure it is, and why; and what a judge said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from trillm.vocabulary.response import Failure, Scores

DecidedBy = Literal["hygiene", "heuristic", "criteria", "learned", "judge"]


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence of the reasons as a stable code and its values, for readers of other languages than English."""

    code: str
    values: Mapping[str, int | str] = field(default_factory=dict[str, int | str])

    def as_object(self) -> dict[str, Any]:
        """Return the reason as the query object shows it, and as it is kept."""
        return {"code": self.code, "values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class Ranking:
    """Response ids best first, with the probability of each being the best (together at most 1).

    `best` is None only when no answer has any text. `why` is one or two plain sentences.
    """

    order: tuple[str, ...]
    probabilities: Mapping[str, float]
    best: str | None
    confidence: float | None
    too_close: bool
    decided_by: DecidedBy
    why: str
    scores: Mapping[str, Scores] = field(default_factory=dict[str, Scores])
    provisional: bool = False
    ground: str = ""
    """What the order rests on, as the rung that decided names it; empty where it has no name for it."""
    groups: tuple[int, ...] = ()
    """How many of the first in `order` give each final answer, one after the other; empty where none are compared."""
    reasons: tuple[Reason, ...] = ()
    """What `why` says, sentence by sentence (empty where a ranker gives words only); last, why nobody judged it."""

    def as_event(self) -> dict[str, Any]:
        """Return the data of a `ranking` event of the contract."""
        return {
            "order": list(self.order),
            "probabilities": dict(self.probabilities),
            "best": self.best,
            "confidence": self.confidence,
            "too_close": self.too_close,
            "decided_by": self.decided_by,
            "why": self.why,
            "reasons": [reason.as_object() for reason in self.reasons],
            "scores": {response_id: scores.as_object() for response_id, scores in self.scores.items()},
            "provisional": self.provisional,
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge, one more model, said of a panel when it was shown in two opposite orders.

    `consistent`: both readings named `better`. `undecided`: they did not agree, so neither counts. `failed`: a call
    failed; `error` says why. Times in milliseconds, cost in USD of both calls (None: not known, never 0).
    """

    id: str
    provider: str
    model: str
    asked_because: Literal["close", "asked", "audit"]
    """A close call; the caller wants a judge always; or one of the few that are judged to learn from."""
    status: Literal["consistent", "undecided", "failed"]
    created_at: datetime
    better: str | None = None
    """The id of the response that it preferred in both orders."""
    why: str = ""
    """The judge's own sentence: a vendor's output, to be treated as data."""
    caution: str = ""
    """Why the verdict is to be taken with care, such as a judge of a candidate's own family."""
    cautions: tuple[Reason, ...] = ()
    """What `caution` says, sentence by sentence; empty where there are words only."""
    scores: Mapping[str, Scores] = field(default_factory=dict[str, Scores])
    """The mean of both readings by response id."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    response_time_ms: float | None = None
    error: Failure | None = None

    def as_object(self) -> dict[str, Any]:
        """Return the judgement as the query object and the `judge` event show it."""
        return {
            "provider": self.provider,
            "model": self.model,
            "asked_because": self.asked_because,
            "status": self.status,
            "better": self.better,
            "why": self.why,
            "caution": self.caution,
            "cautions": [reason.as_object() for reason in self.cautions],
            "scores": {response_id: scores.as_object() for response_id, scores in self.scores.items()},
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cost_usd": self.cost_usd,
            "response_time_ms": self.response_time_ms,
            "error": None if self.error is None else self.error.as_object(),
        }
