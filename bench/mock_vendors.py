"""Mock vendors: four dialects on one port, paced by the model's name, with the send time of every token on record.

One timer paces all streams, so that 600 of them at 50 tokens a second fit beside the load generator on one core.
Times are CLOCK_MONOTONIC seconds, which all processes of one Linux machine share.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import cast

import httptools
import orjson

from bench.answers import Pace, answer_tokens, pace_of, tag_of
from bench.dialects import MODERATION, Answer, Chat, Dialect, Gemini, Messages, Responses

_GEMINI = re.compile(r"/v1(?:beta)?/models/(?P<model>[^/:]+):(?P<verb>streamGenerateContent|generateContent)$")
_BODY_DIALECTS: dict[str, Dialect] = {
    "/v1/responses": Responses(),
    "/v1/chat/completions": Chat(),
    "/v1/messages": Messages(),
}
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)
TICK_S = 0.001
"""libuv's timers count milliseconds; what is due within one tick is sent together, each stream on its own socket."""


@dataclass(slots=True)
class Record:
    """What was sent for one request and when: the moment the request was whole, of each token, and of the last byte."""

    tag: str
    model: str
    received: float
    tokens: list[float] = field(default_factory=list[float])
    last: float | None = None


class Pacer:
    """Calls every step when it is due; a step returns the time of its next turn, or None when it has ended."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], float | None]]] = []
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, due: float, step: Callable[[], float | None]) -> None:
        """Take turns from `due` on."""
        heappush(self._due, (due, next(self._order), step))
        if self._timer is None or self._due[0][2] is step:
            self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if self._due:
            delay = max(TICK_S, self._due[0][0] - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(delay, self._tick)

    def _tick(self) -> None:
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            _, order, step = heappop(self._due)
            due = step()
            if due is not None:
                heappush(self._due, (due, order, step))
        self._timer = None
        self._arm()


class Stream:
    """One streamed answer: each step sends the next token as one chunk, hence one TCP segment."""

    def __init__(self, caller: Caller, dialect: Dialect, answer: Answer, record: Record) -> None:
        self._caller, self._dialect, self._answer, self._record = caller, dialect, answer, record
        self._pace: Pace = pace_of(answer.model)

    def step(self) -> float | None:
        """Send what is due and return when the next token is."""
        number, total = len(self._record.tokens), len(self._answer.tokens)
        until = number + 1 if self._pace.tokens_per_s else total
        data = b"".join(self._dialect.delta(self._answer, i) for i in range(number, until))
        if number == 0:
            data = self._dialect.opening(self._answer) + data
        now = time.monotonic()
        if not self._caller.write(b"%x\r\n%b\r\n" % (len(data), data)):
            return None
        self._record.tokens.extend([now] * (until - number))
        if until < total:
            return self._record.received + self._pace.due(until)
        end = self._dialect.closing(self._answer)
        self._record.last = time.monotonic()
        self._caller.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(end), end))
        return None


class Mock:
    """The vendors: routes a request to its dialect and keeps the records."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self._pacer = Pacer()
        self._ids = count(1)

    def serve(self, caller: Caller, method: bytes, path: str, body: bytes) -> None:
        """Answer one request."""
        if method == b"POST" and (dialect := _BODY_DIALECTS.get(path)):
            asked = orjson.loads(body)
            self._answer(caller, dialect, (asked["model"], bool(asked.get("stream"))), body)
        elif method == b"POST" and (gemini := _GEMINI.fullmatch(path)):
            self._answer(caller, Gemini(), (gemini["model"], gemini["verb"] == "streamGenerateContent"), body)
        elif method == b"POST" and path == "/v1/moderations":
            caller.reply(200, MODERATION)
        elif path == "/_bench/times":
            caller.reply(200, orjson.dumps(self.records))
            if method == b"DELETE":
                self.records.clear()
        else:
            caller.reply(404, b'{"error":{"message":"no such path","type":"invalid_request_error","code":null}}')

    def _answer(self, caller: Caller, dialect: Dialect, asked: tuple[str, bool], body: bytes) -> None:
        (model, streamed), tag = asked, tag_of(body)
        record = Record(tag, model, time.monotonic())
        self.records.append(record)
        answer = Answer(f"mock{next(self._ids):08x}", model, answer_tokens(model, tag))
        pace = pace_of(model)
        if streamed:
            caller.write(_STREAM_HEAD)
            self._pacer.add(record.received + pace.due(0), Stream(caller, dialect, answer, record).step)
            return

        def reply() -> None:
            record.last = time.monotonic()
            caller.reply(200, dialect.whole(answer))

        self._pacer.add(record.received + pace.due(pace.tokens - 1), reply)


class Caller(asyncio.Protocol):
    """One connection of a client, kept alive; requests on it come one after the other."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._url = b""
        self._body = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Forget the transport: streams that are still due end at their next step."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Parse; what is not HTTP closes the connection."""
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, orjson.JSONDecodeError, KeyError):
            self.reply(400, b'{"error":{"message":"not understood","type":"invalid_request_error","code":null}}')
            if self._transport:
                self._transport.close()

    def on_message_begin(self) -> None:
        """Start a request."""
        self._url, self._body = b"", bytearray()

    def on_url(self, url: bytes) -> None:
        """Gather the target."""
        self._url += url

    def on_body(self, body: bytes) -> None:
        """Gather the body."""
        self._body += body

    def on_message_complete(self) -> None:
        """Serve the request."""
        path = self._url.partition(b"?")[0].decode("ascii", "replace")
        self._mock.serve(self, self._parser.get_method(), path, bytes(self._body))

    def write(self, data: bytes) -> bool:
        """Send, unless the client has gone."""
        if self._transport is None or self._transport.is_closing():
            return False
        self._transport.write(data)
        return True

    def reply(self, status: int, body: bytes) -> None:
        """Send a whole JSON reply."""
        head = b"HTTP/1.1 %d -\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (status, len(body))
        self.write(head + body)


async def listen(port: int = 0) -> asyncio.Server:
    """Start the mock on the loopback; port 0 lets the system choose."""
    mock = Mock()
    return await asyncio.get_running_loop().create_server(lambda: Caller(mock), "127.0.0.1", port, backlog=1024)


def main() -> None:
    """Serve until the process is ended; the port is printed first."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=0)
    port: int = arguments.parse_args().port

    async def serve() -> None:
        server = await listen(port)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    import uvloop

    uvloop.run(serve())


if __name__ == "__main__":
    main()
