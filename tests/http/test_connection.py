"""Connections as sockets see them: heads and readers that never come to an end are given up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

import pytest
from starlette.types import Message, Receive, Scope, Send
from tests.http.asgi import eventually
from uvicorn import Config
from uvicorn.server import ServerState

from trillm.http import connection
from trillm.http.connection import Connection

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def rest(self) -> bytes:
        """Everything until the server closes."""
        got = b""
        async with asyncio.timeout(5):
            with suppress(ConnectionError):
                while piece := await self.reader.read(65536):
                    got += piece
        return got

    async def answer(self) -> bytes:
        async with asyncio.timeout(5):
            return await self.reader.readuntil(b"hello\r\n0\r\n\r\n")


class Door:
    """An application behind the protocol: `/wait` is answered when told, `/flood` without end."""

    def __init__(self) -> None:
        self.tell = asyncio.Event()
        self.flooding = asyncio.Event()
        self.flooded = asyncio.Event()
        self.state = ServerState()
        self.config = Config(
            self.app, interface="asgi3", lifespan="off", log_config=None, proxy_headers=False, ws="none"
        )
        self.port = 0
        self._stack = AsyncExitStack()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/wait":
            await self.tell.wait()
        if scope["path"] == "/flood":
            leaving = asyncio.ensure_future(_left(receive))
            while not leaving.done():
                self.flooding.set()
                await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            self.flooded.set()
        await send({"type": "http.response.body", "body": b"hello"})

    async def connect(self, data: bytes = b"") -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self._stack.callback(client.writer.close)
        await client.send(data)
        return client

    async def until(self, count: int) -> None:
        await eventually(lambda: len(self.state.connections) == count)

    async def close(self) -> None:
        await self._stack.aclose()
        self.tell.set()


async def _left(receive: Receive) -> Message:
    while (message := await receive())["type"] != "http.disconnect":
        pass
    return message


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(config=door.config, server_state=door.state, app_state={}), "127.0.0.1", 0
    )
    door.port = server.sockets[0].getsockname()[1]
    yield door
    await door.close()
    server.close()
    await door.until(0)


def problem(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    document = json.loads(body)
    assert int(head.split()[1]) == document["status"]
    return document["status"], document["type"].removeprefix("urn:trillm:problem:")


async def test_a_whole_head_is_answered_and_the_connection_serves_on(door: Door) -> None:
    client = await door.connect()
    for _ in range(3):
        await client.send(GET + b"\r\n")
        assert (await client.answer()).startswith(b"HTTP/1.1 200 OK")


async def test_pipelined_requests_are_answered_in_order(door: Door) -> None:
    client = await door.connect((GET + b"\r\n") * 3)
    for _ in range(3):
        assert b"200 OK" in await client.answer()


@pytest.mark.parametrize("begun", [b"G", GET, GET + b"X-Half"])
async def test_a_head_that_never_ends_is_given_up(door: Door, monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.05)
    client = await door.connect(begun)
    assert problem(await client.rest()) == (408, "too-slow")


async def test_bytes_that_trickle_do_not_win_time(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.1)
    client = await door.connect(GET)

    async def trickle() -> None:
        with suppress(ConnectionError):
            while True:
                await client.send(b"X: y\r\n")
                await asyncio.sleep(0.01)

    trickling = asyncio.ensure_future(trickle())
    assert b" 408 " in await client.rest()
    trickling.cancel()


async def test_a_silent_connection_is_closed_without_a_word(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.05)
    assert await (await door.connect()).rest() == b""


@pytest.mark.parametrize("begun", [b"\r\n", b"GET / H"])
async def test_the_next_head_of_a_connection_has_its_time_too(
    door: Door, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    client = await door.connect(GET + b"\r\n")
    await client.answer()
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.05)
    await client.send(begun)
    assert b" 408 " in await client.rest()


async def test_an_answer_may_take_longer_than_a_head(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.02)
    client = await door.connect(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await asyncio.sleep(0.1)
    door.tell.set()
    assert b"200 OK" in await client.answer()


async def test_a_head_without_end_is_cut_at_its_bound(door: Door) -> None:
    client = await door.connect(GET + b"X: " + b"a" * connection.MAX_HEAD_BYTES)
    answer = await client.rest()
    assert problem(answer) == (431, "too-large")
    assert b"aaaa" not in answer


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\n folded: a\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT evil:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}{}{}",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\n{}{}{",
    ],
    ids=lambda data: repr(data[:40]),
)
async def test_what_is_not_http_is_a_problem(door: Door, data: bytes) -> None:
    assert problem(await (await door.connect(data)).rest()) == (400, "invalid-http")


async def test_no_refusal_stands_in_the_middle_of_an_answer(door: Door) -> None:
    client = await door.connect(
        b"POST /wait HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n"
    )
    answer = await client.rest()
    assert b"problem" not in answer


async def test_a_wish_for_websockets_is_not_heard(door: Door) -> None:
    client = await door.connect(GET + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n")
    assert (await client.answer()).startswith(b"HTTP/1.1 200 OK")


async def test_a_reader_that_does_not_read_is_let_go(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "READ_SECONDS", 0.05)
    await door.connect(b"GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n")
    async with asyncio.timeout(10):
        await door.flooded.wait()
    await door.until(0)


async def test_a_reader_that_reads_slowly_is_not_let_go(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "READ_SECONDS", 0.5)
    client = await door.connect(b"GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n")
    for _ in range(60):
        assert await client.reader.read(200_000)
        await asyncio.sleep(0.01)
    assert not door.flooded.is_set()


async def test_too_many_connections_cost_the_one_that_waited_longest(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MAX_CONNECTIONS", 3)
    first, second, third = [await door.connect(b"G") for _ in range(3)]
    await door.until(3)
    newcomer = await door.connect(GET + b"\r\n")
    assert b"200 OK" in await newcomer.answer()
    assert await first.rest() == b""
    await second.send(GET[1:] + b"\r\n")
    assert b"200 OK" in await second.answer()
    await third.send(GET[1:] + b"\r\n")
    assert b"200 OK" in await third.answer()


async def test_who_is_being_answered_is_not_closed_for_a_newcomer(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MAX_CONNECTIONS", 2)
    busy = [await door.connect(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n") for _ in range(2)]
    await eventually(lambda: len(door.state.tasks) == 2)
    newcomer = await door.connect(GET + b"\r\n")
    assert problem(await newcomer.rest()) == (503, "unavailable")
    door.tell.set()
    for client in busy:
        assert b"200 OK" in await client.answer()
