"""What a process left unfinished is continued, and nothing that is complete is bought again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from tests.query.conftest import ME, OpenDesk, data

from trillm.history import store
from trillm.limits.admit import Allowance
from trillm.providers.fake import Script
from trillm.query.record import has_what_is_missing
from trillm.query.recover import TIMES_ASKED, owner_name
from trillm.telemetry.logs import JsonFormatter, bind
from trillm.vocabulary.errors import Fenced, LimitExceeded, ProviderError, Unavailable
from trillm.vocabulary.event import EventType
from trillm.vocabulary.ids import now
from trillm.vocabulary.question import Query, QueryStatus
from trillm.vocabulary.response import ResponseStatus

HANGING = Script(("Half an "), stall=True)


@cache
def dead_owner(door: str = "serve") -> str:
    """The owner name of a process of this host that has ended."""
    code = f"from trillm.query.recover import owner_name; print(owner_name({door!r}))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def living_owner() -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the owner name of another process, and what kills it without waiting for it."""
    code = "from trillm.query.recover import owner_name; print(owner_name('serve'), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:

        def kill() -> None:
            process.kill()
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

        assert process.stdout is not None
        yield process.stdout.readline().decode().strip(), kill


async def left_unfinished(open_desk: OpenDesk, owner: str) -> str:
    """Leave a query with two answers kept and one under way."""
    desk = await open_desk({"c": HANGING}, owner=owner, window=0.0)
    query = await desk.ask()
    await kept_so(desk, query.id, lambda kept: sum(r.status.is_final for r in kept.responses) == 2)
    await die(desk)
    return query.id


async def kept_so(desk: Any, query_id: str, holds: Callable[[Query], bool]) -> None:
    """Wait until what is kept of the query holds."""
    async with asyncio.timeout(10):
        while not holds(await desk.kept(query_id)):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.005)


async def die(desk: Any) -> None:
    """As kill -9 would: nothing is written on the way out."""
    for task in list(desk.asker._tasks):
        task.cancel()
    await asyncio.sleep(0)


async def test_only_the_answer_that_was_cut_short_is_asked_again(open_desk: OpenDesk) -> None:
    query_id = await left_unfinished(open_desk, dead_owner())
    later = await open_desk()
    assert await later.recovery.once() == [query_id]
    query = await later.reader.finished(query_id)
    assert later.asked == ["c"]
    assert query.status is QueryStatus.COMPLETE
    assert [(r.model, r.attempt, r.status) for r in query.responses] == [
        ("a", 1, ResponseStatus.COMPLETE),
        ("b", 1, ResponseStatus.COMPLETE),
        ("c", 1, ResponseStatus.CANCELLED),
        ("c", 2, ResponseStatus.COMPLETE),
    ]


async def test_a_query_whose_answers_are_all_there_is_only_finished(open_desk: OpenDesk) -> None:
    desk = await open_desk(owner=dead_owner())
    query = await desk.answer()
    await desk.rooms.database.write(lambda conn: store.reopen(conn, query.id, "x", query.created_at))
    later = await open_desk()
    await later.recovery.once()
    assert (await later.reader.finished(query.id)).status is QueryStatus.COMPLETE
    assert later.asked == []


async def test_an_owner_that_has_ended_is_dead_though_nobody_has_waited_for_it(open_desk: OpenDesk) -> None:
    with living_owner() as (owner, kill):
        query_id = await left_unfinished(open_desk, owner)
        later = await open_desk()
        assert await later.recovery.once() == []
        kill()
        assert await later.recovery.once() == [query_id]
        assert (await later.reader.finished(query_id)).status is QueryStatus.COMPLETE


async def test_what_a_living_process_works_on_is_left_to_it(open_desk: OpenDesk) -> None:
    desk = await open_desk({"c": HANGING}, owner=owner_name("serve"))
    query = await desk.ask()
    assert await (await open_desk()).recovery.once() == []
    await desk.amender.cancel(query.id, ME)


async def test_a_lease_that_is_over_is_claimed_and_its_holder_fenced(open_desk: OpenDesk) -> None:
    desk = await open_desk({"c": [HANGING, Script()]}, owner="serve@elsewhere:1:1", lease_seconds=0.2)
    query = await desk.ask()
    await asyncio.sleep(0.05)
    for task in list(desk.asker._tasks):
        if task is not desk.asker.running.get(query.id).work:
            task.cancel()  # its heart stops
    await asyncio.sleep(0.3)
    later = await open_desk()
    assert await later.recovery.once() == [query.id]
    with pytest.raises(Fenced):
        desk.asker.running.check_lease()
    await desk.asker.running.renew(desk.asker._lost)
    assert desk.asker.running.get(query.id) is None
    assert (await later.reader.finished(query.id)).epoch == 2


async def test_a_query_that_no_process_survives_is_not_bought_for_ever(open_desk: OpenDesk) -> None:
    owner = dead_owner()
    query_id = await left_unfinished(open_desk, owner)
    asked = 1
    for _ in range(5):
        desk = await open_desk({"c": HANGING}, owner=owner)
        await desk.recovery.once()
        await kept_so(desk, query_id, lambda kept, on=desk: bool(on.asked) or kept.status is not QueryStatus.RUNNING)
        asked += len(desk.asked)
        await die(desk)
    query = await (await open_desk()).kept(query_id)
    assert asked == TIMES_ASKED
    assert query.status is QueryStatus.PARTIAL
    assert [(r.attempt, r.status) for r in query.responses if r.model == "c"] == [
        (attempt, ResponseStatus.CANCELLED) for attempt in (1, 2, 3)
    ]


async def test_what_an_identical_query_was_answered_with_meanwhile_is_not_bought_again(open_desk: OpenDesk) -> None:
    desk = await open_desk(dict.fromkeys("abc", HANGING), owner=dead_owner())
    left = await desk.ask("Why?")
    thorough = await desk.ask("Why?", use_cache=False)
    await kept_so(desk, thorough.id, lambda _: len(desk.asked) == 6)
    await die(desk)
    later = await open_desk()
    answered = await later.answer("Why?")
    assert await later.recovery.once() == [left.id, thorough.id]
    query, other = await later.reader.finished(left.id), await later.reader.finished(thorough.id)
    assert [r.text for r in query.latest] == [r.text for r in answered.responses]
    assert [(r.attempt, r.status.value) for r in query.responses] == [(1, "cancelled")] * 3 + [(2, "complete")] * 3
    assert query.cached_at == answered.created_at
    assert query.ranking is not None
    assert query.ranking.best == next(r.id for r in query.latest if r.is_best)
    assert (await later.kept(left.id)).as_object() == query.as_object()
    assert other.cached_at is None
    assert len(later.asked) == 6, "who wants no copy is asked for anew"


async def test_part_of_an_answer_stands_for_a_query_that_waited_for_it_and_for_none_that_came_later(
    open_desk: OpenDesk,
) -> None:
    sound, failed = Script(), Script(pieces=(), failure=ProviderError("authentication", "The key is refused."))
    desk = await open_desk(dict.fromkeys("abc", HANGING), owner=dead_owner())
    waited = await desk.ask("Why?")
    await kept_so(desk, waited.id, lambda _: len(desk.asked) == 3)
    await die(desk)
    other = await open_desk({"a": sound, "b": failed, "c": sound})
    partial = await other.answer("Why?")
    assert partial.status is QueryStatus.PARTIAL
    assert not has_what_is_missing(partial, replace(waited, created_at=now()))
    assert has_what_is_missing(partial, replace(waited, created_at=partial.created_at))
    assert has_what_is_missing(replace(partial, epoch=2), replace(waited, created_at=now()))


async def test_an_accepted_query_goes_on_when_the_budget_is_used_up_and_counts(open_desk: OpenDesk) -> None:
    query_id = await left_unfinished(open_desk, dead_owner())
    later = await open_desk(allowance=Allowance(per_minute=0, daily_budget_usd=0))
    await later.recovery.once()
    assert (await later.reader.finished(query_id)).status is QueryStatus.COMPLETE
    assert later.rooms.limits.spent_today_usd > 0
    with pytest.raises(LimitExceeded):
        await later.ask("Another question?")


async def test_nothing_more_is_bought_for_a_command_that_was_killed(open_desk: OpenDesk) -> None:
    query_id = await left_unfinished(open_desk, dead_owner("ask"))
    later = await open_desk()
    await later.recovery.once()
    query = await later.reader.finished(query_id)
    assert later.asked == []
    assert query.status is QueryStatus.PARTIAL
    assert query.ranking is not None


async def test_closing_hands_over_at_once(open_desk: OpenDesk) -> None:
    desk = await open_desk({"c": [HANGING, Script()]}, owner=owner_name("serve"))
    query = await desk.ask()
    await asyncio.sleep(0.1)
    await desk.asker.close()
    later = await open_desk()
    assert await later.recovery.once() == [query.id]
    assert (await later.reader.finished(query.id)).status is QueryStatus.COMPLETE


async def test_identical_unfinished_questions_are_bought_once(open_desk: OpenDesk) -> None:
    desk = await open_desk(dict.fromkeys("abc", HANGING), owner=dead_owner())
    await desk.ask()
    await desk.ask()
    await asyncio.sleep(0.1)
    await die(desk)
    later = await open_desk()
    taken = await later.recovery.once()
    assert len(taken) == 2
    for query_id in taken:
        assert (await later.reader.finished(query_id)).status is QueryStatus.COMPLETE
    assert len(later.asked) == 3


def test_an_owner_is_this_very_process() -> None:
    assert f":{os.getpid()}:" in owner_name("serve")
    assert owner_name("serve") == owner_name("serve")


async def test_a_database_that_is_away_for_a_moment_costs_no_paid_answer(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trillm.query.record.COMMIT_AGAIN_SECONDS", (0.01, 0.01))
    desk = await open_desk({"c": Script(("last",), delay=0.1)})
    query = await desk.ask()
    write, failures = desk.rooms.database.write, [Unavailable("away"), Unavailable("away")]

    async def away(work: Any) -> Any:
        if desk.asker.running.get(query.id).closing and failures:
            raise failures.pop()
        return await write(work)

    monkeypatch.setattr(desk.rooms.database, "write", away)
    done = await desk.reader.finished(query.id)
    assert failures == []
    assert (await desk.kept(query.id)).as_object() == done.as_object()


async def test_a_query_that_meets_a_defect_ends_and_is_not_bought_again(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = await open_desk()

    async def broken(*_: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(desk.rooms.ranker, "rank", broken)
    query = await desk.ask()
    done = await desk.reader.finished(query.id)
    assert done.status is QueryStatus.FAILED
    assert "a defect of ours" in caplog.text
    assert await (await open_desk()).recovery.once() == []


async def test_what_a_command_leaves_when_it_closes_is_not_bought_by_a_server(open_desk: OpenDesk) -> None:
    desk = await open_desk({"c": HANGING}, owner=owner_name("ask"))
    query = await desk.ask()
    await asyncio.sleep(0.1)
    await desk.asker.close()
    later = await open_desk()
    assert await later.recovery.once() == [query.id]
    await later.reader.finished(query.id)
    assert later.asked == []


async def test_a_member_that_is_configured_no_longer_fails_by_name(open_desk: OpenDesk) -> None:
    query_id = await left_unfinished(open_desk, dead_owner())
    later = await open_desk()
    later.rooms.registry._providers.clear()
    await later.recovery.once()
    query = await later.reader.finished(query_id)
    failed = query.responses[-1]
    assert (failed.status, failed.error.type if failed.error else None) == (ResponseStatus.FAILED, "not-configured")
    assert query.status is QueryStatus.PARTIAL


async def test_a_lease_that_ran_out_in_sleep_is_renewed_by_the_next_question(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    desk.asker.running._held_until = now() - timedelta(seconds=60)
    assert (await desk.answer()).status is QueryStatus.COMPLETE


async def test_a_lease_is_renewed_again_after_a_defect_that_kept_it_from_being_renewed(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = await open_desk({"c": HANGING}, lease_seconds=0.15)
    query = await desk.ask()
    held = desk.asker.running._held_until
    renew, defects = store.renew, [LookupError("a defect"), LookupError("a defect")]
    loop, renewals, renewed = asyncio.get_running_loop(), iter(range(3)), asyncio.Event()

    def broken(*args: Any) -> set[str]:
        if defects:
            raise defects.pop()
        if next(renewals, None) == 1:  # the second: the first has been taken in by now
            loop.call_soon_threadsafe(renewed.set)
        return renew(*args)

    monkeypatch.setattr(store, "renew", broken)
    await asyncio.wait_for(renewed.wait(), 20)
    assert desk.asker.running._held_until > held
    assert "the lease could not be renewed through a defect of ours" in caplog.text
    assert desk.asker.running.get(query.id) is not None
    await desk.amender.cancel(query.id, ME)


@pytest.mark.parametrize("starter", [None, "01890000-0000-7000-8000-000000000000"])
async def test_a_failure_in_the_stream_names_the_request_that_the_log_has(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, starter: str | None
) -> None:
    caplog.handler.setFormatter(JsonFormatter())
    desk = await open_desk()

    async def broken(*_: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(desk.rooms.ranker, "rank", broken)
    with bind(request_id=starter):
        query = await desk.ask()
    events = await desk.events(query.id)  # by a reader who came with another request
    (named,) = [data(event)["request_id"] for event in events if event.type is EventType.ERROR]
    assert named == (starter or named) != ""
    assert f'"request_id":"{named}"' in caplog.text


async def test_a_reader_of_a_query_that_was_claimed_elsewhere_is_told_what_the_log_has(
    open_desk: OpenDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(JsonFormatter())
    desk = await open_desk({"c": HANGING}, lease_seconds=0.1)
    query = await desk.ask()
    await desk.rooms.database.write(lambda conn: store.claim(conn, query.id, "x", now(), held_by="test@desk:0:0"))
    events = await asyncio.wait_for(desk.events(query.id), 5)
    (told,) = [data(event) for event in events if event.type is EventType.ERROR]
    assert told["type"] == "urn:trillm:problem:fenced"
    assert f'"request_id":"{told["request_id"]}"' in caplog.text
    assert told["request_id"]
