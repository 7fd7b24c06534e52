"""The judge's part of a query: asked on a close call, paid for, kept, then told. Whatever fails, the pick stands."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from trillm.history import store
from trillm.limits.admit import Admission
from trillm.query.deciding.pick import candidates_of, fix
from trillm.query.fan_out import Run
from trillm.query.terms import Rooms, Terms
from trillm.ranking.judge.judge import MOST_SHOWN, Judge, NotAsked
from trillm.ranking.judge.policy import Because, why_ask
from trillm.vocabulary.errors import TrillmError
from trillm.vocabulary.event import EventType
from trillm.vocabulary.ids import new_id, now
from trillm.vocabulary.question import Query
from trillm.vocabulary.ranking import Judgement, Ranking, Reason
from trillm.vocabulary.response import DEFECT, Failure

UNHEARD = Failure("cancelled", "Cut short before it had judged.")
TOO_LATE = Failure("total-timeout", "There was no time left for its verdict.")

TIMES_ASKED = 3
"""How often judges are asked in vain about one query: it may be what ends the process, and each time may be charged."""

LEAST_SECONDS = 3.0
"""With less than this left to the query's deadline no judge is asked."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Case:
    """A close call that a judge is asked about. `unheard` is kept beforehand: a call that is cut may be charged."""

    judge: Judge
    below: Ranking
    unheard: Judgement
    admission: Admission
    seconds: float
    ranking: Ranking | None = None
    judgement: Judgement | None = None
    """What came of it, as soon as it is known."""


Obstacle = Literal["nobody", "never", "cost", "time"]
"""Why nobody is asked where the ranking calls for a judge: no model that can judge is ready, the caller or the server
wants none, it would cost more than it may, or no time is left."""


def not_judged(obstacle: Obstacle, wanted: Because) -> Reason | None:
    """Return the reason that tells it; None where a judge was wanted only to learn from."""
    return None if wanted == "audit" else Reason("not-judged", {"because": obstacle, "wanted": wanted})


class Judging:
    """Lets a settled pick stand, or has it judged first."""

    def __init__(self, rooms: Rooms, terms: Terms) -> None:
        self._rooms = rooms
        self._terms = terms

    def judge_or_fix(self, run: Run) -> None:
        """Fix the settled pick of a run; on a close call open a case instead, which `hear` has judged."""
        below = run.query.ranking
        if below is None:
            return
        judge = self._rooms.judge
        if judge is not None and (kept := _kept(run.query, judge, below)) is not None:
            below = judge.recall(run.query.question, candidates_of(run.query), below, kept)
        elif judge is not None:
            case = self._case(run, judge, below)
            if isinstance(case, Case):
                run.case, run.pick_fixed = case, True  # what ends from now on is recorded and not ranked any more
                return
            if case is not None:
                below = replace(below, reasons=(*below.reasons, case))
        fix(run, below)

    def hear(self, run: Run) -> None:
        """Ask the judge about a case that was opened; what it is about is committed and told by now."""
        case = run.case
        if case is None or run.judging is not None:
            return
        if run.halted.is_set():
            self._close(run, case)
            return
        asked = {name: getattr(case.unheard, name) for name in ("provider", "model", "asked_because")}
        run.log.append(EventType.JUDGE, {"status": "asked", **asked})
        run.judging = asyncio.create_task(self._judge(run, case))
        run.judging.add_done_callback(partial(self._heard, run, case))

    def _case(self, run: Run, judge: Judge, below: Ranking) -> Case | Reason | None:
        """Return a case where the ranking calls for a judge, or why nobody is asked; None: nothing calls for one."""
        query, candidates = run.query, candidates_of(run.query)
        if len(candidates) < 2:  # one alone is not compared
            return None
        left = self._terms.query_timeout - (asyncio.get_running_loop().time() - run.begun)
        in_vain = sum(judgement.status == "failed" for judgement in query.judgements)
        if run.halted.is_set() or not run.buys or in_vain >= TIMES_ASKED:
            return None
        policy, audited = query.question.judge or self._terms.judge, is_audited(query.id, self._terms.audit_share)
        sound = len(judge.sound(query.question, candidates))
        because = why_ask(policy, below, sound=sound, audited=audited)
        if because is None:
            missed = policy == "never" and why_ask("auto", below, sound=sound, audited=False)
            return not_judged("never", "close") if missed else None
        chosen = judge.chosen(candidates)
        if chosen is None or left < LEAST_SECONDS:
            return not_judged("nobody" if chosen is None else "time", because)
        expected = judge.estimate(query.question, candidates)
        admission = self._rooms.limits.afford(expected) if judge.may_cost(expected) else None
        if admission is None:
            log.info("a close call is not judged: it would cost more than it may")
            return not_judged("cost", because)
        unheard = Judgement(new_id(), chosen.provider.name, chosen.model, because, "failed", now(), error=UNHEARD)
        return Case(judge, below, unheard, admission, left)

    async def _judge(self, run: Run, case: Case) -> None:
        query, because = run.query, case.unheard.asked_because
        await self._rooms.database.write(lambda conn: store.save_judgement(conn, query, case.unheard))
        candidates = [candidate for candidate in candidates_of(query) if candidate.id in case.below.order]
        try:
            async with asyncio.timeout(case.seconds):
                ranking, judgement = await case.judge.judge(query.question, candidates, case.below, because)
        except TimeoutError:
            ranking, judgement = case.below, replace(case.unheard, error=TOO_LATE)
        except NotAsked as reason:
            said = Failure("not-asked", f"It was not asked: {reason}.")
            ranking, judgement = case.below, replace(case.unheard, cost_usd=0.0, error=said)
        heard = replace(judgement, id=case.unheard.id)
        case.ranking, case.judgement = ranking, heard
        await self._rooms.database.write(lambda conn: store.save_judgement(conn, query, heard))

    def _heard(self, run: Run, case: Case, task: asyncio.Task[None]) -> None:
        """Take in how the asking ended, however it did: nothing waits for a judge that is no more."""
        if task.cancelled() and not run.halted.is_set():
            case.admission.settle(None)  # another process, or the next start, goes on
            return
        failure = None if task.cancelled() else task.exception()
        if isinstance(failure, TrillmError):
            log.warning("a judgement could not be kept: %s", failure.detail)
        elif failure is not None:
            log.error("the judge failed through a defect of ours", exc_info=failure)
        if case.judgement is None:
            case.judgement = case.unheard if failure is None else replace(case.unheard, error=DEFECT)
        run.query.judgements = [j for j in run.query.judgements if j.id != case.unheard.id] + [case.judgement]
        run.log.append(EventType.JUDGE, case.judgement.as_object())
        self._close(run, case)

    def _close(self, run: Run, case: Case) -> None:
        if case.judgement is None:
            case.admission.release()
        else:
            case.admission.settle(case.judgement.cost_usd)
        run.case = run.judging = None
        if run.pick_fixed:  # else a model was asked again meanwhile: what it says comes first
            fix(run, case.ranking or case.below)
        run.ended.put_nowait(None)


def is_audited(query_id: str, share: float) -> bool:
    """Whether a query is of the random share that is judged to learn from; the same for the same id."""
    return int(query_id[-8:], 16) < share * 2**32


def _kept(query: Query, judge: Judge, below: Ranking) -> Judgement | None:
    """Return what a judge has said already of the very answers that it would be shown now, as after a restart."""
    if not query.judgements:
        return None
    sound = {candidate.id for candidate in judge.sound(query.question, candidates_of(query))}
    shown: dict[str, Any] = dict.fromkeys([id for id in below.order if id in sound][:MOST_SHOWN])
    known = (j for j in reversed(query.judgements) if j.status != "failed" and j.scores.keys() == shown.keys())
    return next(known, None)
