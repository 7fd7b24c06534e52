"""A query that another process works on is read from what is kept, and to its end."""

from __future__ import annotations

import asyncio

import pytest
from tests.query.conftest import ME, OpenDesk, data

from trillm.providers.fake import Script
from trillm.vocabulary.event import Event, EventType
from trillm.vocabulary.question import QueryStatus

HANGING = Script(("Half an ",), stall=True)
ENDS = (EventType.RESPONSE_COMPLETED, EventType.RESPONSE_FAILED)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trillm.query.read.ELSEWHERE_SECONDS", 0.02)


async def test_each_look_from_elsewhere_tells_one_event_and_the_end_tells_all(open_desk: OpenDesk) -> None:
    desk, other = await open_desk({"c": HANGING}), await open_desk()
    query = await desk.ask()
    batches: list[list[Event]] = []
    ended_before: set[str] = set()
    async with asyncio.timeout(5):
        async for batch in await other.reader.events(query.id):
            batches.append(batch)
            if batch[0].type in ENDS and not ended_before:
                ended_before.add(data(batch[0])["id"])
                await desk.amender.cancel(query.id, ME)
    told = [event for batch in batches for event in batch]
    assert told[0].type is EventType.QUERY
    assert {len(batch) for batch in batches[:-1]} == {1}
    assert [event.id for event in told] == sorted({event.id for event in told})
    assert not any(event.type is EventType.RESPONSE_DELTA for event in told)
    ends = {data(event)["id"] for event in batches[-1] if event.type in ENDS}
    assert ended_before < ends == {response.id for response in query.responses}
    assert told[-1].type is EventType.DONE
    assert data(told[-1]) == (await desk.kept(query.id)).as_object()


async def test_a_query_is_waited_for_from_elsewhere(open_desk: OpenDesk) -> None:
    desk, other = await open_desk({"c": Script(("slow",), delay=0.1)}), await open_desk()
    query = await desk.ask()
    finished = await asyncio.wait_for(other.reader.finished(query.id), 5)
    assert finished.status is QueryStatus.COMPLETE
