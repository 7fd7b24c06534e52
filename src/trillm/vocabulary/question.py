"""What was asked, by whom, and the query that answers it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from trillm.vocabulary.conversation import Followed, Turn
from trillm.vocabulary.ids import timestamp
from trillm.vocabulary.ranking import Judgement, Ranking
from trillm.vocabulary.response import Response
from trillm.vocabulary.synthesis import Synthesis

JudgePolicy = Literal["auto", "always", "never"]
"""When a judge is asked: on close calls; on every panel of two or more sound answers; not at all."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question fit to send: bounded, normalised text and the caller's options."""

    text: str
    models: tuple[str, ...] = ()
    """The panel asked for, each `provider:model`; empty means the server's own."""
    category: str | None = None
    reference: str | None = None
    """Ground truth that the caller supplies for ranking; never sent to the models that answer."""
    use_cache: bool = True
    judge: JudgePolicy | None = None
    """None: as the server is set."""
    economy: bool | None = None
    """Whether one cheap model is asked first, and the rest only if it is doubtful; None: as the server is set."""
    follows: Followed | None = None
    """The answer that it continues."""
    conversation: tuple[Turn, ...] = ()
    """What is sent before it, oldest first; looked up when models are about to be asked."""

    @property
    def characters(self) -> int:
        """How much is sent to each model."""
        return len(self.text) + sum(turn.characters for turn in self.conversation)

    @property
    def is_cut_off(self) -> bool:
        """Whether it continues an answer, but what was said is not, or no longer, known: by itself it means little."""
        return self.follows is not None and not self.conversation

    synthesize: bool = False
    """Whether the answers are merged into one more text when they have ended."""
    synthesizer: str | None = None
    """Who merges them, `provider:model`; None: whoever gave the best answer."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: `session_id` owns what is asked and nothing is shared beyond it; `address` is for limits only."""

    session_id: str
    address: str | None = None


class QueryStatus(StrEnum):
    """`complete`: every member answered; `partial`: at least one; `failed`: none."""

    RUNNING = "running"
    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(slots=True)
class Query:
    """A question with all that became of it. `epoch` counts the processes that have worked on it."""

    id: str
    question: Question
    caller: Caller
    created_at: datetime
    status: QueryStatus = QueryStatus.RUNNING
    responses: list[Response] = field(default_factory=list[Response])
    ranking: Ranking | None = None
    judgements: list[Judgement] = field(default_factory=list[Judgement])
    """What judges said, oldest first: a further attempt of a model can bring a further one."""
    syntheses: list[Synthesis] = field(default_factory=list[Synthesis])
    """What was made of the answers, oldest first; the last one is shown."""
    cached_at: datetime | None = None
    elapsed_ms: float | None = None
    fingerprint: str = ""
    """Hash of owner, question, panel and options: equal for questions that have the same answer."""
    idempotency_key: str | None = None
    request_hash: str | None = None
    owner: str | None = None
    """The process that works on it now; None when nobody does."""
    lease_until: datetime | None = None
    epoch: int = 1
    event_id: int | None = None
    """The id of the `done` event."""
    pinned: bool = False
    """Whether it stands above the others in the history."""

    def response(self, response_id: str) -> Response | None:
        """Return the response with this id, if it is one of the query's."""
        return next((r for r in self.responses if r.id == response_id), None)

    @property
    def latest(self) -> list[Response]:
        """The newest attempt of each member, in the panel's order."""
        newest: dict[str, Response] = {}
        for response in self.responses:
            held = newest.get(response.key)
            if held is None or response.attempt > held.attempt:
                newest[response.key] = response
        return list(newest.values())

    @property
    def bought(self) -> list[Response]:
        """All attempts, and what was made of them: what vendors were asked to write for the caller."""
        return [*self.responses, *(synthesis.made for synthesis in self.syntheses)]

    @property
    def cost_usd(self) -> float | None:
        """What all that was bought cost together; None as soon as one may have cost what nobody knows."""
        if any(r.may_have_cost for r in self.bought) or any(j.cost_usd is None for j in self.judgements):
            return None
        return sum(r.cost_usd or 0.0 for r in self.bought) + sum(j.cost_usd or 0.0 for j in self.judgements)

    def as_object(self) -> dict[str, Any]:
        """Return the query object of the contract."""
        ranking = self.ranking
        return {
            "id": self.id,
            "question": self.question.text,
            "follows": None if self.question.follows is None else self.question.follows.as_object(),
            "category": self.question.category,
            "status": self.status.value,
            "cached_at": None if self.cached_at is None else timestamp(self.cached_at),
            "best": None if ranking is None else ranking.best,
            "confidence": None if ranking is None else ranking.confidence,
            "too_close": ranking is not None and ranking.too_close,
            "decided_by": None if ranking is None else ranking.decided_by,
            "why": "" if ranking is None else ranking.why,
            "reasons": [] if ranking is None else [reason.as_object() for reason in ranking.reasons],
            "responses": [r.as_object() for r in self.responses],
            "judgement": self.judgements[-1].as_object() if self.judgements else None,
            "synthesis": self.syntheses[-1].as_object() if self.syntheses else None,
            "cost_usd": self.cost_usd,
            "elapsed_ms": self.elapsed_ms,
            "pinned": self.pinned,
            "created_at": timestamp(self.created_at),
        }


@dataclass(frozen=True, slots=True)
class Feedback:
    """A person's judgement of one response: `rating` is 1 or -1, `better` the id of the response they prefer."""

    id: str
    query_id: str
    response_id: str
    rating: int
    created_at: datetime
    better: str | None = None
    comment: str | None = None
    blind: bool = False
    """Whether they judged before they were told the models' names and our pick."""
