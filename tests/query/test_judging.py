"""A close call is judged, paid for, kept and told; whatever becomes of the judge, the question is answered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from tests.query.close_call import OPEN, PROSE, SAME, SUM, best_text, shortest, until, with_terms
from tests.query.conftest import ME, OpenDesk, data
from tests.ranking.judge.scripted_judge import ScriptedJudge, texts

from trillm.history import store
from trillm.limits.admit import Allowance
from trillm.providers.fake import Script
from trillm.query.deciding.judging import is_audited, not_judged
from trillm.query.recover import Recovery
from trillm.ranking.judge.judge import Judge, Terms
from trillm.vocabulary.errors import ProviderError
from trillm.vocabulary.event import EventType
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import QueryStatus
from trillm.vocabulary.response import ResponseStatus


async def test_a_close_call_goes_to_the_judge_whose_choice_is_told_and_kept(open_desk: OpenDesk) -> None:
    desk = await open_desk(PROSE, court=ScriptedJudge(decide=shortest))
    query = await desk.answer(OPEN)
    assert query.ranking is not None
    assert query.ranking.decided_by == "judge"
    assert best_text(query) == "Play."
    told = [(e.type, data(e)) for e in await desk.events(query.id)]
    assert [d["status"] for kind, d in told if kind is EventType.JUDGE] == ["asked", "consistent"]
    kinds = [kind for kind, _ in told]
    assert kinds[-3:] == [EventType.JUDGE, EventType.RANKING, EventType.DONE]
    assert [d["provisional"] for kind, d in told if kind is EventType.RANKING].count(False) == 1
    kept = await desk.kept(query.id)
    assert kept.as_object() == query.as_object() == told[-1][1]
    assert kept.judgements[0].asked_because == "close"
    assert kept.cost_usd == pytest.approx(
        sum(r.cost_usd or 0 for r in kept.responses) + (kept.judgements[0].cost_usd or 0)
    )


async def test_who_agree_on_a_result_are_not_judged_unless_it_is_asked_for(open_desk: OpenDesk) -> None:
    court = ScriptedJudge()
    desk = await open_desk(SAME, court=court)
    assert not (await desk.answer(SUM)).judgements
    assert not court.calls
    always = await desk.answer(SUM, judge="always")
    assert always.judgements[0].asked_because == "asked"


async def test_who_says_never_is_never_judged(open_desk: OpenDesk) -> None:
    court = ScriptedJudge()
    desk = await open_desk(PROSE, court=court, judge="always", audit_share=1.0)
    query = await desk.answer(OPEN, judge="never")
    assert not court.calls
    assert query.judgements == []
    assert query.ranking is not None
    assert query.ranking.reasons[-1] == not_judged("never", "close")


@pytest.mark.parametrize(
    "court",
    [
        ScriptedJudge(wrap=lambda said: "I like the first one."),
        ScriptedJudge(failures=[ProviderError("server-error", "It is down.")] * 9),
        ScriptedJudge(finish=None),
    ],
    ids=["babble", "down", "cut"],
)
async def test_a_judge_that_fails_leaves_the_pick_as_it_was_and_is_told(
    open_desk: OpenDesk, court: ScriptedJudge
) -> None:
    desk = await open_desk(PROSE, court=court)
    query = await desk.answer(OPEN)
    assert query.status is QueryStatus.COMPLETE
    assert query.ranking is not None
    assert query.ranking.decided_by == "learned"
    assert query.ranking.provisional is False
    assert query.judgements[0].status == "failed"
    assert query.judgements[0].error is not None
    assert (await desk.kept(query.id)).judgements == query.judgements


async def test_a_defect_in_the_judge_does_not_lose_the_answer(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    desk = await open_desk(PROSE, court=ScriptedJudge())
    monkeypatch.setattr(Judge, "judge", broken)
    query = await desk.answer(OPEN)
    assert query.status is QueryStatus.COMPLETE
    assert query.judgements[0].error is not None
    assert query.judgements[0].error.type == "internal"
    assert query.ranking is not None
    assert query.ranking.provisional is False
    assert desk.rooms.limits.reserved_usd == 0


async def test_stopping_while_the_judge_reads_keeps_the_pick_and_says_that_it_may_have_cost(
    open_desk: OpenDesk,
) -> None:
    court = ScriptedJudge(stall=True)
    desk = await open_desk(PROSE, court=court)
    query = await desk.ask(OPEN)
    await until(lambda: court.open_streams == 2)
    stopped = await desk.amender.cancel(query.id, ME)
    assert stopped.status is QueryStatus.COMPLETE
    assert stopped.ranking is not None
    assert stopped.ranking.provisional is False
    assert court.open_streams == 0
    assert stopped.judgements[0].error is not None
    assert stopped.judgements[0].error.type == "cancelled"
    assert stopped.cost_usd is None


async def test_answers_that_have_ended_are_told_and_kept_before_the_judge_is_done(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(stall=True)
    desk = await open_desk(PROSE, court=court)
    query = await desk.ask(OPEN)
    await until(lambda: court.open_streams == 2)
    kept = await desk.kept(query.id)
    assert [r.status for r in kept.responses] == [ResponseStatus.COMPLETE] * 3
    assert kept.status is QueryStatus.RUNNING
    await desk.amender.cancel(query.id, ME)


async def test_a_judge_that_today_s_money_does_not_allow_is_not_asked(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(prices=(10_000.0, 10_000.0))
    desk = await open_desk(PROSE, court=court, allowance=Allowance(per_minute=0, daily_budget_usd=1.0))
    query = await desk.answer(OPEN)
    assert not court.calls
    assert query.ranking is not None
    assert query.ranking.decided_by == "learned"
    assert query.ranking.reasons[-1] == not_judged("cost", "close")


async def test_where_nobody_can_judge_a_close_call_says_so_and_a_clear_one_does_not(open_desk: OpenDesk) -> None:
    desk = await open_desk(PROSE)
    query = await desk.answer(OPEN)
    assert query.ranking is not None
    assert query.ranking.reasons[-1] == not_judged("nobody", "close")
    assert (await desk.kept(query.id)).as_object()["reasons"] == query.as_object()["reasons"]
    told = [data(event) for event in await desk.events(query.id) if event.type is EventType.RANKING]
    assert told[-1]["reasons"][-1] == {"code": "not-judged", "values": {"because": "nobody", "wanted": "close"}}
    clear = await (await open_desk(SAME)).answer(SUM)
    assert clear.ranking is not None
    assert "not-judged" not in [reason.code for reason in clear.ranking.reasons]


async def test_a_judge_that_would_cost_more_than_a_judgement_may_is_not_asked(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(prices=(100.0, 100.0))
    desk = with_terms(await open_desk(PROSE, court=court), Terms(cap_usd=0.0001))
    query = await desk.answer(OPEN)
    assert not court.calls
    assert all(e.type is not EventType.JUDGE for e in await desk.events(query.id))
    await desk.asker.close()


async def test_what_a_judge_cost_is_settled_once_with_the_day_s_money(open_desk: OpenDesk) -> None:
    desk = await open_desk(PROSE, court=ScriptedJudge(), allowance=Allowance(per_minute=0, daily_budget_usd=1.0))
    query = await desk.answer(OPEN)
    await until(lambda: desk.asker.running.get(query.id) is None)
    assert query.cost_usd is not None
    assert desk.rooms.limits.spent_today_usd == pytest.approx(query.cost_usd)
    assert desk.rooms.limits.reserved_usd == 0


async def test_the_same_question_again_shows_the_judgement_and_pays_nobody(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(decide=shortest)
    desk = await open_desk(PROSE, court=court)
    first, again = await desk.answer(OPEN), await desk.answer(OPEN)
    assert len(court.calls) == 2
    assert again.cached_at is not None
    assert best_text(again) == best_text(first)
    assert again.judgements[0].better == (again.ranking and again.ranking.best)
    assert again.cost_usd == 0
    assert (await desk.kept(again.id)).as_object() == again.as_object()


async def test_one_who_joins_follows_the_judge_as_well(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(decide=shortest)
    slow = {model: replace(script, delay=0.05) for model, script in PROSE.items()}
    desk = await open_desk(slow, court=court)
    queries = await asyncio.gather(desk.answer(OPEN), desk.answer(OPEN))
    assert len(court.calls) == 2
    for query in queries:
        assert query.judgements[0].better == (query.ranking and query.ranking.best)
        assert best_text(query) == "Play."


async def test_after_a_restart_a_judgement_that_is_kept_is_not_bought_again(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(decide=shortest)
    desk = await open_desk(PROSE, court=court)
    query = await desk.answer(OPEN)

    def reopen(conn: Any) -> None:  # as if the process had ended between the judgement and the end of the query
        store.reopen(conn, query.id, "gone@elsewhere:0:0", query.created_at)

    await desk.rooms.database.write(reopen)
    other = await open_desk(PROSE, court=court)
    assert await Recovery(other.rooms, other.asker).once() == [query.id]
    again = await other.reader.finished(query.id)
    assert len(court.calls) == 2
    assert again.ranking is not None
    assert again.ranking.decided_by == "judge"
    assert best_text(again) == "Play."


async def test_a_model_that_is_asked_again_brings_a_further_judgement(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(decide=shortest)
    desk = await open_desk(PROSE, court=court)
    query = await desk.answer(OPEN)
    await desk.amender.retry(query.id, query.responses[0].id, ME)
    again = await desk.reader.finished(query.id)
    assert len(again.judgements) == 2
    assert len(court.calls) == 4
    assert (await desk.kept(query.id)).as_object() == again.as_object()


async def test_a_retry_while_the_judge_reads_is_ranked_with_the_others_and_judged_anew(open_desk: OpenDesk) -> None:
    court = ScriptedJudge(decide=shortest, stall=True)
    desk = with_terms(await open_desk({**PROSE, "a": PROSE["b"]}, court=court), Terms(seconds=0.3))
    query = await desk.ask(OPEN)
    await until(lambda: court.open_streams == 2)
    await asyncio.sleep(0.05)
    court.stall = False  # the two that are open stay so until their clock runs out
    await desk.amender.retry(query.id, query.responses[0].id, ME)
    ended = await desk.reader.finished(query.id)
    assert [j.status for j in ended.judgements] == ["failed", "consistent"]
    assert ended.ranking is not None
    assert {r.id for r in ended.latest} == set(ended.ranking.order)
    assert best_text(ended) == "Play."
    await desk.asker.close()


async def test_the_audited_share_of_clear_calls_is_judged_too(open_desk: OpenDesk) -> None:
    two_of_three = {"a": Script(("It is 42.",)), "b": Script(("It is 42.",)), "c": Script(("It is 41.",))}
    court = ScriptedJudge()
    desk = await open_desk(two_of_three, court=court, audit_share=1.0)
    query = await desk.answer(SUM)
    assert query.judgements[0].asked_because == "audit"
    none = await open_desk(two_of_three, court=court, audit_share=0.0)
    assert not (await none.answer(SUM, use_cache=False)).judgements


def test_the_audit_takes_about_its_share_and_always_the_same() -> None:
    ids = [new_id() for _ in range(2_000)]
    taken = [id for id in ids if is_audited(id, 0.1)]
    assert 120 < len(taken) < 280
    assert taken == [id for id in ids if is_audited(id, 0.1)]
    assert not any(is_audited(id, 0.0) for id in ids)
    assert all(is_audited(id, 1.0) for id in ids)


async def test_the_judge_reads_the_answers_and_no_name(open_desk: OpenDesk) -> None:
    court = ScriptedJudge()
    desk = await open_desk(PROSE, court=court)
    await desk.answer(OPEN)
    assert sorted(texts(court.calls[0].prompt).values()) == sorted(s.pieces[0] for s in PROSE.values())
    assert not any("fake" in call.prompt or "fake" in (call.system or "") for call in court.calls)
