"""Stops, crashes, retries and joins while a judge reads: nothing hangs, is lost, or is bought in vain."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.query.close_call import OPEN, PROSE, best_text, shortest, until, with_terms
from tests.query.conftest import ME, Desk, OpenDesk, data
from tests.ranking.judge.scripted_judge import ScriptedJudge

from trillm.limits.admit import Allowance
from trillm.providers.fake import Script
from trillm.query.deciding.judging import TIMES_ASKED, Judging
from trillm.query.fan_out import Run
from trillm.query.recover import Recovery
from trillm.ranking.judge.judge import Terms
from trillm.vocabulary.errors import NotFound, ProviderError
from trillm.vocabulary.event import EventType
from trillm.vocabulary.question import QueryStatus

DOWN = Script(pieces=(), failure=ProviderError("authentication", "The key is refused."))
SLOW = {model: replace(script, delay=0.05) for model, script in PROSE.items()}


@pytest.mark.parametrize("moment", range(0, 12, 2))
async def test_a_stop_at_any_moment_of_judging_ends_the_query(open_desk: OpenDesk, moment: int) -> None:
    desk = await open_desk(PROSE, court=ScriptedJudge(decide=shortest))
    query = await desk.ask(OPEN)
    run = desk.asker.running.get(query.id)
    assert run is not None
    await until(lambda: run.case is not None or query.status is not QueryStatus.RUNNING)
    await asyncio.sleep(moment / 2000)
    async with asyncio.timeout(5):
        stopped = await desk.amender.cancel(query.id, ME)
    assert stopped.status is QueryStatus.COMPLETE
    assert stopped.ranking is not None
    assert stopped.ranking.provisional is False
    await until(lambda: desk.rooms.limits.reserved_usd == 0)


async def test_a_stop_before_the_judge_has_begun_ends_the_query(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear = Judging.hear

    def hear_and_stop(self: Judging, run: Run) -> None:
        hear(self, run)
        run.stop()

    monkeypatch.setattr(Judging, "hear", hear_and_stop)
    desk = await open_desk(PROSE, court=ScriptedJudge())
    async with asyncio.timeout(5):
        query = await desk.answer(OPEN)
    assert query.status is QueryStatus.COMPLETE


async def test_two_stops_and_a_deletion_while_the_judge_reads_all_return(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(stall=True)
    desk = await open_desk(PROSE, court=court)
    query = await desk.ask(OPEN)
    await until(lambda: court.open_streams == 2)
    stop, delete = desk.amender.cancel, desk.amender.delete
    async with asyncio.timeout(5):
        ends = await asyncio.gather(
            stop(query.id, ME), stop(query.id, ME), delete(query.id, ME), return_exceptions=True
        )
    assert all(isinstance(end, NotFound) for end in ends if isinstance(end, BaseException))
    with pytest.raises(NotFound):
        await desk.reader.find(query.id)


async def test_an_answer_that_the_judge_has_not_read_is_judged_with_the_others(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(decide=shortest)
    desk = await open_desk({**PROSE, "c": [DOWN, PROSE["c"]]}, court=court)
    query = await desk.answer(OPEN)
    assert len(court.calls) == 2
    await desk.amender.retry(query.id, query.responses[2].id, ME)
    again = await desk.reader.finished(query.id)
    assert len(court.calls) == 4
    assert best_text(again) == "Play."


async def test_a_stopped_retry_leaves_the_verdict_that_was_paid_for(open_desk: OpenDesk) -> None:
    desk = await open_desk({**PROSE, "c": [DOWN, Script((), stall=True)]}, court=ScriptedJudge(decide=shortest))
    query = await desk.answer(OPEN)
    best = query.ranking and query.ranking.best
    await desk.amender.retry(query.id, query.responses[2].id, ME)
    stopped = await desk.amender.cancel(query.id, ME)
    assert stopped.ranking is not None
    assert stopped.ranking.best == best == stopped.judgements[-1].better
    assert stopped.ranking.decided_by == "judge"


async def test_judges_are_not_asked_for_ever_by_a_process_that_always_ends(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(stall=True)
    desk = await open_desk(PROSE, court=court)
    query = await desk.ask(OPEN)
    for times in range(1, TIMES_ASKED + 1):
        await until(lambda times=times: len(court.calls) == 2 * times)
        await desk.asker.close()
        desk = await open_desk(PROSE, court=court)
        assert await Recovery(desk.rooms, desk.asker).once() == [query.id]
    async with asyncio.timeout(5):
        ended = await desk.reader.finished(query.id)
    assert len(court.calls) == 2 * TIMES_ASKED
    assert len(ended.judgements) == TIMES_ASKED
    assert ended.status is QueryStatus.COMPLETE
    assert ended.cost_usd is None


async def test_for_a_question_whose_command_has_ended_no_judge_is_bought(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(stall=True)
    desk = await open_desk(PROSE, court=court, owner="ask@elsewhere:0:0")
    query = await desk.ask(OPEN)
    await until(lambda: court.open_streams == 2)
    await desk.asker.close()
    court.stall = False
    other = await open_desk(PROSE, court=court)
    assert await Recovery(other.rooms, other.asker).once() == [query.id]
    assert (await other.reader.finished(query.id)).status is QueryStatus.COMPLETE
    assert len(court.calls) == 2


@pytest.mark.parametrize("stopped", ["leader", "follower"])
async def test_whoever_stops_while_the_judge_reads_keeps_the_answers_and_nobody_buys_them_again(
    open_desk: OpenDesk, stopped: str
) -> None:
    court = ScriptedJudge(stall=True)
    desk = await open_desk(SLOW, court=court)
    leader, follower = await desk.ask(OPEN), await desk.ask(OPEN)
    await until(lambda: court.open_streams == 2)
    async with asyncio.timeout(5):
        await desk.amender.cancel((leader if stopped == "leader" else follower).id, ME)
        ended = await desk.reader.finished(follower.id)
    assert len(desk.asked) == 3
    assert ended.status is QueryStatus.COMPLETE
    assert ended.ranking is not None
    assert ended.ranking.best is not None
    assert ended.ranking.provisional is False
    assert (await desk.kept(follower.id)).as_object() == ended.as_object()
    events = await desk.events(follower.id)
    assert [e.type for e in events][-2:] == [EventType.RANKING, EventType.DONE]
    assert all(e.type is not EventType.RESPONSE_FAILED for e in events)
    if stopped == "follower":
        await desk.amender.cancel(leader.id, ME)


async def test_what_is_judged_is_kept_and_told_before_the_judge_is_asked(open_desk: OpenDesk) -> None:
    desk = await open_desk(PROSE, court=ScriptedJudge())
    query = await desk.answer(OPEN)
    kinds = [e.type for e in await desk.events(query.id)]
    asked = kinds.index(EventType.JUDGE)
    assert kinds[:asked].count(EventType.RESPONSE_COMPLETED) == 3
    assert kinds[asked - 1] is EventType.RANKING


async def test_a_judge_whose_cost_is_unknown_leaves_the_answers_to_be_settled_as_they_cost(
    open_desk: OpenDesk,
) -> None:
    court = ScriptedJudge(stall=True)
    allowance = Allowance(per_minute=0, daily_budget_usd=1.0)
    desk = with_terms(await open_desk(PROSE, court=court, allowance=allowance), Terms(seconds=0.2))
    query = await desk.answer(OPEN)
    await until(lambda: desk.asker.running.get(query.id) is None)
    answers = sum(r.cost_usd or 0.0 for r in query.responses)
    judge = desk.rooms.judge
    assert judge is not None
    assert answers < desk.rooms.limits.spent_today_usd < answers + 0.01
    assert query.cost_usd is None
    await desk.asker.close()


async def test_with_little_time_left_the_judge_has_no_more_than_that(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(stall=True)
    desk = await open_desk(PROSE, court=court, query_timeout=4.5)
    query = await desk.answer(OPEN)
    assert query.judgements[0].error is not None
    assert query.judgements[0].error.type == "total-timeout"
    hurried = Desk(desk.rooms, replace(desk.asker.terms, query_timeout=1.0), desk.provider)
    assert (await hurried.answer(OPEN, use_cache=False)).judgements == []
    assert [data(e)["status"] for e in await desk.events(query.id) if e.type is EventType.JUDGE] == ["asked", "failed"]
    await hurried.asker.close()
