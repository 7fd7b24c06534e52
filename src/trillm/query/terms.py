"""What a query needs of the other rooms, and how this process asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trillm.cache.backend import CacheBackend
from trillm.cache.fingerprint import fingerprint
from trillm.eventlog.logs import EventLogs
from trillm.language.category import category_of
from trillm.limits.admit import Limits
from trillm.providers.answer import Answerer
from trillm.providers.registry import Member, Registry
from trillm.ranking.judge.judge import Judge
from trillm.ranking.learned.doubt import DOUBTFUL, Doubt
from trillm.ranking.learned.waiting import TOLERATED_LOSS
from trillm.ranking.learning.learner import Learner
from trillm.ranking.ranker import Ranker
from trillm.safety.moderation import Moderator
from trillm.storage.database import Database
from trillm.telemetry.metrics import Metrics
from trillm.vocabulary.ids import new_id, now
from trillm.vocabulary.question import Caller, JudgePolicy, Query, Question
from trillm.vocabulary.response import Response

_OPTIONS = ("category", "reference", "judge", "economy")


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a query needs of the other rooms."""

    database: Database
    registry: Registry
    answerer: Answerer
    ranker: Ranker
    judge: Judge | None
    """None where nobody can be asked to judge."""
    doubt: Doubt
    learner: Learner
    limits: Limits
    moderator: Moderator
    cache: CacheBackend
    logs: EventLogs
    metrics: Metrics


@dataclass(frozen=True, slots=True)
class Terms:
    """How this process asks: the panel by default, and times in seconds."""

    panel: tuple[str, ...]
    owner: str
    query_timeout: float = 120.0
    window: float = 0.05
    cache_seconds: float = 3600.0
    lease_seconds: float = 30.0
    judge: JudgePolicy = "auto"
    audit_share: float = 0.1
    """Of the calls that are not close, how many are judged all the same: learning from close ones alone goes blind."""
    economy: bool = False
    doubtful: float = DOUBTFUL
    """The doubt of a lone cheap answer from which the rest of the panel is asked."""
    tolerated_loss: float = TOLERATED_LOSS
    """The quality, 0 to 1, that outstanding answers must be expected to add for the pick to wait for them."""
    synthesizer: str | None = None
    """Who merges answers unless the caller names somebody, `provider:model`; None: whoever gave the best answer."""

    def settle(self, question: Question) -> Question:
        """Return the question with what its caller left to the server."""
        return replace(
            question,
            category=question.category or category_of(question.text),
            judge=question.judge or self.judge,
            economy=self.economy if question.economy is None else question.economy,
            synthesizer=question.synthesizer or (self.synthesizer if question.synthesize else None),
        )


def new_query(question: Question, caller: Caller, members: Sequence[Member], asked: Sequence[Member]) -> Query:
    """Return a settled question as a query of its panel, of which `asked` are asked at once."""
    panel = [member.key for member in members]
    return Query(
        id=new_id(),
        question=question,
        caller=caller,
        created_at=now(),
        responses=[Response(new_id(), m.provider.name, m.model) for m in asked],
        fingerprint=fingerprint(caller.session_id, question.text, panel, _options(question)),
    )


def _options(question: Question) -> dict[str, object]:
    """Return what changes the answer beside the question; what was said before it counts by its words."""
    options: dict[str, object] = {name: getattr(question, name) for name in _OPTIONS}
    if question.conversation:
        options["conversation"] = [[turn.question, turn.answer] for turn in question.conversation]
    if question.synthesize:
        options["synthesizer"] = question.synthesizer
    return options
