"""Reading a query: as it stands, or as the events that made it, from anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import orjson

from trillm.history import store
from trillm.history.listing import store as listing
from trillm.history.listing.store import Asked, Wanted
from trillm.query.ask import Asker
from trillm.query.fan_out import ended_as
from trillm.query.terms import Rooms
from trillm.ranking.claims.claim import ClaimMap
from trillm.ranking.claims.maps import ClaimMaps
from trillm.vocabulary.errors import NotFound
from trillm.vocabulary.event import EVENTS_PER_EPOCH, Event, EventType
from trillm.vocabulary.question import Caller, Query, QueryStatus

ELSEWHERE_SECONDS = 0.5
"""How often a query that another process works on is looked at."""


class Reader:
    """Reads queries by id. The id of a query is the capability to read it."""

    def __init__(self, rooms: Rooms, asker: Asker) -> None:
        self._rooms = rooms
        self._asker = asker
        self._maps = ClaimMaps()

    async def find(self, query_id: str) -> Query:
        """Return the query as it stands now; NotFound when there is none."""
        run = self._asker.running.get(query_id.lower())
        if run is not None:
            return run.query
        query = await self._rooms.database.read(lambda conn: store.load(conn, query_id))
        if query is None:
            raise NotFound("There is no such query.")
        return query

    async def claims(self, query_id: str) -> ClaimMap:
        """Return which claims the query's answers share and contest; NotFound when there is no such query."""
        return await self._maps.of(await self.find(query_id))

    async def page(
        self, caller: Caller, wanted: Wanted, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Query]:
        """Return those of the caller's queries that are wanted, newest first, from below `before`."""
        return await self._rooms.database.read(
            lambda conn: listing.page(conn, caller.session_id, wanted, before=before, limit=limit)
        )

    async def models(self, caller: Caller) -> list[Asked]:
        """Return the models that the caller's queries went to, those asked most first."""
        return await self._rooms.database.read(lambda conn: listing.models(conn, caller.session_id))

    async def finished(self, query_id: str) -> Query:
        """Wait for the query's end in this process and return it; one that runs elsewhere is watched."""
        run = self._asker.running.get(query_id.lower())
        if run is not None:
            await run.log.closed()
            if run.query.status is not QueryStatus.RUNNING:
                return run.query
        while True:
            query = await self.find(query_id)
            if query.status is not QueryStatus.RUNNING:
                return query
            await asyncio.sleep(ELSEWHERE_SECONDS)

    async def events(self, query_id: str, after: int = 0) -> AsyncIterator[list[Event]]:
        """Return batches of the query's events with an id above `after`, following it to its end.

        NotFound, when there is no such query, is raised before the first batch.
        """
        log = self._rooms.logs.find(query_id.lower())
        if log is not None:
            return log.tail(after)
        return self._composed(await self.find(query_id), after)

    async def _composed(self, query: Query, after: int) -> AsyncIterator[list[Event]]:
        """Yield what is kept of a query that has no log here, and follow it to its end.

        While another process works on it, each look tells one event at most: first the query as it is kept, which
        replaces what the reader has, then an answer that has ended, perhaps one twice; no deltas. Its end tells all.
        """
        seen = after
        while True:
            batch = [event for event in compose(query) if event.id > seen]
            if batch and query.status is not QueryStatus.RUNNING:
                yield batch
            if query.status is not QueryStatus.RUNNING:
                return
            if batch:
                yield batch[:1]
                seen = batch[0].id
            await asyncio.sleep(ELSEWHERE_SECONDS)
            query = await self.find(query.id)


def compose(query: Query) -> list[Event]:
    """Return the readable log of a kept query: what it is, each final answer, the ranking, and `done` if it has ended.

    The last events carry the highest ids of the live log, so that a reader that was cut off anywhere gets all it lacks.
    """
    later: list[tuple[EventType, bytes]] = [
        (ended_as(response), orjson.dumps(response.as_object()))
        for response in query.responses
        if response.status.is_final
    ]
    later += [(EventType.JUDGE, orjson.dumps(judgement.as_object())) for judgement in query.judgements]
    later += [
        (EventType.SYNTHESIS_COMPLETED, orjson.dumps(synthesis.as_object()))
        for synthesis in query.syntheses[-1:]
        if synthesis.made.status.is_final
    ]
    if query.ranking is not None:
        later.append((EventType.RANKING, orjson.dumps(query.ranking.as_event())))
    if query.status is not QueryStatus.RUNNING:
        later.append((EventType.DONE, orjson.dumps(query.as_object())))
    first = query.epoch * EVENTS_PER_EPOCH + 1
    last = max(query.event_id or 0, first + len(later))
    numbered = [Event(last - len(later) + number, *event) for number, event in enumerate(later, 1)]
    return [Event(first, EventType.QUERY, orjson.dumps(query.as_object())), *numbered]
