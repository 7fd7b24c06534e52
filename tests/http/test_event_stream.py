"""The event stream on the wire: blocks as they come, compressed or not, awake, and over when its reader leaves."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator

import pytest
from starlette.types import Message
from tests.http.asgi import eventually, scope_of

from trillm.http.event_stream import EventStreamResponse
from trillm.vocabulary.event import Event, EventType

GZIP = ("Accept-Encoding", "br, gzip;q=0.9")


def delta(number: int, text: bytes = b"x") -> Event:
    return Event(number, EventType.RESPONSE_DELTA, b'{"text":"%s"}' % text)


class Batches:
    """Batches that the test hands on, and whether their reader let go of them."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[list[Event] | Exception | None] = asyncio.Queue()
        self.ended = False

    async def read(self) -> AsyncIterator[list[Event]]:
        try:
            while (batch := await self.queue.get()) is not None:
                if isinstance(batch, Exception):
                    raise batch
                yield batch
        finally:
            self.ended = True


class Reader:
    """A reader of one stream: takes messages as they are sent, may stop taking them, and may leave."""

    def __init__(self, *headers: tuple[str, str], keep_alive: float = 15.0) -> None:
        self.batches = Batches()
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.taking = asyncio.Event()
        self.taking.set()
        self.waiting = 0
        response = EventStreamResponse(self.batches.read(), keep_alive=keep_alive)
        self.task = asyncio.ensure_future(response(scope_of("GET", "/", headers), self.receive, self.send))

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.waiting += 1
        await self.taking.wait()
        self.waiting -= 1
        self.sent.put_nowait(message)

    async def next(self) -> Message:
        async with asyncio.timeout(5):
            return await self.sent.get()

    async def headers(self) -> dict[bytes, bytes]:
        return dict((await self.next())["headers"])


async def test_each_batch_is_sent_at_once_and_the_end_ends_the_body() -> None:
    reader = Reader()
    headers = await reader.headers()
    assert headers[b"content-type"] == b"text/event-stream; charset=utf-8"
    assert (headers[b"cache-control"], headers[b"x-accel-buffering"]) == (b"no-store", b"no")
    assert headers[b"vary"] == b"accept-encoding"
    assert b"content-encoding" not in headers
    reader.batches.queue.put_nowait([delta(1), delta(2)])
    block = b'id: 1\nevent: response.delta\ndata: {"text":"x"}\n\nid: 2\nevent: response.delta\ndata: {"text":"x"}\n\n'
    assert await reader.next() == {"type": "http.response.body", "body": block, "more_body": True}
    reader.batches.queue.put_nowait(None)
    assert await reader.next() == {"type": "http.response.body", "body": b""}
    await reader.task


async def test_gzip_gives_every_batch_whole_before_the_next_one() -> None:
    reader = Reader(GZIP)
    assert (await reader.headers())[b"content-encoding"] == b"gzip"
    unpack, got = zlib.decompressobj(31), 0
    for number in range(1, 21):
        event = delta(number, b"some words that come again ")
        reader.batches.queue.put_nowait([event])
        packed = (await reader.next())["body"]
        got += len(packed)
        assert unpack.decompress(packed) == event.encode()
    reader.batches.queue.put_nowait(None)
    assert unpack.decompress((await reader.next())["body"]) == b""
    assert unpack.eof
    assert got < 20 * len(delta(1, b"some words that come again ").encode()) / 2


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("GZIP, br", True), ("gzip;q=0.5", True), ("deflate, gzip;q=1.0", True), ("gzip; q=0.001", True),
     ("", False), ("br", False), ("gzip;q=0", False), ("gzip; q=0.000, br", False), ("xgzip", False),
     ("identity", False)],
)  # fmt: skip
async def test_gzip_is_for_readers_that_take_it(accepted: str, packed: bool) -> None:
    reader = Reader(("Accept-Encoding", accepted))
    assert (b"content-encoding" in await reader.headers()) is packed
    reader.batches.queue.put_nowait(None)
    await reader.task


async def test_a_silent_stream_is_kept_awake_by_comments() -> None:
    reader = Reader(keep_alive=0.02)
    await reader.next()
    assert [(await reader.next())["body"] for _ in range(3)] == [b":\n\n"] * 3
    reader.batches.queue.put_nowait(None)
    await reader.task


async def test_a_stream_that_speaks_is_not_interrupted_by_comments() -> None:
    reader = Reader(keep_alive=0.6)
    await reader.next()
    for number in range(1, 15):
        reader.batches.queue.put_nowait([delta(number)])
        assert b"id: %d\n" % number in (await reader.next())["body"]
        await asyncio.sleep(0.05)
    reader.batches.queue.put_nowait(None)
    await reader.task


async def test_comments_and_batches_make_one_whole_gzip_stream_even_for_a_reader_that_stalls() -> None:
    reader = Reader(GZIP, keep_alive=0.01)
    await reader.next()
    packed = (await reader.next())["body"]
    reader.taking.clear()
    await eventually(lambda: reader.waiting)
    reader.batches.queue.put_nowait([delta(1)])
    reader.batches.queue.put_nowait(None)
    await asyncio.sleep(0.05)
    assert reader.waiting == 1, "one message waits for the reader, whatever the clock says"
    reader.taking.set()
    await reader.task
    while not reader.sent.empty():
        packed += reader.sent.get_nowait()["body"]
    unpack = zlib.decompressobj(31)
    assert unpack.decompress(packed).replace(b":\n\n", b"") == delta(1).encode()
    assert unpack.eof


async def test_a_reader_that_leaves_ends_the_writer_and_lets_go_of_the_log() -> None:
    reader = Reader()
    reader.batches.queue.put_nowait([delta(1)])
    await reader.next()
    await reader.next()
    reader.gone.set()
    async with asyncio.timeout(5):
        await reader.task
    assert reader.batches.ended
    reader.batches.queue.put_nowait([delta(2)])
    await asyncio.sleep(0)
    assert reader.sent.empty()


async def test_a_reader_that_leaves_while_it_stalls_ends_the_writer_too() -> None:
    reader = Reader(keep_alive=0.01)
    await reader.next()
    reader.taking.clear()
    reader.batches.queue.put_nowait([delta(1)])
    await eventually(lambda: reader.waiting)
    reader.gone.set()
    async with asyncio.timeout(5):
        await reader.task
    reader.taking.set()
    await asyncio.sleep(0.02)
    assert reader.sent.empty()


async def test_a_stream_that_is_cancelled_lets_go_of_the_log() -> None:
    reader = Reader()
    await reader.next()
    await asyncio.sleep(0)
    reader.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader.task
    assert reader.batches.ended


async def test_a_defect_in_the_middle_is_not_swallowed_and_does_not_end_the_body_properly() -> None:
    reader = Reader()
    await reader.next()
    reader.batches.queue.put_nowait(RuntimeError("a defect"))
    with pytest.raises(RuntimeError, match="a defect"):
        await reader.task
    assert reader.sent.empty()
