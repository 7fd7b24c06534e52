"""An event log is appended at one end and tailed from anywhere."""

import asyncio
import os
import resource
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from trillm.eventlog.log import EventLog
from trillm.eventlog.logs import KEEP_SECONDS, EventLogs
from trillm.vocabulary.event import EVENTS_PER_EPOCH, Event, EventType


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def logs(clock: Clock) -> Iterator[EventLogs]:
    logs = EventLogs(clock=clock)
    yield logs
    logs.shut()


async def read(log: EventLog, after: int = 0) -> list[Event]:
    return [event async for batch in log.tail(after) for event in batch]


def filled(logs: EventLogs, query_id: str = "q", epoch: int = 1) -> EventLog:
    log = logs.open(query_id, epoch)
    log.append(EventType.QUERY, {"question": "line\nbreak, snow ☃"})
    log.append(EventType.RESPONSE_DELTA, {"text": "a\n\nid: 7\nevent: done"})
    return log


async def test_a_reader_gets_what_was_there_and_what_comes() -> None:
    log = EventLog(1)
    first = log.append(EventType.QUERY, {})
    reading = asyncio.create_task(read(log))
    await asyncio.sleep(0)
    second = log.append(EventType.DONE, {})
    log.close()
    assert [event.id for event in await reading] == [first, second]


async def test_ids_grow_within_an_epoch_and_across_epochs(logs: EventLogs) -> None:
    first = filled(logs).events[-1].id
    logs.close("q")
    again = logs.open("q", 2).append(EventType.DONE, {})
    assert first == EVENTS_PER_EPOCH + 2
    assert again == 2 * EVENTS_PER_EPOCH + 1


async def test_a_reader_continues_after_its_last_event() -> None:
    log = EventLog(1)
    ids = [log.append(EventType.RESPONSE_DELTA, {"n": n}) for n in range(5)]
    log.close()
    assert [event.id for event in await read(log, after=ids[2])] == ids[3:]


async def test_a_reader_that_leaves_does_not_disturb_the_others() -> None:
    log = EventLog(1)
    leaving, staying = asyncio.create_task(read(log)), asyncio.create_task(read(log))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    log.append(EventType.DONE, {})
    log.close()
    assert len(await staying) == 1


async def test_a_closed_log_replays_byte_for_byte(logs: EventLogs) -> None:
    live = filled(logs)
    before = b"".join(event.encode() for event in live.events)
    logs.close("q")
    replay = logs.find("q")
    assert replay is not None
    await asyncio.wait_for(replay.closed(), 1)
    assert b"".join(event.encode() for event in await read(replay)) == before


async def test_an_event_is_one_block_whatever_the_text_says(logs: EventLogs) -> None:
    log = filled(logs)
    assert log.events[1].encode().count(b"\n\n") == 1


async def test_a_closed_log_stays_an_hour_and_goes_after_two(logs: EventLogs, clock: Clock) -> None:
    clock.now = KEEP_SECONDS - 1
    filled(logs)
    logs.close("q")
    clock.now += KEEP_SECONDS - 1
    assert logs.find("q") is not None
    clock.now += KEEP_SECONDS + 1
    assert logs.find("q") is None


async def test_a_forgotten_log_is_gone_for_good(logs: EventLogs) -> None:
    filled(logs)
    logs.close("q")
    logs.forget("q")
    assert logs.find("q") is None
    reader = asyncio.create_task(read(filled(logs, "live")))
    await asyncio.sleep(0)
    logs.forget("live")
    assert len(await reader) == 2


async def test_shutting_ends_every_reader(logs: EventLogs) -> None:
    reader = asyncio.create_task(read(filled(logs)))
    await asyncio.sleep(0)
    logs.shut()
    await reader
    assert logs.find("q") is None


async def test_a_log_knows_whether_somebody_follows_it(logs: EventLogs) -> None:
    log = filled(logs)
    assert not log.is_followed
    reader = asyncio.create_task(read(log))
    await asyncio.sleep(0)
    assert log.is_followed
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    assert not log.is_followed


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def long(logs: EventLogs, query_id: str) -> EventLog:
    """Fill a log with more than the memory of a shelf holds."""
    log = filled(logs, query_id)
    log.append(EventType.RESPONSE_DELTA, {"text": os.urandom(500_000).hex()})
    return log


async def found(logs: EventLogs, query_id: str) -> int:
    """Return how many events can be replayed."""
    log = logs.find(query_id)
    return 0 if log is None else len(await read(log))


@pytest.mark.parametrize("size", [0, 700_000], ids=["full", "nearly full"])
async def test_a_full_disk_costs_the_replay_and_nothing_else(
    logs: EventLogs, caplog: pytest.LogCaptureFixture, size: int
) -> None:
    long(logs, "before")
    logs.close("before")
    reader = asyncio.create_task(read(long(logs, "q")))
    await asyncio.sleep(0)
    with full_after(size):
        logs.close("q")
        assert await found(logs, "q") == 0
    assert len(await reader) == 3
    assert await found(logs, "q") == 0
    assert "a log cannot be kept for replay" in caplog.text
    long(logs, "later")
    logs.close("later")
    assert await found(logs, "later") == 3


async def test_what_is_deleted_goes_where_the_disk_takes_nothing(
    logs: EventLogs, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(30):
        long(logs, f"{number}")
        logs.close(f"{number}")
    with full_after(0):
        logs.forget("3")
        assert await found(logs, "3") == 0
    assert await found(logs, "3") == 0
    assert "logs kept for replay are dropped" in caplog.text


async def test_an_epoch_that_cannot_be_kept_does_not_leave_the_one_before(logs: EventLogs) -> None:
    long(logs, "q")
    logs.close("q")
    long(logs, "q")
    with full_after(0):
        logs.close("q")
    assert await found(logs, "q") == 0


def files() -> Iterator[int]:
    """Yield the temporary files that SQLite holds open."""
    for file in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the listing's own
            if "etilqs_" in file.readlink().name:
                yield int(file.name)


async def test_what_is_deleted_is_overwritten_at_once(logs: EventLogs) -> None:
    packed: list[bytes] = []
    for number in range(300):
        log = filled(logs, f"{number}")
        log.append(EventType.DONE, {"text": os.urandom(900).hex()})
        press = zlib.compressobj(1, zlib.DEFLATED, 13, 5)
        packed.append(press.compress(b"".join(event.encode() for event in log.events)) + press.flush())
        logs.close(f"{number}")

    def kept() -> list[int]:
        held = b"".join(os.pread(file, os.fstat(file).st_size, 0) for file in files())
        return [number for number, log in enumerate(packed) if log[100:600] in held]

    deleted = kept()[50]
    logs.forget(f"{deleted}")
    assert deleted not in kept()
    assert len(kept()) > 50


async def test_an_epoch_of_an_hour_ago_does_not_outlive_the_one_after(logs: EventLogs, clock: Clock) -> None:
    long(logs, "q")
    logs.close("q")
    clock.now = KEEP_SECONDS + 1
    filled(logs, "q", epoch=2)
    logs.close("q")
    for number in range(30):
        long(logs, f"{number}")
        logs.close(f"{number}")
    with full_after(0):
        logs.forget("3")  # and all of its shelf with it
    assert await found(logs, "q") == 0


async def test_a_damaged_file_costs_the_replay_and_nothing_else(
    logs: EventLogs, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        long(logs, f"{number}")
        logs.close(f"{number}")
    for file in files():
        os.ftruncate(file, 0)
    assert await found(logs, "0") == 0
    assert "a log cannot be replayed" in caplog.text
