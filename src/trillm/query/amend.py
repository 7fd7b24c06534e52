"""What a person does to a query of theirs after asking: stop, retry or merge, judge an answer, pin it, delete it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from trillm.cache.once import once
from trillm.history import store
from trillm.history.listing import store as listing
from trillm.limits.admit import Admission
from trillm.query.ask import Asker
from trillm.query.deciding.economy import estimate
from trillm.query.synthesis.wanted import expected_cost, wish
from trillm.query.terms import Rooms
from trillm.storage.types import as_id
from trillm.vocabulary.errors import Conflict, InvalidInput, LimitExceeded, NotFound
from trillm.vocabulary.event import EventType
from trillm.vocabulary.ids import new_id, now
from trillm.vocabulary.question import Caller, Feedback, Query, QueryStatus
from trillm.vocabulary.response import Response
from trillm.vocabulary.synthesis import Synthesis

ENDINGS = (EventType.RESPONSE_COMPLETED, EventType.RESPONSE_FAILED)


class Amender:
    """Changes queries for their owner; to everybody else they are NotFound."""

    def __init__(self, rooms: Rooms, asker: Asker) -> None:
        self._rooms = rooms
        self._asker = asker

    async def cancel(self, query_id: str, caller: Caller) -> Query:
        """Stop what still runs of a query; what arrived is kept, and so is a query that has ended already."""
        query = await self._own(query_id, caller)
        run = self._asker.running.get(query.id)
        if run is not None:
            run.stop()
            await run.log.closed()
            return run.query
        # it may have ended since it was read
        return await self._own(query_id, caller) if query.status is QueryStatus.RUNNING else query

    async def cancel_response(self, query_id: str, response_id: str, caller: Caller) -> Query:
        """Stop one answer that still comes; what arrived is kept, and so is one that has ended already."""
        query = await self._own(query_id, caller)
        run = self._asker.running.get(query.id)
        query = query if run is None else run.query
        response = query.response(response_id)
        if response is None:
            raise NotFound("This query has no such response.")
        if response.status.is_final:
            return query
        if run is None or not run.stop_one(response.id):
            raise Conflict("This answer cannot be stopped by itself; stop the query as a whole.")
        async for batch in run.log.tail(run.log.next_id - 1):
            if any(event.type in ENDINGS and response.id.encode() in event.data for event in batch):
                break  # it is kept
        return query

    async def retry(self, query_id: str, response_id: str, caller: Caller, key: str | None = None) -> Query:
        """Ask the model of one response again, as a further attempt; the earlier ones are kept.

        The same Idempotency-Key for the same response does not buy twice within a day.
        """
        query = await self._own(query_id, caller)
        sent, change = ("retry", caller.session_id, response_id), partial(self._retry, query, response_id, caller)
        return await once(self._rooms.cache, sent, key, query, change)

    async def merge(self, query_id: str, caller: Caller, named: str | None = None, key: str | None = None) -> Query:
        """Make one more text of the answers of a query that has ended, by the model `named` if any.

        What the same model has made of the same answers is shown again and not bought. The Idempotency-Key is as with
        `retry`. Raises Conflict while the query is worked on, or where there are not two answers.
        """
        query = await self._own(query_id, caller)
        sent, change = ("merge", caller.session_id, query.id), partial(self._merge, query, named, caller)
        return await once(self._rooms.cache, sent, key, query, change)

    def _admit(self, caller: Caller, expected_usd: float | None) -> Admission:
        try:
            return self._rooms.limits.admit(caller.address, expected_usd)
        except LimitExceeded as refusal:
            self._rooms.metrics.limit_refused(refusal.type)
            raise

    async def _merge(self, query: Query, named: str | None, caller: Caller) -> Query:
        if self._asker.running.get(query.id) is not None or query.status is QueryStatus.RUNNING:
            raise Conflict("This query is being worked on; merge its answers when it has ended.")
        if query.question.is_cut_off:
            query.question = await self._rooms.database.read(partial(store.follow, question=query.question))
        default = query.question.synthesizer or self._asker.terms.synthesizer
        wanted = wish(self._rooms.registry, query, named, default)
        if wanted in query.syntheses:
            return query
        expected = expected_cost(self._rooms.registry, replace(query, syntheses=[wanted]), [])
        admission = self._admit(caller, expected)
        try:
            reopened = await self._reopen(query.id, partial(_add_synthesis, wanted))
        except BaseException:
            admission.release()
            raise
        self._asker.resume(reopened, [], admission)
        return reopened

    async def _retry(self, query: Query, response_id: str, caller: Caller) -> Query:
        query_id = query.id
        run = self._asker.running.get(query_id)
        if run is not None:
            query = run.query
        earlier = query.response(response_id)
        if earlier is None:
            raise NotFound("This query has no such response.")
        latest = next(r for r in query.latest if r.key == earlier.key)
        if not latest.status.is_final:
            raise Conflict("This model is still answering.")
        member = self._rooms.registry.panel([earlier.key])[0]
        if query.question.is_cut_off:
            query.question = await self._rooms.database.read(partial(store.follow, question=query.question))
        admission = self._admit(caller, estimate([member], query.question.characters))
        try:
            response = Response(new_id(), earlier.provider, earlier.model, latest.attempt + 1)
            if run is not None:
                await self._asker.ask_also(run, [(response, member)])
                admission.release()  # the running query settles for all its attempts
                return run.query
            reopened = await self._reopen(query_id, partial(_add_attempt, response))
        except BaseException:
            admission.release()
            raise
        self._asker.work_on(self._asker.take_up(reopened, admission), [(reopened.responses[-1], member)])
        return reopened

    async def judge(self, caller: Caller, judgement: Feedback) -> Feedback:
        """Keep a person's judgement of an answer of theirs, in the place of an earlier one; return it as kept.

        Raises InvalidInput when it contradicts itself.
        """
        query = await self._own(judgement.query_id, caller)
        down, better = as_id(judgement.response_id), judgement.better and as_id(judgement.better)
        if judgement.rating < 0 and better is not None and better == down:
            raise InvalidInput("What is voted down cannot be the better answer.", field="better")
        if judgement.rating > 0 and better is not None and better != down:
            raise InvalidInput("What is voted up cannot have a better answer beside it.", field="better")
        kept = await self._rooms.database.write(lambda conn: store.save_feedback(conn, judgement))
        await self._rooms.learner.learn(query.id)
        return replace(judgement, id=kept)

    async def delete(self, query_id: str, caller: Caller) -> None:
        """Delete a query for good, with its answers, its events and its place in the cache."""
        query = await self._own(query_id, caller, discarded=True)
        await self._remove(query, lambda conn: store.delete(conn, query.id, caller.session_id))

    async def change(
        self, query_id: str, caller: Caller, *, pinned: bool | None = None, discarded: bool | None = None
    ) -> Query:
        """Pin a query or throw it away, or take that back; None leaves it as it is. Return it as it is then.

        What is thrown away is gone as if deleted, but can be fetched back while `listing.store.GRACE` lasts.
        """
        query = await self._own(query_id, caller, discarded=discarded is not None)
        if discarded is False:
            await self._rooms.database.write(lambda conn: listing.restore(conn, query.id))
        if pinned is not None:
            await self._rooms.database.write(lambda conn: listing.pin(conn, query.id, pinned=pinned))
        if discarded:
            await self._remove(query, lambda conn: listing.discard(conn, query.id, now()))
        query = await self._own(query_id, caller, discarded=bool(discarded))
        run = self._asker.running.get(query.id)
        if run is not None:
            run.query.pinned = query.pinned
        return query if run is None else run.query

    async def _remove(self, query: Query, write: Callable[[Any], object]) -> None:
        run = self._asker.running.get(query.id)
        if run is not None:
            run.stop()
            await run.log.closed()
        await self._rooms.database.write(write)
        self._rooms.logs.forget(query.id)
        await self._rooms.cache.delete(query.fingerprint)

    async def _own(self, query_id: str, caller: Caller, *, discarded: bool = False) -> Query:
        query = await self._rooms.database.read(lambda conn: store.load(conn, query_id, discarded=discarded))
        if query is None or query.caller.session_id != caller.session_id:
            raise NotFound("There is no such query.")
        return query

    async def _reopen(self, query_id: str, add: Callable[[Any, Query], None]) -> Query:
        owner, until = self._asker.running.owner, self._asker.running.lease()

        def reopen(conn: Any) -> Query | None:
            query = store.reopen(conn, query_id, owner, until)
            if query is not None:
                if query.question.is_cut_off:  # deleted since we looked
                    raise NotFound("What this question continues is gone.")
                add(conn, query)
            return query

        reopened = await self._rooms.database.write(reopen)
        if reopened is None:
            raise Conflict("This query is being worked on elsewhere; try again in a moment.")
        return reopened


def _add_attempt(response: Response, conn: Any, query: Query) -> None:
    query.responses.append(response)
    query.cached_at = None  # from now on it is not only a copy: what is bought counts
    store.save_response(conn, query, response)


def _add_synthesis(synthesis: Synthesis, conn: Any, query: Query) -> None:
    query.syntheses.append(synthesis)
    store.save_synthesis(conn, query, synthesis)


def feedback(
    query_id: str, response_id: str, rating: int, better: str | None, comment: str | None, *, blind: bool = False
) -> Feedback:
    """Return a new judgement, made now."""
    return Feedback(new_id(), query_id, response_id, rating, now(), better, comment, blind)
