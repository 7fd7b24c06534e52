"""The main story: one question in, many answers out, the best one named."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from trillm.history import store
from trillm.limits.admit import Admission
from trillm.providers.registry import Member
from trillm.query.deciding.economy import attempt_of, cheapest, is_doubtful, say_enough
from trillm.query.deciding.judging import Judging
from trillm.query.deciding.pick import is_settled, rank, tell
from trillm.query.fan_out import Run, Windows, fan_out, next_ended, stop_response
from trillm.query.record import Recorder, become_copy, save_responses
from trillm.query.running import Running
from trillm.query.synthesis.merging import Merging
from trillm.query.synthesis.wanted import check, expected_cost, serves
from trillm.query.terms import Rooms, Terms, new_query
from trillm.telemetry.logs import bind, bound_request_id
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
        self._recorder = Recorder(rooms, terms)
        self._judging, self._merging = Judging(rooms, terms), Merging(rooms, terms)
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
        question = self.terms.settle(question)
        check(self._rooms.registry, question)
        if question.follows is not None:
            question = await self._rooms.database.read(partial(store.follow, question=question))
        members = self._rooms.registry.panel(question.models or self.terms.panel)
        asked = cheapest(members) if question.economy else members
        query = new_query(question, caller, members, asked)
        if idempotency is not None:
            query.idempotency_key, query.request_hash = idempotency.key, idempotency.request_hash
        admission = self._admit(query, members)
        leader = self._leader(question, query.fingerprint)
        run = self._new_run(query, admission)
        run.reserve = [member for member in members if member not in asked]
        # known before it is committed, so that an identical question cannot slip in between and be bought as well
        self.running.add(run, leads=leader is None and self.may_reuse(question))
        try:
            await self._commit(run, may_copy=leader is None and self.may_reuse(question))
        except BaseException:
            self._let_go(run)
            raise
        if query.cached_at is not None:  # it has the answers of all whom its origin asked
            self._let_go(run)
            self._rooms.logs.forget(query.id)  # nothing happened that could be followed: readers get it composed
            return query
        panel = list(zip(query.responses, asked, strict=True))
        if leader is not None:
            self._repeat_after(run, leader, panel)
        else:
            self.work_on(run, panel)
        return query

    def _leader(self, question: Question, fingerprint: str) -> Run | None:
        leader = self.running.same(fingerprint) if self.may_reuse(question) else None
        return None if leader is None or leader.halted.is_set() else leader

    def may_reuse(self, question: Question) -> bool:
        """Whether an identical question's answers may be this one's."""
        return question.use_cache and self.terms.cache_seconds > 0

    def _admit(self, query: Query, members: Sequence[Member]) -> Admission:
        self._rooms.moderator.screen_by_rules(query.question.text)
        try:
            return self._rooms.limits.admit(query.caller.address, expected_cost(self._rooms.registry, query, members))
        except LimitExceeded as refusal:
            self._rooms.metrics.limit_refused(refusal.type)
            raise

    async def _commit(self, run: Run, *, may_copy: bool) -> None:
        """Commit the query as accepted; as a copy where the same question was answered not long ago."""
        query = run.query
        known = None
        try:
            known = await self._rooms.cache.get(query.fingerprint) if may_copy else None
        except Unavailable:  # then the history is searched
            self._rooms.metrics.cache_lookup("failed")
        since = now() - timedelta(seconds=self.terms.cache_seconds)
        query.owner, query.lease_until = self.terms.owner, self.running.lease()

        def accept(conn: Any) -> None:
            if may_copy:
                earlier = store.load(conn, known) if known else store.find_answered(conn, query.fingerprint, since)
                if earlier and earlier.status is QueryStatus.COMPLETE and serves(earlier, query.question):
                    become_copy(query, earlier)
            store.accept(conn, query)

        await self._rooms.database.write(accept)
        run.accepted = True
        if may_copy:
            self._rooms.metrics.cache_lookup("miss" if query.cached_at is None else "hit")
        run.log.append(EventType.QUERY, query.as_object())

    def _repeat_after(self, run: Run, leader: Run, members: list[tuple[Response, Member]]) -> None:
        self._rooms.metrics.cache_lookup("joined")
        if run.admission is not None:
            run.admission.release()  # the leader pays
        run.work = self._spawn(self._guarded(run, self._repeat(run, leader, members)))

    def take_up(self, query: Query, admission: Admission | None = None) -> Run:
        """Make a run of a query that this process has claimed: a recovered one, or one with a member to retry."""
        run = self._new_run(query, admission)
        run.accepted, run.spent_before = True, sum(r.cost_usd or 0.0 for r in query.bought)
        self.running.add(run, leads=self.may_reuse(query.question))
        run.log.append(EventType.QUERY, query.as_object())
        return run

    def resume(
        self, query: Query, members: list[tuple[Response, Member]], admission: Admission, *, buys: bool = True
    ) -> None:
        """Continue a recovered or reopened query: join an identical one that runs, else ask these members, or merge."""
        leader = self._leader(query.question, query.fingerprint)
        run = self.take_up(query, admission)
        run.buys = buys
        if not members and query.ranking is not None:  # its pick was fixed: what is left is to merge
            run.pick_fixed, run.begun = True, run.begun - (query.elapsed_ms or 0.0) / 1000
        run.reserve = self.reserve_of(query) if buys else []
        if leader is not None and members:
            self._repeat_after(run, leader, members)
        else:
            self.work_on(run, members)

    async def copy(self, query: Query, origin: Query, mine: dict[str, str]) -> None:
        """End a recovered query as the copy of an answered one; `mine`: its own outstanding responses by member."""
        await self._recorder.copy(query, origin, mine)

    def reserve_of(self, query: Query) -> list[Member]:
        """Return who may still be asked of an economical query: those of its panel that were not."""
        if query.question.economy:
            with suppress(InvalidInput):  # a member that is not configured any more
                panel = self._rooms.registry.panel(query.question.models or self.terms.panel)
                return [member for member in panel if all(r.key != member.key for r in query.responses)]
        return []

    def work_on(self, run: Run, members: list[tuple[Response, Member]]) -> None:
        """Ask these members and see the query through to its end, whoever stays to watch."""
        run.work = self._spawn(self._guarded(run, self._see_through(run, members)))

    async def ask_also(self, run: Run, asked: list[tuple[Response, Member]]) -> None:
        """Ask more within a query that is being worked on; Conflict when it is just ending."""
        await self.running.ensure_lease(self._lost)
        if run.closing or run.refused is not None:
            raise Conflict("This query is just ending; try again in a moment.")
        run.opening += 1
        responses = [response for response, _ in asked]
        run.query.responses += responses  # at once: a second retry at the same moment finds it under way
        try:
            try:
                await self._rooms.database.write(lambda conn: save_responses(conn, run.query, responses))
            except BaseException:
                run.query.responses = [r for r in run.query.responses if r not in responses]
                raise
            run.pick_fixed = False
            fan_out(run, asked, self._rooms.answerer)
        finally:
            run.opening -= 1

    async def _see_through(self, run: Run, members: list[tuple[Response, Member]]) -> None:
        await self.running.ensure_lease(self._lost)
        if members and self._rooms.moderator.asks_vendor:
            run.windows.hold()
            run.screening = asyncio.create_task(self._screen(run))
        fan_out(run, members, self._rooms.answerer)
        last: list[Response] = []
        while True:
            if run.outstanding:
                last = await self._screened(run, await next_ended(run))
            await self._decide(run)
            if not run.outstanding:
                break
            await self._recorder.keep(run, last)
            tell(run)
            self._judging.hear(run)
            self._merging.begin(run)
        run.closing = True
        await self._recorder.record(run, last)

    async def _decide(self, run: Run) -> None:
        """Rank what has ended; then ask the rest of the panel, or a judge, or let the pick stand, as it calls for."""
        await rank(run, self._rooms.ranker)
        if run.reserve and not run.answering and not run.halted.is_set():
            rest, run.reserve = run.reserve, []
            if is_doubtful(run.query, self._rooms.doubt, self.terms.doubtful):
                await self.ask_also(run, [(attempt_of(run.query, member), member) for member in rest])
            else:
                say_enough(run.query)
        if is_settled(run, self.terms, self._rooms.learner.learnt):
            self._judging.judge_or_fix(run)
        self._merging.open(run)

    async def _screen(self, run: Run) -> None:
        """Let the vendor's moderation look while the models begin; until then nobody sees what they say."""
        try:
            await self._rooms.moderator.screen(run.query.question.text)
        except (Flagged, Unavailable) as refusal:
            run.refused = Failure("refused", refusal.detail)
            run.windows.drop()
            run.stop()
        run.windows.release()

    async def _screened(self, run: Run, ended: list[Response]) -> list[Response]:
        """Wait for moderation before anything is kept: what is stopped meanwhile keeps what arrived, if it may."""
        if run.screening is not None:
            await run.screening
        if run.refused is not None:
            for response in ended:
                stop_response(run, response)
        return ended

    async def _repeat(self, run: Run, leader: Run, members: list[tuple[Response, Member]]) -> None:
        query = run.query
        if await self._recorder.repeat(run, leader, {response.key: response.id for response, _ in members}):
            return
        begun = [response for response in query.responses if not response.status.is_final]
        for response in begun:
            stop_response(run, response)
            response.cost_usd = 0.0  # the leader paid
        if not run.halted.is_set():
            # the leader was stopped or lost: what was repeated ends as it stands, and our own is bought, by one of us
            await self._recorder.keep(run, begun)
            begun = []
        if run.halted.is_set():  # maybe only while that was being kept
            run.closing = True
            await self._recorder.record(run, begun)
            return
        again = [(attempt_of(query, member), member) for _, member in members]
        query.responses += [response for response, _ in again]
        other = self._leader(query.question, query.fingerprint)
        if other is not None and other is not run:
            await self._repeat(run, other, again)
            return
        self.running.add(run, leads=True)
        run.admission = self._rooms.limits.resume(
            expected_cost(self._rooms.registry, query, [member for _, member in again])
        )
        await self._see_through(run, again)

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
        with _named(run):
            try:
                await work
            except Fenced as error:
                log.warning("left to another process: %s", error.detail)
                run.log.append(EventType.ERROR, _problem(error))
            except TrillmError as error:
                log.error("could not be recorded, the next start continues it: %s", error.detail)
                run.log.append(EventType.ERROR, _problem(error))
            except Exception:
                log.exception("a query failed through a defect of ours")
                await self._give_up(run)
            finally:
                run.abandon()
                self._let_go(run)
            if run.query.judgements and run.query.status is not QueryStatus.RUNNING:
                self._spawn(self._rooms.learner.learn(run.query.id))

    async def _give_up(self, run: Run) -> None:
        run.abandon()
        error = TrillmError("The failure is recorded.")
        run.log.append(EventType.ERROR, _problem(error))
        try:
            await self._recorder.give_up(run)
        except TrillmError as problem:
            log.error("nor could its end be recorded: %s", problem.detail)

    def _lost(self, run: Run) -> None:
        with _named(run):
            log.warning("a query was claimed by another process")
            run.log.append(EventType.ERROR, _problem(Fenced("Another process continues this query.")))
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
        status = run.query.status
        self._rooms.metrics.query_ended("unfinished" if status is QueryStatus.RUNNING else status.value)
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


def _named(run: Run) -> AbstractContextManager[None]:
    """Name the query in the log, and the request that began the work; work that none began gets an id of its own."""
    return bind(query_id=run.query.id, request_id=bound_request_id() or new_id())


def _problem(error: TrillmError) -> dict[str, object]:
    """Return the problem for a query's log: all its readers find the failure under the id that the operator's has."""
    return error.as_problem(bound_request_id() or "")
