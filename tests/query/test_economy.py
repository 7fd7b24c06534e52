"""Where money is to be saved, one cheap model is asked first, and the rest only if its answer is doubtful."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.query.conftest import ME, OpenDesk, data

from trillm.providers.fake import Script
from trillm.query.deciding.economy import ENOUGH
from trillm.query.recover import Recovery
from trillm.vocabulary.errors import ProviderError
from trillm.vocabulary.event import EventType
from trillm.vocabulary.question import QueryStatus

SUM = "What is 40 + 2?"
SURE = Script(("40 + 2 = 42.",))
PRICES = {"a": (5.0, 25.0), "b": (0.1, 0.4), "c": (1.0, 5.0)}
DOWN = Script(pieces=(), failure=ProviderError("authentication", "The key is refused."))


async def test_an_answer_beyond_doubt_is_enough(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": SURE}, prices=PRICES)
    query = await desk.answer(SUM, economy=True, reference="42")
    assert desk.asked == ["b"]
    assert query.status is QueryStatus.COMPLETE
    assert [r.key for r in query.responses] == ["fake:b"]
    assert query.ranking is not None
    assert query.ranking.best == query.responses[0].id
    assert query.ranking.why == ENOUGH
    assert (await desk.kept(query.id)).as_object() == query.as_object()


async def test_a_doubtful_answer_brings_the_rest_of_the_panel(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": Script(("I do not know.",)), "a": SURE, "c": SURE}, prices=PRICES)
    query = await desk.answer(SUM, economy=True, reference="42")
    assert desk.asked[0] == "b"
    assert sorted(desk.asked) == ["a", "b", "c"]
    assert query.ranking is not None
    assert len(query.ranking.order) == 3
    best = query.response(query.ranking.best or "")
    assert best is not None
    assert best.text == "40 + 2 = 42."
    kinds = [(e.type, data(e)) for e in await desk.events(query.id)]
    assert sum(kind is EventType.RESPONSE_STARTED for kind, _ in kinds) == 3
    assert [data["provisional"] for kind, data in kinds if kind is EventType.RANKING][-1] is False
    assert (await desk.kept(query.id)).as_object() == query.as_object()


async def test_what_brought_the_whole_panel_is_answered_from_the_cache_when_it_is_asked_again(
    open_desk: OpenDesk,
) -> None:
    desk = await open_desk({"b": Script(("I do not know.",)), "a": SURE, "c": SURE}, prices=PRICES)
    first = await desk.answer(SUM, economy=True)
    again = await desk.answer(SUM, economy=True)
    assert again.cached_at is not None
    assert len(desk.asked) == 3
    assert [r.text for r in again.responses] == [r.text for r in first.responses]


async def test_a_cheap_model_that_fails_brings_the_rest_of_the_panel(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": DOWN, "a": SURE, "c": SURE}, prices=PRICES)
    query = await desk.answer(SUM, economy=True, reference="42")
    assert query.status is QueryStatus.PARTIAL
    assert len(query.responses) == 3


async def test_it_is_off_unless_the_question_or_the_server_says_so(open_desk: OpenDesk) -> None:
    desk = await open_desk(dict.fromkeys("abc", SURE), prices=PRICES)
    assert len((await desk.answer(SUM)).responses) == 3
    thrifty = await open_desk(dict.fromkeys("abc", SURE), prices=PRICES, economy=True)
    assert len((await thrifty.answer(SUM, reference="42")).responses) == 1
    assert len((await thrifty.answer(SUM, reference="42", economy=False)).responses) == 3


async def test_stopping_before_the_first_answer_asks_nobody_else(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": Script(pieces=(), stall=True)}, prices=PRICES)
    query = await desk.ask(SUM, economy=True)
    while not desk.asked:  # noqa: ASYNC110 - the provider does not tell
        await asyncio.sleep(0.005)
    stopped = await desk.amender.cancel(query.id, ME)
    assert desk.asked == ["b"]
    assert stopped.status is QueryStatus.FAILED


async def test_who_joins_a_question_that_is_asked_thriftily_gets_all_that_it_brings(open_desk: OpenDesk) -> None:
    unsure = Script(("I do ", "not know."), delay=0.02)
    desk = await open_desk({"b": unsure, "a": SURE, "c": SURE}, prices=PRICES)
    first, second = await asyncio.gather(desk.answer(SUM, economy=True), desk.answer(SUM, economy=True))
    assert len(desk.asked) == 3
    for query in (first, second):
        events = await desk.events(query.id)
        ids = {r.id for r in query.responses}
        assert len(ids) == 3
        assert {data(e)["id"] for e in events if e.type is EventType.RESPONSE_STARTED} == ids
        assert {data(e)["response_id"] for e in events if e.type is EventType.RESPONSE_DELTA} == ids
        assert (await desk.kept(query.id)).as_object() == query.as_object()


async def test_after_a_restart_the_rest_is_asked_if_the_answer_that_is_kept_is_doubtful(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": Script(("I do not know.",)), "a": Script((), stall=True)}, prices=PRICES)
    query = await desk.ask(SUM, economy=True)
    while "a" not in desk.asked:  # noqa: ASYNC110 - the provider does not tell
        await asyncio.sleep(0.005)
    await desk.asker.close()
    other = await open_desk({"a": SURE, "c": SURE}, prices=PRICES)
    assert await Recovery(other.rooms, other.asker).once() == [query.id]
    again = await other.reader.finished(query.id)
    assert "b" not in other.asked
    assert {r.key for r in again.latest} == {"fake:a", "fake:b", "fake:c"}
    assert again.status is QueryStatus.COMPLETE


async def test_after_a_restart_that_cut_the_first_answer_short_the_rest_is_not_forgotten(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": Script((), stall=True)}, prices=PRICES)
    query = await desk.ask(SUM, economy=True)
    while not desk.asked:  # noqa: ASYNC110 - the provider does not tell
        await asyncio.sleep(0.005)
    await desk.asker.close()
    other = await open_desk({"b": Script(("I do not know.",)), "a": SURE, "c": SURE}, prices=PRICES)
    assert await Recovery(other.rooms, other.asker).once() == [query.id]
    await other.reader.finished(query.id)
    assert sorted(other.asked) == ["a", "b", "c"]


async def test_the_reserve_of_a_thrifty_question_is_who_of_its_panel_was_not_asked(open_desk: OpenDesk) -> None:
    desk = await open_desk({"b": SURE}, prices=PRICES)
    thrifty = await desk.answer(SUM, economy=True, reference="42")
    assert [member.key for member in desk.asker.reserve_of(thrifty)] == ["fake:a", "fake:c"]
    named = await desk.answer(SUM, economy=True, reference="42", models=("fake:b", "fake:c"))
    assert [member.key for member in desk.asker.reserve_of(named)] == ["fake:c"]
    assert desk.asker.reserve_of(await desk.answer(SUM, economy=False)) == []
    gone = replace(thrifty, question=replace(thrifty.question, models=("fake:b", "elsewhere:x")))
    assert desk.asker.reserve_of(gone) == []
