"""The load generator: asks questions over kept-alive connections and notes when every piece of text was read.

It reads the wire itself, because a client library would cost more than what is measured.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import cast

import httptools

from bench.targets import Asked, Reader, Target

QUESTION = "{tag}: why are there high and low tides, and why does their height differ so much between two coasts?"
PATIENCE_S = 180.0
"""A saturated peer needs this long; more is an error."""


class _Connection(asyncio.Protocol):
    """One kept-alive connection: a request at a time, its body handed to a reader with the time of arrival."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._reader: Reader | None = None
        self._status: asyncio.Future[int] | None = None
        self._now = 0.0

    @property
    def is_open(self) -> bool:
        """Whether a request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the request that waits."""
        self._transport = None
        if self._status and not self._status.done():
            self._status.set_exception(exc or ConnectionResetError("closed before the end"))

    def data_received(self, data: bytes) -> None:
        """Parse, with one time for all that was read at once."""
        self._now = time.monotonic()
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """Hand on a piece of the body; an error's body is no answer."""
        if self._reader and self._parser.get_status_code() == 200:
            self._reader(body, self._now)

    def on_message_complete(self) -> None:
        """End the request."""
        if self._status and not self._status.done():
            self._status.set_result(self._parser.get_status_code())

    async def ask(self, request: bytes, reader: Reader) -> int:
        """Send the request and return the reply's status when its body has ended."""
        assert self._transport
        self._parser, self._reader = httptools.HttpResponseParser(self), reader
        self._status = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._status

    def close(self) -> None:
        """Close the connection."""
        if self._transport:
            self._transport.close()


@dataclass(frozen=True, slots=True)
class Load:
    """How questions come: so many askers at once, each asking its next question when the last one has ended.

    Askers start spread over `spread_s` seconds, so that answers run side by side in different places; 0: all at once.
    """

    askers: int
    questions: int
    spread_s: float = 0.0


async def ask_all(port: int, target: Target, load: Load, run: str) -> list[Asked]:
    """Ask all questions of the load; `run` makes their tags unlike those of every other run."""
    asked = [Asked(f"bench-{run}-{number}") for number in range(load.questions)]
    left = iter(asked)

    async def asker(number: int) -> None:
        await asyncio.sleep(load.spread_s * number / load.askers)
        connection = None
        for one in left:
            if connection is None or not connection.is_open:
                connection = await _connect(port)
            await _ask(connection, target, one)
        if connection:
            connection.close()

    await asyncio.gather(*(asker(number) for number in range(load.askers)))
    return asked


async def _connect(port: int) -> _Connection:
    loop = asyncio.get_running_loop()
    return (await loop.create_connection(_Connection, "127.0.0.1", port))[1]


async def _ask(connection: _Connection, target: Target, asked: Asked) -> None:
    request, reader = target.request(QUESTION.format(tag=asked.tag)), target.reader(asked)
    asked.started = time.monotonic()
    try:
        status = await asyncio.wait_for(connection.ask(request, reader), PATIENCE_S)
    except (OSError, TimeoutError, httptools.HttpParserError) as failure:
        asked.error = type(failure).__name__
        connection.close()
        return
    if status != 200:
        asked.error = f"HTTP {status}"
    elif asked.done is None:
        asked.error = asked.error or "ended without its final event"
