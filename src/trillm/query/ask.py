"""The main story: one question in, many answers out, the best one named."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from trillm.cache.backend import CacheBackend
from trillm.cache.fingerprint import fingerprint
from trillm.eventlog.logs import EventLogs
from trillm.history import store
from trillm.limits.admit import Admission, Limits
from trillm.providers.answer import Answerer
from trillm.providers.registry import Member, Registry
from trillm.query.copies import copied, mirror
from trillm.query.fan_out import Run, Windows, ended_as, fan_out
from trillm.query.pick import pick, show_ranking, status_of
from trillm.query.running import Running
from trillm.ranking.ranker import Ranker
from trillm.safety.moderation import Moderator
from trillm.storage.database import Database
from trillm.telemetry.logs import bind
from trillm.telemetry.metrics import Metrics
from trillm.vocabulary.errors import (
    Conflict,
    Fenced,
    Flagged,
    InvalidInput,
    LimitExceeded,
    TrillmError,
    Unavailable,
)
from trillm.vocabulary.event import EventType
from trillm.vocabulary.ids import new_id, now
from trillm.vocabulary.question import Caller, Query, QueryStatus, Question
from trillm.vocabulary.response import Failure, Response

log = logging.getLogger(__name__)

EXPECTED_OUTPUT_TOKENS = 500
"""An answer's usual length, for the estimate that a budget is asked for beforehand."""

CHARACTERS_PER_TOKEN = 4

STOP_RULE_SECONDS = 0.5
"""How often the stop rule is asked while no answer ends."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a query needs of the other rooms."""

    database: Database
    registry: Registry
    answerer: Answerer
    ranker: Ranker
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
    window: float = 0.033
    cache_seconds: float = 3600.0
    lease_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A caller's key for one question, and the hash of what was asked under it."""

    key: str
    request_hash: str


class Asker:
    """Accepts questions and works on them, detached from the connections that they came by."""

    def __init__(self, rooms: Rooms, terms: Terms) -> None:
        self._rooms = rooms
        self.terms = terms
        self.running = Running(rooms.database, terms.owner, terms.lease_seconds)
        self._tasks: set[asyncio.Task[None]] = set()
        self._accepting: set[tuple[str, str]] = set()
        self._closing = False
        self._spawn(self.running.renew_forever(self._lost))

    async def ask(self, question: Question, caller: Caller, idempotency: Idempotency | None = None) -> Query:
        """Accept a question and return its query, running or answered already. What is accepted is committed.

        Raises InvalidInput, LimitExceeded, Flagged, Conflict or Unavailable, and then nothing was bought.
        """
        if self._closing:
            raise Unavailable("The service is stopping; ask again in a moment.")
        if idempotency is None:
            return await self._accept(question, caller, None)
        claim = (caller.session_id, idempotency.key)
        if claim in self._accepting:
            raise Conflict("A request with this Idempotency-Key is being accepted right now.")
        self._accepting.add(claim)
        try:
            return await self._repeated(caller, idempotency) or await self._accept(question, caller, idempotency)
        finally:
            self._accepting.discard(claim)

    async def _accept(self, question: Question, caller: Caller, idempotency: Idempotency | None) -> Query:
        members = self._rooms.registry.panel(question.models or self.terms.panel)
        query = _new_query(question, caller, members)
        if idempotency is not None:
            query.idempotency_key, query.request_hash = idempotency.key, idempotency.request_hash
        admission = self._admit(query, members)
        try:
            if self._may_reuse(question) and (earlier := await self._cached(query)) is not None:
                admission.release()
                return await self._answer_from(query, earlier)
            leader = self.running.same(query.fingerprint) if self._may_reuse(question) else None
            if leader is not None:
                admission.release()
                return await self._join(query, leader, members)
            return await self._begin(query, members, admission)
        except BaseException:
            admission.release()
            raise

    def _may_reuse(self, question: Question) -> bool:
        return question.use_cache and self.terms.cache_seconds > 0

    def _admit(self, query: Query, members: Sequence[Member]) -> Admission:
        self._rooms.moderator.screen_by_rules(query.question.text)
        try:
            return self._rooms.limits.admit(query.caller.address, estimate(members, query.question.text))
        except LimitExceeded as refusal:
            self._rooms.metrics.limit_refused(refusal.type)
            raise

    async def _cached(self, query: Query) -> Query | None:
        """Return a complete answer to the same question, found by the cache or, after a restart, by the history."""
        query_id = None
        with suppress(Unavailable):
            query_id = await self._rooms.cache.get(query.fingerprint)
        since = now() - timedelta(seconds=self.terms.cache_seconds)

        def look_up(conn: Any) -> Query | None:
            if query_id is not None:
                return store.load(conn, query_id)
            return store.find_answered(conn, query.fingerprint, since)

        earlier = await self._rooms.database.read(look_up)
        return earlier if earlier is not None and earlier.status is QueryStatus.COMPLETE else None

    async def _answer_from(self, query: Query, earlier: Query) -> Query:
        query.responses, query.ranking = copied(earlier)
        query.status, query.cached_at, query.elapsed_ms = earlier.status, earlier.created_at, 0.0
        show_ranking(query)
        await self._rooms.database.write(lambda conn: store.accept(conn, query))
        self._rooms.metrics.cache_lookup("hit")
        return query

    async def _join(self, query: Query, leader: Run, members: Sequence[Member]) -> Query:
        self._rooms.metrics.cache_lookup("joined")
        run = self._new_run(query, None)
        self.running.add(run, leads=False)
        await self._commit_accepted(run)
        self._repeat_after(run, leader, list(zip(query.responses, members, strict=True)))
        return query

    def _repeat_after(self, run: Run, leader: Run, members: list[tuple[Response, Member]]) -> None:
        run.work = self._spawn(self._guarded(run, self._repeat(run, leader, members)))

    async def _begin(self, query: Query, members: Sequence[Member], admission: Admission) -> Query:
        run = self._new_run(query, admission)
        # known before it is committed, so that an identical question cannot slip in between and be bought as well
        self.running.add(run, leads=self._may_reuse(query.question))
        await self._commit_accepted(run)
        self.work_on(run, list(zip(query.responses, members, strict=True)))
        return query

    async def _commit_accepted(self, run: Run) -> None:
        run.query.owner, run.query.lease_until = self.terms.owner, self.running.lease()
        try:
            await self._rooms.database.write(lambda conn: store.accept(conn, run.query))
        except BaseException:
            self._let_go(run)
            raise
        run.accepted = True
        run.log.append(EventType.QUERY, run.query.as_object())

    def take_up(self, query: Query, admission: Admission | None = None) -> Run:
        """Make a run of a query that this process has claimed: a recovered one, or one with a member to retry."""
        run = self._new_run(query, admission)
        run.accepted, run.spent_before = True, sum(r.cost_usd or 0.0 for r in query.responses)
        self.running.add(run, leads=self._may_reuse(query.question))
        run.log.append(EventType.QUERY, query.as_object())
        return run

    def resume(self, query: Query, members: list[tuple[Response, Member]], admission: Admission) -> None:
        """Continue a recovered query: join an identical one that runs already, else ask these members."""
        leader = self.running.same(query.fingerprint) if self._may_reuse(query.question) else None
        run = self.take_up(query, admission)
        if leader is not None and members:
            self._repeat_after(run, leader, members)
        else:
            self.work_on(run, members)

    def work_on(self, run: Run, members: list[tuple[Response, Member]]) -> None:
        """Ask these members and see the query through to its end, whoever stays to watch."""
        run.work = self._spawn(self._guarded(run, self._see_through(run, members)))

    async def ask_again(self, run: Run, response: Response, member: Member) -> None:
        """Ask one more attempt within a query that is being worked on; Conflict when it is just ending."""
        self.running.check_lease()
        if run.closing:
            raise Conflict("This query is just ending; try again in a moment.")
        run.opening += 1
        try:
            await self._rooms.database.write(lambda conn: store.save_response(conn, run.query, response))
            run.query.responses.append(response)
            run.pick_fixed = False
            fan_out(run, [(response, member)], self._rooms.answerer)
        finally:
            run.opening -= 1

    async def _see_through(self, run: Run, members: list[tuple[Response, Member]]) -> None:
        self.running.check_lease()
        if members and self._rooms.moderator.asks_vendor:
            run.windows.hold()
            run.screening = asyncio.create_task(self._screen(run))
        fan_out(run, members, self._rooms.answerer)
        while run.outstanding:
            ended = await _next_ended(run)
            if ended:
                await self._keep(run, ended)
            await self._pick(run, news=bool(ended))
        run.closing = True
        await self._pick(run, news=not run.pick_fixed)
        await self._record(run)

    async def _screen(self, run: Run) -> None:
        """Let the vendor's moderation look while the models begin; until then nobody sees what they say."""
        try:
            verdict = await self._rooms.moderator.screen(run.query.question.text)
            if verdict.flagged:
                self._rooms.metrics.flagged(verdict.source)
        except (Flagged, Unavailable) as refusal:
            run.refused = Failure("refused", refusal.detail)
            run.windows.drop()
            run.stop()
        run.windows.release()

    async def _keep(self, run: Run, ended: list[Response]) -> None:
        def save(conn: Any) -> None:
            for response in ended:
                store.save_response(conn, run.query, response)

        await self._rooms.database.write(save)
        for response in ended:
            run.log.append(ended_as(response), response.as_object())
            self._rooms.metrics.answer(response)

    async def _pick(self, run: Run, *, news: bool) -> None:
        await pick(run, self._rooms.ranker, self.terms.query_timeout, news=news)

    async def _record(self, run: Run) -> None:
        query = run.query
        query.status = status_of(query)
        if query.status is QueryStatus.FAILED:
            await self._fall_back(run)
        if run.admission is not None:
            cost = query.cost_usd
            run.admission.settle(None if cost is None else max(0.0, cost - run.spent_before))
        query.elapsed_ms = (asyncio.get_running_loop().time() - run.begun) * 1000
        query.event_id = run.log.next_id
        await self._rooms.database.write(lambda conn: store.finish(conn, query))
        if query.status is QueryStatus.COMPLETE and query.cached_at is None:
            with suppress(Unavailable):  # an answer is not lost because the cache is
                await self._rooms.cache.put(query.fingerprint, query.id, self.terms.cache_seconds)
        run.log.append(EventType.DONE, query.as_object())

    async def _fall_back(self, run: Run) -> None:
        """All down: show an earlier answer to the same question, if there is one, marked with its age."""
        query = run.query
        earlier = await self._rooms.database.read(lambda conn: store.find_answered(conn, query.fingerprint, None))
        if earlier is None:
            return
        copies, ranking = copied(earlier)
        attempts = {r.key: r.attempt for r in query.latest}
        for copy in copies:
            copy.attempt = attempts.get(copy.key, 0) + 1
        query.responses += copies
        query.ranking, query.cached_at, query.status = ranking, earlier.created_at, QueryStatus.COMPLETE
        show_ranking(query)
        await self._keep(run, copies)
        if ranking is not None:
            run.log.append(EventType.RANKING, ranking.as_event())

    async def _repeat(self, run: Run, leader: Run, members: list[tuple[Response, Member]]) -> None:
        query = run.query
        mine = {response.key: response.id for response, _ in members}
        await mirror(leader.log, run.log, {r.id: mine[r.key] for r in leader.query.responses if r.key in mine})
        if leader.query.status is QueryStatus.RUNNING:  # the leader was lost before its end: buy our own
            await self._see_through(run, members)
            return
        copies, query.ranking = copied(leader.query, mine)
        kept = [r for r in query.responses if r.id not in mine.values()]
        query.responses = kept + copies
        query.status, query.cached_at = leader.query.status, leader.query.cached_at or leader.query.created_at
        show_ranking(query)
        query.elapsed_ms = (asyncio.get_running_loop().time() - run.begun) * 1000
        query.event_id = run.log.next_id

        def record(conn: Any) -> None:
            for copy in copies:
                store.save_response(conn, query, copy)
            store.finish(conn, query)

        await self._rooms.database.write(record)
        run.log.append(EventType.DONE, query.as_object())

    async def _repeated(self, caller: Caller, idempotency: Idempotency) -> Query | None:
        held = await self._rooms.database.read(
            lambda conn: store.find_idempotent(conn, caller.session_id, idempotency.key)
        )
        if held is not None and held.request_hash != idempotency.request_hash:
            raise InvalidInput(
                "This Idempotency-Key was used for another question.", field="Idempotency-Key", type="key-reused"
            )
        return held

    async def _guarded(self, run: Run, work: Coroutine[Any, Any, None]) -> None:
        with bind(query_id=run.query.id):
            try:
                await work
            except Fenced as error:
                log.warning("left to another process: %s", error.detail)
                run.log.append(EventType.ERROR, _error_object(error))
            except TrillmError as error:
                log.error("could not be recorded, the next start continues it: %s", error.detail)
                run.log.append(EventType.ERROR, _error_object(error))
            except Exception:
                log.exception("a query failed through a defect of ours")
                run.log.append(EventType.ERROR, _error_object(TrillmError("The failure is recorded.")))
            finally:
                run.abandon()
                self._let_go(run)

    def _lost(self, run: Run) -> None:
        log.warning("query %s was claimed by another process", run.query.id)
        run.log.append(EventType.ERROR, _error_object(Fenced("Another process continues this query.")))
        if run.work is not None:
            run.work.cancel()
        self._let_go(run)

    def _new_run(self, query: Query, admission: Admission | None) -> Run:
        self._rooms.metrics.query_started()
        query_log = self._rooms.logs.open(query.id, query.epoch)
        windows = Windows(query_log, self.terms.window)
        return Run(query, query_log, windows, admission, begun=asyncio.get_running_loop().time())

    def _let_go(self, run: Run) -> None:
        if self.running.get(run.query.id) is not run:
            return
        self._rooms.metrics.query_ended(run.query.status.value)
        self.running.remove(run)
        self._rooms.logs.close(run.query.id)
        if run.admission is not None:
            run.admission.release()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop_all(self) -> None:
        """End all queries of this process as stopped by the person, and record them."""
        for run in self.running:
            run.stop()
        await asyncio.gather(*(run.work for run in self.running if run.work is not None), return_exceptions=True)

    async def close(self) -> None:
        """Leave what still runs to the next start, which continues it at once."""
        self._closing = True
        for task in (tasks := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(TrillmError):  # then its lease runs out instead
            await self._rooms.database.write(lambda conn: store.release(conn, self.terms.owner))


def estimate(members: Sequence[Member], text: str) -> float | None:
    """Return what asking these members will cost in USD, about; None when the price of one is not known."""
    tokens = len(text) // CHARACTERS_PER_TOKEN + 1
    costs = [m.provider.estimate_cost(m.model, tokens, EXPECTED_OUTPUT_TOKENS) for m in members]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def _new_query(question: Question, caller: Caller, members: Sequence[Member]) -> Query:
    panel = [member.key for member in members]
    return Query(
        id=new_id(),
        question=question,
        caller=caller,
        created_at=now(),
        responses=[Response(new_id(), m.provider.name, m.model) for m in members],
        fingerprint=fingerprint(
            caller.session_id,
            question.text,
            panel,
            {"category": question.category, "reference": question.reference},
        ),
    )


async def _next_ended(run: Run) -> list[Response]:
    """Wait for answers to end, but not longer than a moment, after which the stop rule is asked again."""
    try:
        async with asyncio.timeout(STOP_RULE_SECONDS):
            ended = [await run.ended.get()]
    except TimeoutError:
        return []
    while not run.ended.empty():
        ended.append(run.ended.get_nowait())
    return ended


def _error_object(error: TrillmError) -> dict[str, Any]:
    return {"type": error.type, "title": error.title, "status": error.status, "detail": error.detail or error.title}
