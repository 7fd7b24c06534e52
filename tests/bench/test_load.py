"""The load generator, asking the mock over real connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest
from bench.answers import pace_of, token_ends
from bench.figures import errors
from bench.load import Load, ask_all
from bench.mock_vendors import listen
from bench.targets import Asked, Chat, TrillmStream, TrillmWhole

MODEL = "mock-ttft5-tps500-n20"


@pytest.fixture
async def port() -> AsyncIterator[int]:
    server = await listen()
    yield server.sockets[0].getsockname()[1]
    server.close()


@asynccontextmanager
async def server_that_says(reply: bytes) -> AsyncIterator[int]:
    """A server that answers every request with these bytes and closes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_every_question_is_asked_once_and_read_whole(port: int) -> None:
    asked = await ask_all(port, Chat(MODEL), Load(askers=3, questions=7), "r")
    assert [one.tag for one in asked] == [f"bench-r-{number}" for number in range(7)]
    assert errors(asked) == {}
    assert all(len(one.deltas) > 1 for one in asked), "tokens come one by one, not all at the end"


async def test_a_whole_reply_is_read_as_one_text(port: int) -> None:
    (one,) = await ask_all(port, Chat(MODEL, stream=False), Load(1, 1), "r")
    assert one.lengths() == {MODEL: token_ends(MODEL, one.tag)[-1]}
    assert one.done is not None
    assert one.done - one.started >= pace_of(MODEL).due(19)


async def test_an_error_status_is_an_error_and_its_body_no_answer() -> None:
    async with server_that_says(b"HTTP/1.1 503 -\r\ncontent-length: 2\r\n\r\n{}") as port:
        (one,) = await ask_all(port, TrillmWhole(), Load(1, 1), "r")
    assert (one.error, one.deltas) == ("HTTP 503", [])


async def test_a_stream_without_its_final_event_is_an_error() -> None:
    async with server_that_says(b"HTTP/1.1 200 -\r\ncontent-length: 3\r\n\r\n:\n\n") as port:
        (one,) = await ask_all(port, TrillmStream(), Load(1, 1), "r")
    assert one.error == "ended without its final event"


async def test_a_cut_connection_is_an_error_and_the_next_question_gets_a_new_one() -> None:
    async with server_that_says(b"HTTP/1.1 200 -\r\ncontent-length: 30\r\n\r\n:") as port:
        asked = await ask_all(port, TrillmStream(), Load(1, 2), "r")
    assert [one.error for one in asked] == ["ConnectionResetError"] * 2


def test_the_event_stream_is_read_by_response_wherever_it_is_cut() -> None:
    events = [
        ("query", {"responses": [{"id": "r1", "model": "a"}, {"id": "r2", "model": "b"}]}),
        ("response.delta", {"response_id": "r1", "text": "The "}),
        ("response.delta", {"response_id": "r2", "text": "Two"}),
        ("response.delta", {"response_id": "r1", "text": "tides"}),
        ("done", {"status": "partial"}),
    ]
    stream = b": hello\n\n"
    for number, (kind, data) in enumerate(events, 1):
        stream += b"id: %d\nevent: %s\ndata: %s\n\n" % (number, kind.encode(), orjson.dumps(data))
    asked = Asked("bench-r-1")
    read = TrillmStream().reader(asked)
    for place, byte in enumerate(stream):
        read(bytes([byte]), float(place))
    assert asked.lengths() == {"a": 9, "b": 3}
    assert (asked.error, asked.done) == ("status partial", len(stream) - 1)
    assert asked.first == stream.index(b'"The "') + len(b'"The "}\n\n') - 1
