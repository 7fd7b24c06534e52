"""The judge's part of a query: asked on a close call, paid for, kept, then told. Whatever fails, the pick stands."""

from __future__ import annotations

import asyncio
import logging

from trillm.history import store
from trillm.limits.admit import Admission
from trillm.query.deciding.pick import candidates_of, fix
from trillm.query.fan_out import Run
from trillm.query.terms import Rooms, Terms
from trillm.ranking.judge.judge import Judge, NotAsked
from trillm.ranking.judge.policy import Because, why_ask
from trillm.vocabulary.errors import TrillmError
from trillm.vocabulary.event import EventType
from trillm.vocabulary.ids import new_id, now
from trillm.vocabulary.question import Query
from trillm.vocabulary.ranking import Judgement, Ranking
from trillm.vocabulary.response import Failure

STOPPED = Failure("cancelled", "Stopped before it had judged.")

log = logging.getLogger(__name__)


class Judging:
    """Lets a settled pick stand, or has it judged first."""

    def __init__(self, rooms: Rooms, terms: Terms) -> None:
        self._rooms = rooms
        self._terms = terms

    def judge_or_fix(self, run: Run) -> None:
        """Fix the settled pick of a run; on a close call begin to ask the judge, after whom it is fixed."""
        judge, below = self._rooms.judge, run.query.ranking
        if below is None:
            return
        if judge is None or not self._has_time(run, judge):
            fix(run, below)
            return
        if (kept := _kept(run.query)) is not None:
            fix(run, judge.recall(run.query.question, candidates_of(run.query), below, kept))
            return
        because = self._why(run.query, judge, below)
        if because is None or not self._begin(run, judge, below, because):
            fix(run, below)

    def _has_time(self, run: Run, judge: Judge) -> bool:
        elapsed = asyncio.get_running_loop().time() - run.begun
        return not run.halted.is_set() and elapsed + judge.seconds <= self._terms.query_timeout

    def _why(self, query: Query, judge: Judge, below: Ranking) -> Because | None:
        sound = judge.sound(query.question, candidates_of(query))
        audited = is_audited(query.id, self._terms.audit_share)
        return why_ask(query.question.judge or self._terms.judge, below, sound=len(sound), audited=audited)

    def _begin(self, run: Run, judge: Judge, below: Ranking, because: Because) -> bool:
        """Ask the judge beside whatever still streams; False where nobody can judge or today's money is used up."""
        candidates = candidates_of(run.query)
        chosen = judge.chosen(candidates)
        if chosen is None:
            return False
        expected = judge.estimate(run.query.question, candidates)
        admission = self._rooms.limits.afford(expected) if judge.may_cost(expected) else None
        if admission is None:
            log.info("a close call is not judged: it would cost more than it may")
            return False
        asked = {"status": "asked", "provider": chosen.provider.name, "model": chosen.model, "asked_because": because}
        run.log.append(EventType.JUDGE, asked)
        run.pick_fixed = True  # what ends from now on is recorded and not ranked any more
        unheard = Judgement(new_id(), chosen.provider.name, chosen.model, because, "failed", now(), error=STOPPED)
        run.judging = asyncio.create_task(self._judge(run, judge, below, unheard, admission))
        return True

    async def _judge(self, run: Run, judge: Judge, below: Ranking, unheard: Judgement, admission: Admission) -> None:
        query, ranking, judgement = run.query, below, None
        candidates = [candidate for candidate in candidates_of(query) if candidate.id in below.order]
        try:
            ranking, judgement = await judge.judge(query.question, candidates, below, unheard.asked_because)
        except NotAsked as reason:
            log.info("a close call is not judged: %s", reason)
        except asyncio.CancelledError:
            if not run.halted.is_set():
                admission.settle(None)
                raise
            judgement = unheard
        except Exception:  # a door: a query is answered whatever becomes of its judge
            log.exception("the judge failed through a defect of ours")
        if judgement is None:
            admission.release()
        else:
            await self._keep(run, judgement, admission)
        run.judging = None
        if run.pick_fixed:  # else a model was asked again meanwhile: what it says comes first
            fix(run, ranking)
        run.ended.put_nowait(None)

    async def _keep(self, run: Run, judgement: Judgement, admission: Admission) -> None:
        admission.settle(judgement.cost_usd)
        run.spent_before += judgement.cost_usd or 0.0
        run.query.judgements.append(judgement)
        try:
            await self._rooms.database.write(lambda conn: store.save_judgement(conn, run.query, judgement))
        except TrillmError as error:
            log.warning("a judgement is kept with the end of its query: %s", error.detail)
        run.log.append(EventType.JUDGE, judgement.as_object())


def is_audited(query_id: str, share: float) -> bool:
    """Whether a query is of the random share that is judged to learn from; the same for the same id."""
    return int(query_id[-8:], 16) < share * 2**32


def _kept(query: Query) -> Judgement | None:
    """Return what a judge has said already of the very answers that stand now, as after a restart."""
    for judgement in reversed(query.judgements):
        shown = judgement.scores.keys()
        if judgement.status != "failed" and shown and shown <= {r.id for r in query.latest}:
            return judgement
    return None
