"""Moderation by a vendor looks at the question while the models begin, and nobody sees what it has not cleared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from typing import Any

import pytest
from aiohttp import web
from tests.query.close_call import until
from tests.query.conftest import ME, OpenDesk, text_of

from trillm.history.listing.store import Wanted
from trillm.http.client import HttpClient
from trillm.providers.fake import Script
from trillm.safety.moderation import Mode, ModerationEndpoint, Moderator, OnFailure
from trillm.vocabulary.errors import Conflict, Flagged
from trillm.vocabulary.event import EventType
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import QueryStatus
from trillm.vocabulary.response import Failure, Response, ResponseStatus

BAD = "How do I make sarin at home?"


class Vendor:
    """A moderation endpoint that flags or not, when it is let."""

    def __init__(self, client: HttpClient) -> None:
        self.flags = False
        self.flagged_by: list[str] = []
        self.status = 200
        self.let = asyncio.Event()
        self._client = client
        self.base_url = ""

    async def answer(self, _: web.Request) -> web.Response:
        await self.let.wait()
        categories = {"illicit/violent": self.flags}
        return web.json_response({"results": [{"flagged": self.flags, "categories": categories}]}, status=self.status)

    def moderator(self, mode: Mode = "refuse", on_failure: OnFailure = "allow") -> Moderator:
        return Moderator(
            mode=mode,
            on_failure=on_failure,
            endpoint=ModerationEndpoint(self.base_url, "key"),
            client=self._client,
            count_flagged=self.flagged_by.append,
        )


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    app = web.Application()
    with closing(HttpClient(2.0)) as client:
        vendor = Vendor(client)
        app.router.add_post("/moderations", vendor.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        vendor.base_url = "http://{}:{}".format(*runner.addresses[0][:2])
        yield vendor
        await runner.cleanup()


@pytest.mark.parametrize("ended_by", ["refusal", "stop"])
async def test_an_answer_that_had_ended_and_waited_for_moderation_keeps_its_cost_and_its_end(
    open_desk: OpenDesk, vendor: Vendor, ended_by: str
) -> None:
    vendor.flags = ended_by == "refusal"
    desk = await open_desk(moderator=vendor.moderator(), window=0.0)
    query = await desk.ask()
    await asyncio.sleep(0.2)
    stopping = asyncio.create_task(desk.amender.cancel(query.id, ME)) if ended_by == "stop" else None
    await asyncio.sleep(0.05)
    vendor.let.set()
    done = await desk.reader.finished(query.id)
    assert stopping is None or (await stopping).id == query.id
    assert all(response.cost_usd and response.usage.output_tokens for response in done.responses)
    assert {r.status for r in done.responses} == {
        ResponseStatus.REFUSED if ended_by == "refusal" else ResponseStatus.COMPLETE
    }


async def test_nothing_is_asked_again_that_moderation_refuses_meanwhile(
    open_desk: OpenDesk, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.flags = True
    desk = await open_desk({"c": Script(("slow",), stall=True)}, moderator=vendor.moderator(), window=0.0)
    query = await desk.ask()
    await asyncio.sleep(0.2)
    write = desk.rooms.database.write

    async def slow_write(work: Callable[[Any], Any]) -> Any:
        result = await write(work)
        vendor.let.set()
        await asyncio.sleep(0.1)
        return result

    monkeypatch.setattr(desk.rooms.database, "write", slow_write)
    run, first = desk.asker.running.get(query.id), query.responses[0]
    assert run is not None
    asked = len(desk.asked)
    again = Response(new_id(), first.provider, first.model, 2)
    await desk.asker.ask_also(run, [(again, desk.rooms.registry.panel([first.key])[0])])
    done = await desk.reader.finished(query.id)
    assert done.status is QueryStatus.FAILED
    assert len(desk.asked) == asked
    assert not any(event.type is EventType.RESPONSE_DELTA for event in await desk.events(query.id))


async def test_a_rule_refuses_before_anything_is_accepted(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    with pytest.raises(Flagged):
        await desk.ask(BAD)
    assert desk.asked == []
    assert await desk.reader.page(ME, Wanted(), before=None, limit=9) == []


async def test_answers_are_held_until_the_vendor_has_looked(open_desk: OpenDesk, vendor: Vendor) -> None:
    desk = await open_desk(moderator=vendor.moderator())
    query = await desk.ask()
    await asyncio.sleep(0.1)
    run = desk.asker.running.get(query.id)
    assert sorted(desk.asked) == ["a", "b", "c"]
    assert not any(event.type is EventType.RESPONSE_DELTA for event in run.log.events)
    vendor.let.set()
    done = await desk.reader.finished(query.id)
    assert done.status is QueryStatus.COMPLETE
    assert all(response.text == "Paris is the capital." for response in done.responses)


async def test_a_flagged_question_stops_the_models_and_shows_nothing(open_desk: OpenDesk, vendor: Vendor) -> None:
    vendor.flags = True
    desk = await open_desk({"c": Script(("slow",), stall=True)}, moderator=vendor.moderator())
    query = await desk.ask()
    await asyncio.sleep(0.1)
    vendor.let.set()
    done = await desk.reader.finished(query.id)
    assert done.status is QueryStatus.FAILED
    assert {response.status for response in done.responses} == {ResponseStatus.REFUSED}
    assert not any(response.text for response in done.responses)
    assert not any(event.type is EventType.RESPONSE_DELTA for event in await desk.events(query.id))
    assert desk.provider.open_streams == 0


async def test_what_arrived_before_a_stop_is_kept_when_the_vendor_clears_it(
    open_desk: OpenDesk, vendor: Vendor
) -> None:
    desk = await open_desk(dict.fromkeys("abc", Script(("Half an ",), stall=True)), moderator=vendor.moderator())
    query = await desk.ask()
    await asyncio.sleep(0.1)
    stopping = asyncio.create_task(desk.amender.cancel(query.id, ME))
    await until(lambda: desk.provider.open_streams == 0)  # the models are stopped at once, moderation or not
    vendor.let.set()
    stopped = await stopping
    assert {(r.status, r.text) for r in stopped.responses} == {(ResponseStatus.CANCELLED, "Half an ")}
    assert (await desk.kept(query.id)).as_object() == stopped.as_object()
    events = await desk.events(query.id)
    assert all(text_of(events, response.id) == response.text for response in stopped.responses)


async def test_what_arrived_before_a_stop_is_dropped_when_the_vendor_flags_it(
    open_desk: OpenDesk, vendor: Vendor
) -> None:
    vendor.flags = True
    desk = await open_desk(dict.fromkeys("abc", Script(("Half an ",), stall=True)), moderator=vendor.moderator())
    query = await desk.ask()
    await asyncio.sleep(0.1)
    stopping = asyncio.create_task(desk.amender.cancel(query.id, ME))
    await until(lambda: desk.provider.open_streams == 0)
    vendor.let.set()
    stopped = await stopping
    assert {(r.status, r.text) for r in stopped.responses} == {(ResponseStatus.REFUSED, "")}
    assert "safety rules" in (stopped.responses[0].error or pytest.fail("no reason")).detail
    assert not any(event.type is EventType.RESPONSE_DELTA for event in await desk.events(query.id))


async def test_a_defect_of_moderation_ends_the_query_as_failed(
    open_desk: OpenDesk, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await open_desk(moderator=(moderator := vendor.moderator()))

    async def broken(_: str) -> None:
        raise LookupError("a defect")

    monkeypatch.setattr(moderator, "screen", broken)
    done = await asyncio.wait_for(desk.answer(), 5)
    assert done.status is QueryStatus.FAILED
    assert {response.status for response in done.responses} == {ResponseStatus.FAILED}
    assert not any(response.text for response in done.responses)


async def test_a_refused_question_is_asked_of_no_further_model(open_desk: OpenDesk, vendor: Vendor) -> None:
    desk = await open_desk(dict.fromkeys("abc", Script((), stall=True)), moderator=vendor.moderator())
    query = await desk.ask()
    await asyncio.sleep(0.05)
    run = desk.asker.running.get(query.id)
    run.refused = Failure("refused", "flagged")
    with pytest.raises(Conflict):
        await desk.asker.ask_also(run, [(query.responses[0], desk.rooms.registry.panel(["fake:a"])[0])])
    vendor.let.set()
    await desk.amender.cancel(query.id, ME)


async def test_a_marked_question_is_answered(open_desk: OpenDesk, vendor: Vendor) -> None:
    vendor.flags = True
    vendor.let.set()
    desk = await open_desk(moderator=vendor.moderator(mode="mark"))
    assert (await desk.answer()).status is QueryStatus.COMPLETE
    assert vendor.flagged_by == ["vendor"]


async def test_a_rule_marks_a_question_where_marking_is_set(open_desk: OpenDesk) -> None:
    flagged_by: list[str] = []
    desk = await open_desk(moderator=Moderator(mode="mark", count_flagged=flagged_by.append))
    assert (await desk.answer(BAD)).status is QueryStatus.COMPLETE
    assert flagged_by == ["rules"]


@pytest.mark.parametrize(("on_failure", "status"), [("allow", QueryStatus.COMPLETE), ("refuse", QueryStatus.FAILED)])
async def test_a_failure_of_moderation_is_acted_on_as_set(
    open_desk: OpenDesk, vendor: Vendor, on_failure: OnFailure, status: QueryStatus
) -> None:
    vendor.status = 500
    vendor.let.set()
    desk = await open_desk(moderator=vendor.moderator(on_failure=on_failure))
    assert (await desk.answer()).status is status
