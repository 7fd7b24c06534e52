"""A person stops, retries, judges and deletes what is theirs, and nobody else can."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.query.conftest import ME, SOMEONE, OpenDesk, text_of

from trillm.history import store
from trillm.history.listing import store as listing
from trillm.history.listing.store import Wanted
from trillm.providers.fake import Script
from trillm.query.amend import feedback
from trillm.query.fan_out import Run
from trillm.vocabulary.errors import Conflict, InvalidInput, NotFound, ProviderError
from trillm.vocabulary.event import EventType
from trillm.vocabulary.question import QueryStatus
from trillm.vocabulary.response import Response, ResponseStatus

HANGING = Script(("Some ", "words "), stall=True)
DOWN = Script(pieces=(), failure=ProviderError("server-error", "It broke.", retry=False))


async def test_stopping_keeps_what_arrived(open_desk: OpenDesk) -> None:
    desk = await open_desk({"c": HANGING}, window=0.0)
    query = await desk.ask()
    await asyncio.sleep(0.1)
    stopped = await desk.amender.cancel(query.id, ME)
    cut = next(r for r in stopped.responses if r.model == "c")
    assert (cut.status, cut.text) == (ResponseStatus.CANCELLED, "Some words ")
    assert stopped.status is QueryStatus.PARTIAL
    assert desk.provider.open_streams == 0
    assert (await desk.kept(query.id)).as_object() == stopped.as_object()


async def test_one_model_is_stopped_and_the_others_go_on(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": Script(("slow",), delay=0.4), "c": HANGING}, window=0.0)
    query = await desk.ask()
    await asyncio.sleep(0.1)
    stopped = await desk.amender.cancel_response(query.id, query.responses[2].id, ME)
    assert (stopped.status, stopped.responses[2].status) == (QueryStatus.RUNNING, ResponseStatus.CANCELLED)
    assert (await desk.kept(query.id)).responses[2].text == "Some words "
    done = await desk.reader.finished(query.id)
    assert done.responses[1].status is ResponseStatus.COMPLETE
    assert done.status is QueryStatus.PARTIAL
    assert done.cost_usd is None, "what a vendor bills for the part that was written is not known"
    again = await desk.amender.cancel_response(query.id, query.responses[2].id, ME)
    assert again.as_object() == done.as_object()


async def test_who_stops_one_model_is_told_where_that_cannot_be(open_desk: OpenDesk) -> None:
    desk = await open_desk({"c": HANGING})
    query, joined = await desk.ask(), await desk.ask()
    await asyncio.sleep(0.1)
    with pytest.raises(NotFound):
        await desk.amender.cancel_response(query.id, query.responses[2].id, SOMEONE)
    with pytest.raises(NotFound):
        await desk.amender.cancel_response(query.id, joined.responses[2].id, ME)
    with pytest.raises(Conflict):  # the other's answer is shown, which only the other can stop
        await desk.amender.cancel_response(joined.id, joined.responses[2].id, ME)
    await desk.amender.cancel(query.id, ME)
    await desk.amender.cancel(joined.id, ME)


async def test_stopping_what_has_ended_changes_nothing(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    query = await desk.answer()
    assert (await desk.amender.cancel(query.id, ME)).as_object() == query.as_object()


async def test_a_failed_member_is_asked_again_as_a_further_attempt(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": [DOWN, Script(("Paris is the capital of France.",))]})
    query = await desk.answer()
    failed = next(r for r in query.responses if r.model == "b")
    reopened = await desk.amender.retry(query.id, failed.id, ME)
    assert reopened.epoch == 2
    done = await desk.reader.finished(query.id)
    assert [(r.attempt, r.status) for r in done.responses if r.model == "b"] == [
        (1, ResponseStatus.FAILED),
        (2, ResponseStatus.COMPLETE),
    ]
    assert done.status is QueryStatus.COMPLETE
    assert len(desk.asked) == 4
    assert (await desk.kept(query.id)).as_object() == done.as_object()
    events = await desk.events(query.id)
    assert [e.type for e in events].count(EventType.DONE) == 1


async def test_a_member_is_retried_while_another_still_answers(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": [DOWN, Script()], "c": Script(("slow",), delay=0.3)})
    query = await desk.ask()
    await asyncio.sleep(0.1)
    failed = next(r for r in query.responses if r.model == "b")
    await desk.amender.retry(query.id, failed.id, ME)
    done = await desk.reader.finished(query.id)
    assert (done.status, done.epoch) == (QueryStatus.COMPLETE, 1)


async def test_a_member_that_still_answers_is_not_retried(open_desk: OpenDesk) -> None:
    desk = await open_desk({"c": HANGING})
    query = await desk.ask()
    with pytest.raises(Conflict):
        await desk.amender.retry(query.id, query.responses[2].id, ME)
    await desk.amender.cancel(query.id, ME)


async def test_the_same_key_retries_once(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": [DOWN, Script()]})
    query = await desk.answer()
    failed = next(r for r in query.responses if r.model == "b")
    for _ in range(3):
        await desk.amender.retry(query.id, failed.id, ME, "key")
        await desk.reader.finished(query.id)
    assert len(desk.asked) == 4


async def test_only_the_owner_may_change_a_query(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    query = await desk.answer()
    response = query.responses[0].id
    for change in (
        desk.amender.cancel(query.id, SOMEONE),
        desk.amender.retry(query.id, response, SOMEONE),
        desk.amender.delete(query.id, SOMEONE),
        desk.amender.judge(SOMEONE, feedback(query.id, response, 1, None, None)),
        desk.amender.cancel("no-such-id", ME),
        desk.amender.retry(query.id, "no-such-id", ME),
    ):
        with pytest.raises(NotFound):
            await change


async def test_a_deleted_query_is_gone_everywhere(open_desk: OpenDesk) -> None:
    desk = await open_desk({"c": HANGING})
    query = await desk.ask()
    await desk.amender.delete(query.id, ME)
    with pytest.raises(NotFound):
        await desk.reader.find(query.id)
    with pytest.raises(NotFound):
        await desk.reader.events(query.id)
    assert await desk.reader.page(ME, Wanted(), before=None, limit=10) == []


async def test_what_is_thrown_away_is_gone_for_everybody_until_its_owner_fetches_it_back(open_desk: OpenDesk) -> None:
    desk = await open_desk({"c": HANGING})
    query = await desk.ask()
    await desk.amender.change(query.id, ME, discarded=True)
    assert desk.provider.open_streams == 0
    for gone in (
        desk.reader.find(query.id),
        desk.reader.events(query.id),
        desk.amender.change(query.id, ME, pinned=True),
        desk.amender.change(query.id, SOMEONE, discarded=False),
    ):
        with pytest.raises(NotFound):
            await gone
    back = await desk.amender.change(query.id, ME, discarded=False, pinned=True)
    assert (back.id, back.pinned) == (query.id, True)
    assert (await desk.reader.find(query.id)).as_object() == back.as_object()


async def test_what_is_thrown_away_is_deleted_by_its_owner_or_when_its_time_is_over(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await open_desk()
    by_owner, in_time = await desk.answer(), await desk.answer()
    for query in (by_owner, in_time):
        await desk.amender.change(query.id, ME, discarded=True)
    await desk.recovery.purge()
    assert (await desk.answer()).cached_at is None
    await desk.amender.delete(by_owner.id, ME)
    with pytest.raises(NotFound):
        await desk.amender.change(by_owner.id, ME, discarded=False)
    monkeypatch.setattr(listing, "GRACE", timedelta())
    await desk.recovery.purge()
    with pytest.raises(NotFound):
        await desk.amender.change(in_time.id, ME, discarded=False)


async def test_a_query_is_pinned_while_it_is_answered(open_desk: OpenDesk) -> None:
    desk = await open_desk({"c": Script(("slow",), delay=0.2)})
    query = await desk.ask()
    assert (await desk.amender.change(query.id, ME, pinned=True)).status is QueryStatus.RUNNING
    assert (await desk.reader.finished(query.id)).pinned
    assert (await desk.kept(query.id)).pinned


async def test_a_deleted_answer_is_not_served_again(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    await desk.amender.delete((await desk.answer()).id, ME)
    assert (await desk.answer()).cached_at is None


async def test_a_judgement_replaces_the_earlier_one(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    query = await desk.answer()
    one, other = query.responses[0].id, query.responses[1].id
    first = await desk.amender.judge(ME, feedback(query.id, one, 1, None, None))
    second = await desk.amender.judge(ME, feedback(query.id, one, -1, other, "wrong"))
    assert first.id == second.id


async def test_a_vote_that_names_what_it_votes_down_as_the_better_one_is_refused(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    query = await desk.answer()
    one = query.responses[0].id
    for better in (one, one.upper()):
        with pytest.raises(InvalidInput) as refusal:
            await desk.amender.judge(ME, feedback(query.id, one, -1, better, None))
        assert refusal.value.field == "better"
    assert await desk.rooms.database.read(lambda conn: store.feedback_of(conn, query.id)) == []
    assert (await desk.amender.judge(ME, feedback(query.id, one, 1, one, None))).better == one


async def test_whoever_learns_is_told_of_a_judgement_once_it_is_kept(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await open_desk()
    query = await desk.answer()
    told: list[tuple[str, list[bool]]] = []

    async def learn(query_id: str) -> None:
        kept = await desk.rooms.database.read(lambda conn: store.feedback_of(conn, query_id))
        told.append((query_id, [vote.blind for vote in kept]))

    monkeypatch.setattr(desk.rooms.learner, "learn", learn)
    await desk.amender.judge(ME, feedback(query.id.upper(), query.responses[0].id, 1, None, None, blind=True))
    with pytest.raises(NotFound):
        await desk.amender.judge(ME, feedback(query.id, "no-such-id", 1, None, None))
    assert told == [(query.id, [True])]


async def test_stopping_before_the_first_step_ends_the_query(open_desk: OpenDesk) -> None:
    desk = await open_desk(dict.fromkeys("abc", HANGING))
    query = await desk.ask()
    run = desk.asker.running.get(query.id)
    for _ in range(100):
        if run.streaming:
            break
        await asyncio.sleep(0)
    run.stop()
    done = await asyncio.wait_for(desk.reader.finished(query.id), 5)
    assert {response.status for response in done.responses} == {ResponseStatus.CANCELLED}


async def test_a_stopped_query_does_not_show_an_earlier_answer(open_desk: OpenDesk) -> None:
    desk = await open_desk({m: [Script(), Script((), stall=True)] for m in "abc"}, cache_seconds=1e-9)
    await desk.answer()
    query = await desk.ask()
    await asyncio.sleep(0.1)
    stopped = await desk.amender.cancel(query.id, ME)
    assert (stopped.status, stopped.cached_at) == (QueryStatus.FAILED, None)


async def test_a_joined_query_stops_without_stopping_the_other(open_desk: OpenDesk) -> None:
    desk = await open_desk(dict.fromkeys("abc", Script(("Paris ", "it is."), delay=0.2)))
    leader, joined = await desk.ask(), await desk.ask()
    await asyncio.sleep(0.3)
    stopped = await asyncio.wait_for(desk.amender.cancel(joined.id, ME), 5)
    assert {(r.status, r.text) for r in stopped.responses} == {(ResponseStatus.CANCELLED, "Paris ")}
    assert (await desk.kept(joined.id)).as_object() == stopped.as_object()
    assert (await desk.reader.finished(leader.id)).status is QueryStatus.COMPLETE


async def test_a_query_that_is_stopped_just_after_its_leader_buys_nothing(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await open_desk(dict.fromkeys("abc", HANGING))
    leader, follower = await desk.ask(), await desk.ask()
    keep = desk.asker._recorder.keep

    async def stop_meanwhile(run: Run, ended: list[Response]) -> None:
        if run.query.id == follower.id:
            run.stop()
        await keep(run, ended)

    monkeypatch.setattr(desk.asker._recorder, "keep", stop_meanwhile)
    await desk.amender.cancel(leader.id, ME)
    done = await desk.reader.finished(follower.id)
    assert [response.status for response in done.responses] == [ResponseStatus.CANCELLED] * 3
    assert len(desk.asked) == 3


async def test_a_query_that_is_stopped_before_its_models_are_asked_asks_none(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await open_desk()
    ensure_lease = desk.asker.running.ensure_lease

    async def stop_meanwhile(on_lost: Any) -> None:
        for run in desk.asker.running:
            run.stop()
        await ensure_lease(on_lost)

    monkeypatch.setattr(desk.asker.running, "ensure_lease", stop_meanwhile)
    done = await desk.answer()
    assert [response.status for response in done.responses] == [ResponseStatus.CANCELLED] * 3
    assert desk.asked == []


async def test_a_query_whose_leader_was_stopped_buys_its_own(open_desk: OpenDesk) -> None:
    desk = await open_desk({m: [Script(("Half an ",), stall=True), Script(("Paris.",))] for m in "abc"})
    leader, joined = await desk.ask(), await desk.ask()
    await asyncio.sleep(0.1)
    await desk.amender.cancel(leader.id, ME)
    done = await asyncio.wait_for(desk.reader.finished(joined.id), 5)
    assert done.status is QueryStatus.COMPLETE
    events = await desk.events(joined.id)
    for response in done.responses:
        assert text_of(events, response.id) == response.text
    assert desk.rooms.limits.spent_today_usd > 0
    assert desk.rooms.limits.reserved_usd == 0


async def test_two_retries_at_the_same_moment_buy_once(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": [DOWN, Script()], "c": Script(("slow",), delay=0.3)})
    query = await desk.ask()
    await asyncio.sleep(0.1)
    failed = next(r for r in query.responses if r.model == "b")
    tries = [desk.amender.retry(query.id, failed.id, ME) for _ in range(2)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, Conflict) for result in results) == 1
    await desk.reader.finished(query.id)
    assert desk.asked.count("b") == 2


async def test_retrying_a_copy_makes_it_count(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    await desk.answer()
    copy = await desk.answer()
    await desk.amender.retry(copy.id, copy.responses[0].id, ME)
    assert (await desk.reader.finished(copy.id)).cached_at is None
    assert (await desk.kept(copy.id)).cached_at is None


async def test_an_id_in_capitals_deletes_what_it_names(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    query = await desk.answer()
    await desk.amender.delete(query.id.upper(), ME)
    for spelling in (query.id, query.id.upper()):
        with pytest.raises(NotFound):
            await desk.reader.events(spelling)


async def test_a_vote_that_contradicts_itself_is_refused(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    query = await desk.answer()
    one, other = (response.id for response in query.responses[:2])
    for rating, better in ((1, other), (-1, one)):
        with pytest.raises(InvalidInput, match="better"):
            await desk.amender.judge(ME, feedback(query.id, one, rating, better, None))


async def test_a_judgement_by_ids_in_capitals_is_kept(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    query = await desk.answer()
    one, other = (response.id.upper() for response in query.responses[:2])
    await desk.amender.judge(ME, feedback(query.id.upper(), one, -1, other, None))
