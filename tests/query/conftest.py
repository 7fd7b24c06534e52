"""A real desk for the query tests: SQLite, limits, ranking and log as in the product, vendors by script."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import orjson
import pytest

from trillm.cache.memory import MemoryCache
from trillm.eventlog.logs import EventLogs
from trillm.history import store
from trillm.limits.admit import Allowance, Limits
from trillm.providers.answer import Answerer, Clocks
from trillm.providers.breaker import Breakers
from trillm.providers.fake import FakeProvider, Script
from trillm.providers.provider import Provider
from trillm.providers.registry import Registry
from trillm.providers.retry import RetryBudget
from trillm.query.amend import Amender
from trillm.query.ask import Asker, Idempotency
from trillm.query.read import Reader
from trillm.query.recover import Recovery
from trillm.query.terms import Rooms, Terms
from trillm.ranking.judge.judge import Judge
from trillm.ranking.ladder import default_ladder
from trillm.ranking.learned.doubt import Doubt
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learning.learner import Learner
from trillm.safety.moderation import Moderator
from trillm.storage.database import Database
from trillm.telemetry.metrics import Metrics
from trillm.vocabulary.event import Event, EventType
from trillm.vocabulary.question import Caller, Query, Question

ME = Caller("me-" + "0" * 22, "192.0.2.1")
SOMEONE = Caller("someone-" + "0" * 22, "192.0.2.2")
PANEL = ("fake:a", "fake:b", "fake:c")


class Desk:
    """One process's query room, with what the tests look at."""

    def __init__(self, rooms: Rooms, terms: Terms, provider: FakeProvider) -> None:
        self.rooms, self.provider = rooms, provider
        self.asker = Asker(rooms, terms)
        self.reader = Reader(rooms, self.asker)
        self.amender = Amender(rooms, self.asker)
        self.recovery = Recovery(rooms, self.asker)

    async def ask(
        self, text: str = "What is the capital of France?", caller: Caller = ME, key: str | None = None, **options: Any
    ) -> Query:
        idempotency = None if key is None else Idempotency(key, text)
        return await self.asker.ask(Question(text, **options), caller, idempotency)

    async def answer(self, *args: Any, **options: Any) -> Query:
        return await self.reader.finished((await self.ask(*args, **options)).id)

    async def kept(self, query_id: str) -> Query:
        query = await self.rooms.database.read(lambda conn: store.load(conn, query_id))
        assert query is not None
        return query

    async def events(self, query_id: str, after: int = 0) -> list[Event]:
        return [event async for batch in await self.reader.events(query_id, after) for event in batch]

    @property
    def asked(self) -> list[str]:
        return [request.model for request in self.provider.calls]


OpenDesk = Callable[..., Any]


def data(event: Event) -> dict[str, Any]:
    return orjson.loads(event.data)


def text_of(events: list[Event], response_id: str) -> str:
    deltas = [data(event) for event in events if event.type is EventType.RESPONSE_DELTA]
    return "".join(delta["text"] for delta in deltas if delta["response_id"] == response_id)


@pytest.fixture
async def open_desk(sqlite_url: str) -> AsyncIterator[OpenDesk]:
    """Open a desk; several opened over the same database are several processes."""
    async with AsyncExitStack() as stack:

        async def open_one(
            scripts: dict[str, Script | list[Script]] | None = None,
            *,
            allowance: Allowance | None = None,
            clocks: Clocks | None = None,
            prices: dict[str, tuple[float, float]] | None = None,
            moderator: Moderator | None = None,
            court: Provider | None = None,
            **terms: Any,
        ) -> Desk:
            prices = prices or dict.fromkeys("abc", (1.0, 5.0))
            provider = FakeProvider({**dict.fromkeys("abc", Script()), **(scripts or {})}, prices=prices)
            database = await Database.open(sqlite_url)
            stack.push_async_callback(database.close)
            logs = EventLogs()
            stack.callback(logs.shut)
            metrics = Metrics()
            registry = Registry([provider] if court is None else [provider, court])
            answerer = Answerer(clocks or Clocks(), retries=RetryBudget(), breakers=Breakers())
            learned = Learned()
            ranker = default_ladder(learned)
            rooms = Rooms(
                database=database,
                registry=registry,
                answerer=answerer,
                ranker=ranker,
                judge=Judge(registry, answerer, ranker),
                doubt=Doubt(),
                learner=Learner(database, learned),
                limits=Limits(allowance or Allowance(per_minute=0)),
                moderator=moderator or Moderator(),
                cache=MemoryCache(),
                logs=logs,
                metrics=metrics,
            )
            desk = Desk(rooms, replace(Terms(panel=PANEL, owner="test@desk:0:0"), **terms), provider)
            stack.push_async_callback(desk.asker.close)
            return desk

        yield open_one
