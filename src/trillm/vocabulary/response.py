"""One model's answer to one question: its state, its text, what it cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from trillm.vocabulary.ids import timestamp


class ResponseStatus(StrEnum):
    """Where an answer stands. All but the first two are final."""

    PENDING = "pending"
    STREAMING = "streaming"
    COMPLETE = "complete"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    EMPTY = "empty"
    FAILED = "failed"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come."""
        return self not in (ResponseStatus.PENDING, ResponseStatus.STREAMING)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the vendor reports them; `input_tokens` includes `cached_input_tokens`, output includes reasoning."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Scores:
    """The specification's four criteria, 0 to 100; `total` is their weighted sum, one decimal each."""

    relevance: float
    completeness: float
    clarity: float
    accuracy: float
    total: float

    def as_object(self) -> dict[str, float]:
        """Return the scores as the contract's JSON object."""
        return {
            "relevance": self.relevance,
            "completeness": self.completeness,
            "clarity": self.clarity,
            "accuracy": self.accuracy,
            "total": self.total,
        }


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an answer is not complete: a ProviderErrorType and a sentence for people."""

    type: str
    detail: str
    retry_at: datetime | None = None
    """From when on the vendor takes questions again, where it has told."""

    def as_object(self) -> dict[str, str | None]:
        """Return the failure as the contract's JSON object."""
        retry_at = None if self.retry_at is None else timestamp(self.retry_at)
        return {"type": self.type, "detail": self.detail, "retry_at": retry_at}


DEFECT = Failure("internal", "TriLLM failed in a way that it should not; the failure is recorded.")

NEVER_SENT = frozenset({"connect-timeout"})
"""Failures after which a vendor has nothing to bill."""


@dataclass(slots=True)
class Response:
    """One attempt of one model at a question. Times in milliseconds, cost in USD (None: not known, never 0)."""

    id: str
    provider: str
    model: str
    attempt: int = 1
    status: ResponseStatus = ResponseStatus.PENDING
    text: str = ""
    rank: int | None = None
    is_best: bool = False
    probability: float | None = None
    scores: Scores | None = None
    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = None
    first_token_ms: float | None = None
    response_time_ms: float | None = None
    error: Failure | None = None

    @property
    def key(self) -> str:
        """`provider:model`, the member of the panel that this attempt belongs to."""
        return f"{self.provider}:{self.model}"

    @property
    def may_have_cost(self) -> bool:
        """Whether a vendor may bill it although its cost is not known: it was under way when it ended."""
        if self.cost_usd is not None or not self.status.is_final:
            return False
        under_way = self.status is not ResponseStatus.FAILED and not (self.error and self.error.type in NEVER_SENT)
        return under_way or bool(self.text) or self.usage.output_tokens is not None

    def as_object(self) -> dict[str, Any]:
        """Return the response object of the contract."""
        return {
            "id": self.id,
            "provider": self.provider,
            "model": self.model,
            "attempt": self.attempt,
            "status": self.status.value,
            "text": self.text,
            "rank": self.rank,
            "is_best": self.is_best,
            "probability": self.probability,
            "scores": None if self.scores is None else self.scores.as_object(),
            "input_tokens": self.usage.input_tokens,
            "output_tokens": self.usage.output_tokens,
            "cost_usd": self.cost_usd,
            "first_token_ms": self.first_token_ms,
            "response_time_ms": self.response_time_ms,
            "error": None if self.error is None else self.error.as_object(),
        }
