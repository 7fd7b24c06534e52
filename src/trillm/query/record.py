"""What is kept of a query and when it is told: each answer as it ends, the pick, the end; bought or copied."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson

from trillm.history import store
from trillm.query.deciding.pick import show_ranking, status_of, tell
from trillm.query.fan_out import Run, ended_as
from trillm.query.synthesis.wanted import serves
from trillm.query.terms import Rooms, Terms
from trillm.vocabulary.errors import TrillmError, Unavailable
from trillm.vocabulary.event import EventType
from trillm.vocabulary.ids import new_id, now
from trillm.vocabulary.question import Query, QueryStatus
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import DEFECT, Response, ResponseStatus

COMMIT_AGAIN_SECONDS = (0.5, 1.0, 2.0, 4.0)
"""Pauses between tries to write the end of a query: less than a lease."""

log = logging.getLogger(__name__)


class Recorder:
    """Commits first, tells afterwards: what a reader has seen is never lost."""

    def __init__(self, rooms: Rooms, terms: Terms) -> None:
        self._rooms = rooms
        self._terms = terms

    async def keep(self, run: Run, ended: list[Response]) -> None:
        """Commit answers that have ended, then tell them."""
        if ended:
            await self._rooms.database.write(lambda conn: save_responses(conn, run.query, ended))
            self._tell_ended(run, ended)

    def _tell_ended(self, run: Run, ended: list[Response]) -> None:
        for response in ended:
            run.log.append(ended_as(response), response.as_object())
            self._rooms.metrics.answer(response)

    async def record(self, run: Run, last: list[Response]) -> None:
        """Commit the answers that ended last with the query's end, then tell it."""
        query = run.query
        query.status = status_of(query)
        if query.status is QueryStatus.FAILED and query.question.use_cache and not run.halted.is_set():
            last = last + await self._fall_back(query)
        query.elapsed_ms = round((asyncio.get_running_loop().time() - run.begun) * 1000, 1)
        query.event_id = run.log.next_id + len(last) + (query.ranking is not run.told)

        await self._commit(query, last)
        self._tell_ended(run, last)
        tell(run)
        if run.admission is not None:
            cost = sum(r.cost_usd or 0.0 for r in query.bought)
            unknown = any(r.may_have_cost for r in query.bought)
            run.admission.settle(None if unknown else max(0.0, cost - run.spent_before))
        if query.status is QueryStatus.COMPLETE and query.cached_at is None:
            with suppress(Unavailable):  # an answer is not lost because the cache is
                await self._rooms.cache.put(query.fingerprint, query.id, self._terms.cache_seconds)
        run.log.append(EventType.DONE, query.as_object())

    async def _fall_back(self, query: Query) -> list[Response]:
        """All down: show an earlier answer to the same question, if there is one, marked with its age."""
        earlier = await self._rooms.database.read(lambda conn: store.find_answered(conn, query.fingerprint, None))
        if earlier is None:
            return []
        attempts = {r.key: r.attempt for r in query.latest}
        bought = query.judgements, query.syntheses
        copies = take_copy(query, earlier)
        query.judgements, query.syntheses = bought[0] + query.judgements, bought[1] + query.syntheses
        for copy in copies:
            copy.attempt = attempts.get(copy.key, 0) + 1
        query.responses += copies
        query.cached_at, query.status = earlier.cached_at or earlier.created_at, QueryStatus.COMPLETE
        show_ranking(query)
        return copies

    async def repeat(self, run: Run, leader: Run, mine: dict[str, str]) -> bool:
        """Follow the leader's events and keep a copy of its answers.

        `mine` gives, for each member that is outstanding, the id of this query's own response. False when the follower
        was stopped first, or the leader was stopped or lost: then there is nothing whole to copy.
        """
        query = run.query
        ids = {r.id: mine[r.key] for r in leader.query.responses if r.key in mine}
        parts: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(_mirror(leader, run, ids, mine)),
            asyncio.ensure_future(run.halted.wait()),
        ]
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
        unfinished = run.halted.is_set() or leader.halted.is_set() or leader.query.status is QueryStatus.RUNNING
        if unfinished and not _is_whole(leader.query):
            return False
        copies = _adopt(query, leader.query, mine)
        query.status = status_of(leader.query) if unfinished else leader.query.status
        query.elapsed_ms = round((asyncio.get_running_loop().time() - run.begun) * 1000, 1)
        query.event_id = run.log.next_id + unfinished

        await self._commit(query, copies)
        if unfinished:
            tell(run)
        run.log.append(EventType.DONE, query.as_object())
        return True

    async def copy(self, query: Query, origin: Query, mine: dict[str, str]) -> None:
        """End a query that a dead process left as the copy of an answered one; `mine` as for `repeat`."""
        copies = _adopt(query, origin, mine)
        query.status, query.elapsed_ms = origin.status, round((now() - query.created_at).total_seconds() * 1000, 1)
        await self._commit(query, copies)

    async def give_up(self, run: Run) -> None:
        """End a query that met a defect of ours as failed, so that nothing is bought for it again."""
        query = run.query
        for response in query.bought:
            if not response.status.is_final:
                response.status, response.error = ResponseStatus.FAILED, DEFECT
        query.status = QueryStatus.FAILED
        await self._rooms.database.write(lambda conn: _finish(conn, query))

    async def _commit(self, query: Query, ended: list[Response]) -> None:
        """Write the end of a query; a database that is away for a moment does not cost what was paid for."""
        for pause in COMMIT_AGAIN_SECONDS:
            try:
                await self._rooms.database.write(lambda conn: _finish(conn, query, ended))
                return
            except Unavailable as error:
                log.warning("the end of a query waits for the database: %s", error.detail)
                await asyncio.sleep(pause)
        try:
            await self._rooms.database.write(lambda conn: _finish(conn, query, ended))
        except TrillmError:
            query.status = QueryStatus.RUNNING  # until it is kept, it has not ended
            raise


def _finish(conn: Any, query: Query, ended: Sequence[Response] = ()) -> None:
    store.finish(conn, query, ended)
    for judgement in query.judgements:
        store.save_judgement(conn, query, judgement)
    for synthesis in query.syntheses:
        store.save_synthesis(conn, query, synthesis)


def save_responses(conn: Any, query: Query, responses: list[Response]) -> None:
    """Keep what became of these responses; fenced."""
    for response in responses:
        store.save_response(conn, query, response)


def _is_whole(query: Query) -> bool:
    """Whether all members have answered, whatever a judge or a stop still does to the query."""
    answered = all(r.status.is_final and r.status is not ResponseStatus.CANCELLED for r in query.latest)
    return answered and query.ranking is not None and sorted(query.ranking.order) == sorted(r.id for r in query.latest)


def take_copy(query: Query, origin: Query, new_ids: dict[str, str] | None = None) -> list[Response]:
    """Give the query all that was said of its origin's answers, and return those answers, all under new ids.

    `new_ids` has those of members that have one already. A copy costs nothing: its origin has paid.
    """
    responses = origin.latest
    ids = {r.id: (new_ids or {}).get(r.key) or new_id() for r in responses}
    query.ranking = None if origin.ranking is None else _renamed(origin.ranking, ids)
    query.judgements = [
        replace(
            judgement,
            id=new_id(),
            better=ids.get(judgement.better or ""),
            scores={ids[i]: s for i, s in judgement.scores.items() if i in ids},
            cost_usd=0.0,
        )
        for judgement in origin.judgements
    ]
    query.syntheses = [s.copy(ids) for s in origin.syntheses if s.made.status.is_final and ids.keys() >= set(s.of)]
    return [replace(r, id=ids[r.id], attempt=1, cost_usd=0.0) for r in responses]


def _adopt(query: Query, origin: Query, mine: dict[str, str]) -> list[Response]:
    """Put copies of the origin's answers in the place of those that are outstanding, and return them."""
    attempts = {r.id: r.attempt for r in query.responses}
    copies = [replace(copy, attempt=attempts.get(copy.id, 1)) for copy in take_copy(query, origin, mine)]
    query.responses = [r for r in query.responses if r.id not in mine.values()] + copies
    query.cached_at = origin.cached_at or origin.created_at
    if query.ranking is not None:  # where only the judge was still out, what stands below it
        query.ranking = replace(query.ranking, provisional=False)
    show_ranking(query)
    return copies


def has_what_is_missing(origin: Query, query: Query) -> bool:
    """Whether an answered query may stand for an identical one that a dead process left without a whole answer.

    It may if it would have when that one was asked, or if that one may have waited for it: both were under way at once,
    or it was taken up again itself, after a restart or to ask a model anew, and its time counts from then.
    """
    ended = origin.created_at + timedelta(milliseconds=origin.elapsed_ms or 0.0)
    whole = origin.status is QueryStatus.COMPLETE or origin.epoch > 1 or ended > query.created_at
    own = any(r.status is ResponseStatus.COMPLETE for r in query.responses)
    return whole and not own and serves(origin, query.question)


def become_copy(query: Query, earlier: Query) -> None:
    """Make a new query the copy of an answered one, as old as that."""
    query.responses = take_copy(query, earlier)
    query.status, query.cached_at, query.elapsed_ms = earlier.status, earlier.cached_at or earlier.created_at, 0.0
    query.owner = query.lease_until = None
    show_ranking(query)


async def _mirror(leader: Run, run: Run, ids: dict[str, str], mine: dict[str, str]) -> None:
    """Repeat a running query's events in the log of one that joined it, under its own response ids (old to new).

    `mine` has them by member, and gains those of members that the leader asks later.
    """
    async for batch in leader.log.tail():
        if leader.halted.is_set():
            return
        for event in batch:
            if event.type in (EventType.QUERY, EventType.DONE, EventType.ERROR):
                continue
            data = event.data
            if event.type is EventType.RESPONSE_STARTED:
                _take_in(run, orjson.loads(data), ids, mine)
            for old, new in ids.items():
                data = data.replace(old.encode(), new.encode())
            if event.type is EventType.RESPONSE_DELTA:
                delta = orjson.loads(data)
                if (own := run.query.response(delta["response_id"])) is not None:
                    own.status, own.text = ResponseStatus.STREAMING, own.text + delta["text"]
            run.log.append(event.type, data)


def _take_in(run: Run, started: dict[str, Any], ids: dict[str, str], mine: dict[str, str]) -> None:
    """Give the answer of a member that the leader asks only now an id in this query, and a place."""
    own = Response(new_id(), started["provider"], started["model"])
    if own.key not in mine:
        ids[started["id"]] = mine[own.key] = own.id
        run.query.responses.append(own)


def _renamed(ranking: Ranking, ids: dict[str, str]) -> Ranking:
    return replace(
        ranking,
        order=tuple(ids[i] for i in ranking.order if i in ids),
        probabilities={ids[i]: p for i, p in ranking.probabilities.items() if i in ids},
        best=ids.get(ranking.best or ""),
        scores={ids[i]: s for i, s in ranking.scores.items() if i in ids},
    )
