"""One question in, many answers out, the best one named, everything kept."""

from __future__ import annotations

import asyncio
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from tests.providers.vendors import Script as VendorScript
from tests.providers.vendors import ScriptedVendor
from tests.query.conftest import ME, SOMEONE, OpenDesk, data, text_of

from trillm.cache.fake import FakeCache
from trillm.history import store
from trillm.limits.admit import Allowance
from trillm.providers.answer import Clocks
from trillm.providers.fake import Script
from trillm.vocabulary.errors import Conflict, InvalidInput, LimitExceeded, ProviderError, Unavailable
from trillm.vocabulary.event import EventType
from trillm.vocabulary.question import QueryStatus
from trillm.vocabulary.response import ResponseStatus

DOWN = Script(pieces=(), failure=ProviderError("authentication", "The key is refused."))
SLOW = Script(pieces=("Paris ", "is ", "it."), delay=0.02)


async def test_a_question_is_answered_by_every_member_ranked_and_kept(open_desk: OpenDesk) -> None:
    desk = await open_desk({"a": Script(pieces=("It is ", "Paris, the capital of France.")), "b": Script(("Rome",))})
    query = await desk.answer()
    assert query.status is QueryStatus.COMPLETE
    assert sorted(desk.asked) == ["a", "b", "c"]
    assert query.ranking is not None
    assert query.ranking.best in {r.id for r in query.responses}
    assert query.ranking.why
    assert sum(query.ranking.probabilities.values()) <= 1.0001
    assert (await desk.kept(query.id)).as_object() == query.as_object()


async def test_the_events_tell_the_whole_story_in_order(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    query = await desk.answer()
    events = await desk.events(query.id)
    assert [events[0].type, events[-1].type] == [EventType.QUERY, EventType.DONE]
    assert [e.id for e in events] == sorted({e.id for e in events})
    assert sum(e.type is EventType.RESPONSE_STARTED for e in events) == 3
    rankings = [data(e) for e in events if e.type is EventType.RANKING]
    assert [r["provisional"] for r in rankings].count(False) == 1
    assert rankings[-1]["provisional"] is False
    for response in query.responses:
        assert text_of(events, response.id) == response.text
    assert data(events[-1]) == query.as_object()


async def test_within_a_window_many_tokens_are_one_event_and_none_is_lost(open_desk: OpenDesk) -> None:
    words = [f"word{n} " for n in range(40)]
    async with ScriptedVendor() as vendor:
        vendor.script("m", VendorScript(words, between=0.005))
        desk = await open_desk(window=0.03)
        provider = vendor.provider("openai-chat")
        desk.rooms.registry.add(provider)
        query = await desk.answer(models=(f"{provider.name}:m",))
        await provider.close()
    deltas = [data(e)["text"] for e in await desk.events(query.id) if e.type is EventType.RESPONSE_DELTA]
    assert deltas[0] == "word0 "
    assert len(deltas) < 20
    assert "".join(deltas) == query.responses[0].text == "".join(words)


async def test_while_nobody_follows_the_windows_are_longer_and_none_is_lost(open_desk: OpenDesk) -> None:
    words = [f"word{n} " for n in range(60)]
    async with ScriptedVendor() as vendor:
        vendor.script("m", VendorScript(words, between=0.01))
        desk = await open_desk(window=0.03)
        provider = vendor.provider("openai-chat")
        desk.rooms.registry.add(provider)
        waited_for = await desk.answer(models=(f"{provider.name}:m",))
        unfollowed = await desk.events(waited_for.id)
        query = await desk.ask("And of Italy?", models=(f"{provider.name}:m",))
        followed = await desk.events(query.id)
        await provider.close()
    texts = [text_of(unfollowed, waited_for.responses[0].id), text_of(followed, query.responses[0].id)]
    assert texts == ["".join(words)] * 2
    assert 2 * len(unfollowed) < len(followed)


async def test_the_end_of_an_answer_waits_for_no_window(open_desk: OpenDesk) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", VendorScript([f"word{n} " for n in range(20)], between=0.005))
        desk = await open_desk(window=3600.0)
        provider = vendor.provider("openai-chat")
        desk.rooms.registry.add(provider)
        query = await desk.answer(models=(f"{provider.name}:m",))
        await provider.close()
    assert query.status is QueryStatus.COMPLETE
    assert query.responses[0].text.endswith("word19 ")


async def test_without_a_window_every_delta_is_an_event(open_desk: OpenDesk) -> None:
    desk = await open_desk(window=0.0)
    query = await desk.answer(models=("fake:a",))
    assert sum(e.type is EventType.RESPONSE_DELTA for e in await desk.events(query.id)) == 3


async def test_one_vendor_down_leaves_the_others_answers(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": DOWN})
    query = await desk.answer()
    assert query.status is QueryStatus.PARTIAL
    failed = next(r for r in query.responses if r.model == "b")
    assert failed.status is ResponseStatus.FAILED
    assert failed.error is not None
    assert failed.error.type == "authentication"
    assert query.ranking is not None
    assert query.ranking.best != failed.id


async def test_all_down_without_an_earlier_answer_fails_and_names_each_reason(open_desk: OpenDesk) -> None:
    desk = await open_desk(dict.fromkeys("abc", DOWN))
    query = await desk.answer()
    assert query.status is QueryStatus.FAILED
    assert [r.error.type for r in query.responses if r.error] == ["authentication"] * 3


async def test_all_down_shows_an_earlier_answer_with_its_age(open_desk: OpenDesk) -> None:
    desk = await open_desk({m: [Script(("The capital is Paris.",)), DOWN] for m in "abc"}, cache_seconds=1e-9)
    earlier = await desk.answer()
    query = await desk.answer()
    assert query.status is QueryStatus.COMPLETE
    assert query.cached_at == earlier.created_at
    best = query.response(query.ranking.best)
    assert best.text == "The capital is Paris."
    assert (await desk.kept(query.id)).as_object() == query.as_object()
    assert query.cost_usd == 0.0


async def test_the_same_question_again_is_not_bought_again(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    first = await desk.answer()
    again = await desk.answer()
    assert len(desk.asked) == 3
    assert again.id != first.id
    assert {r.id for r in again.responses}.isdisjoint(r.id for r in first.responses)
    assert (again.cached_at, again.cost_usd, again.status) == (first.created_at, 0.0, QueryStatus.COMPLETE)
    assert [e.type for e in await desk.events(again.id)][-1] is EventType.DONE


async def test_the_same_question_is_found_after_a_restart(open_desk: OpenDesk) -> None:
    await (await open_desk()).answer()
    later = await open_desk()
    assert (await later.answer()).cached_at is not None
    assert later.asked == []


async def test_a_partial_answer_is_not_served_from_the_cache(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": [DOWN, Script()]})
    await desk.answer()
    assert (await desk.answer()).status is QueryStatus.COMPLETE
    assert len(desk.asked) == 6


async def test_nothing_is_shared_across_owners(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    await asyncio.gather(desk.answer(caller=ME), desk.answer(caller=SOMEONE))
    assert len(desk.asked) == 6


async def test_an_identical_question_in_flight_is_joined(open_desk: OpenDesk) -> None:
    desk = await open_desk(dict.fromkeys("abc", SLOW))
    first, second = await asyncio.gather(desk.ask(), desk.ask())
    assert first.id != second.id
    answers = [await desk.reader.finished(q.id) for q in (first, second)]
    assert len(desk.asked) == 3
    assert [r.text for r in answers[0].responses] == [r.text for r in answers[1].responses]
    joined = min(answers, key=lambda q: q.cost_usd or 0)
    assert joined.cost_usd == 0.0
    events = await desk.events(joined.id)
    for response in joined.responses:
        assert text_of(events, response.id) == response.text
    assert (await desk.kept(joined.id)).as_object() == joined.as_object()


async def test_a_joined_question_buys_its_own_when_the_other_is_lost(open_desk: OpenDesk) -> None:
    desk = await open_desk({model: [Script(stall=True), Script()] for model in "abc"})
    leader, joined = await desk.ask(), await desk.ask()
    run = desk.asker.running.get(leader.id)
    await asyncio.sleep(0.05)
    desk.asker._lost(run)
    assert (await desk.reader.finished(joined.id)).status is QueryStatus.COMPLETE


async def test_the_same_idempotency_key_is_the_same_query(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    first = await desk.answer(key="k1")
    assert (await desk.ask(key="k1")).id == first.id
    assert len(desk.asked) == 3
    assert (await desk.ask(key="k1", caller=SOMEONE)).id != first.id


async def test_an_idempotency_key_is_not_reused_for_another_question(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    await desk.answer("One?", key="k1")
    with pytest.raises(InvalidInput) as refused:
        await desk.ask("Two?", key="k1")
    assert refused.value.type == "key-reused"


async def test_the_same_key_at_the_same_time_is_refused_once(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    results = await asyncio.gather(*(desk.ask(key="k1") for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(r, Conflict) for r in results) == 3


async def test_a_limit_refuses_before_anything_is_bought(open_desk: OpenDesk) -> None:
    desk = await open_desk(allowance=Allowance(per_minute=1))
    await desk.answer()
    with pytest.raises(LimitExceeded):
        await desk.ask("Another question?")
    assert len(desk.asked) == 3


async def test_a_budget_admits_no_more_than_it_holds(open_desk: OpenDesk) -> None:
    # each query of three models reserves 3 * (500 * 5 + ~8) / 1e6 = 0.0075 USD
    desk = await open_desk(allowance=Allowance(per_minute=0, daily_budget_usd=0.08))
    asked = [desk.ask(f"Question {n}?") for n in range(50)]
    results = await asyncio.gather(*asked, return_exceptions=True)
    admitted = [r for r in results if not isinstance(r, BaseException)]
    assert len(admitted) == 10
    assert all(isinstance(r, LimitExceeded) for r in results if isinstance(r, BaseException))
    for query in admitted:
        await desk.reader.finished(query.id)
    await asyncio.sleep(0)
    assert desk.rooms.limits.reserved_usd == 0
    assert desk.rooms.limits.spent_today_usd == pytest.approx(sum(q.cost_usd for q in admitted))


async def test_the_pick_is_fixed_without_a_laggard_that_is_still_recorded(open_desk: OpenDesk) -> None:
    desk = await open_desk({"c": Script(("Late but ", "whole."), delay=0.4)}, query_timeout=0.2)
    query = await desk.answer()
    events = await desk.events(query.id)
    fixed = next(i for i, e in enumerate(events) if e.type is EventType.RANKING and not data(e)["provisional"])
    assert any(e.type is EventType.RESPONSE_DELTA for e in events[fixed:])
    late = next(r for r in query.responses if r.model == "c")
    assert (late.text, late.status, late.rank) == ("Late but whole.", ResponseStatus.COMPLETE, None)
    assert query.status is QueryStatus.COMPLETE


async def test_a_silent_vendor_is_a_timeout(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": Script((), stall=True)}, clocks=Clocks(first_token=0.1, total=0.3))
    query = await desk.answer()
    assert next(r for r in query.responses if r.model == "b").status is ResponseStatus.TIMEOUT
    assert query.status is QueryStatus.PARTIAL


async def test_a_vendors_nul_does_not_reach_anybody(open_desk: OpenDesk) -> None:
    desk = await open_desk({"a": Script(("Par\x00is",))})
    query = await desk.answer(models=("fake:a",))
    assert query.responses[0].text == "Paris"


async def test_nothing_is_accepted_that_cannot_be_committed(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    await desk.rooms.database.close()
    with pytest.raises(Unavailable):
        await desk.ask()
    assert desk.asked == []
    assert len(desk.asker.running) == 0


async def test_a_closing_service_refuses_questions(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    await desk.asker.close()
    with pytest.raises(Unavailable):
        await desk.ask()


async def test_an_unknown_model_is_refused_before_anything_is_kept(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    with pytest.raises(InvalidInput):
        await desk.ask(models=("nobody:x",))
    assert await desk.rooms.database.read(store.running) == []


async def test_where_no_log_can_be_kept_questions_are_answered_and_read_all_the_same(
    open_desk: OpenDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(tmp_path / "none"))
    desk = await open_desk()
    bought, copied = [await desk.answer() for _ in range(2)]
    assert [query.status for query in (bought, copied)] == [QueryStatus.COMPLETE, QueryStatus.COMPLETE]
    assert len(desk.asked) == 3
    events = await desk.events(bought.id)
    assert data(events[-1]) == bought.as_object()


async def test_a_cache_out_of_reach_is_counted_and_the_history_answers_for_it(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    cache = FakeCache()
    desk.asker._rooms = desk.rooms = replace(desk.rooms, cache=cache)
    await desk.answer()
    cache.fail("get", "put")
    again = await desk.answer()
    assert again.cached_at is not None
    assert len(desk.asked) == 3
    assert b'trillm_cache_total{result="failed"} 1.0' in desk.rooms.metrics.render()[0]
