"""The event-stream response, written straight to ASGI: a streaming response costs half again as much a token."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from trillm.vocabulary.event import Event

KEEP_ALIVE_SECONDS = 15.0
"""A comment line this often keeps proxies from closing a silent stream."""

_REFUSED = r"(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))"
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would hold events back
    (b"vary", b"accept-encoding"),
]


def is_taken(encoding: str, accepted: str) -> bool:
    """Whether a reader's `Accept-Encoding` takes this one: it is named, and not with a weight of nothing."""
    return re.search(rf"\b{encoding}\b{_REFUSED}", accepted, re.IGNORECASE) is not None


def takes_gzip(scope: Scope) -> bool:
    """Whether whoever asked takes gzip."""
    headers = scope["headers"]
    return any(name == b"accept-encoding" and is_taken("gzip", value.decode("latin-1")) for name, value in headers)


class EventStreamResponse(Response):
    """An ASGI app that sends batches of events as they come, compressed where the reader takes gzip."""

    def __init__(
        self,
        batches: AsyncIterator[list[Event]],
        *,
        keep_alive: float = KEEP_ALIVE_SECONDS,
    ) -> None:
        super().__init__(media_type="text/event-stream")
        self._batches = batches
        self._keep_alive = keep_alive

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the batches end or the reader goes away."""
        pack = _identity
        headers = list(_HEADERS)
        if takes_gzip(scope):
            pack = _gzip()
            headers.append((b"content-encoding", b"gzip"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        writing = asyncio.ensure_future(self._write(send, pack))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait((writing, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            writing.cancel()
            await asyncio.gather(writing, leaving, return_exceptions=True)
        if writing.done() and not writing.cancelled():
            writing.result()

    async def _write(self, send: Send, pack: Callable[[bytes, bool], bytes]) -> None:
        turn = asyncio.Lock()  # what is packed is sent whole and in that order, or the gzip would not unpack
        waker = _KeepAlive(self._keep_alive, turn, send, pack)
        try:
            async for batch in self._batches:
                waker.reset()
                block = b"".join([event.encode() for event in batch])
                async with turn:
                    await send({"type": "http.response.body", "body": pack(block, False), "more_body": True})
            async with turn:
                await send({"type": "http.response.body", "body": pack(b"", True)})
        finally:
            waker.stop()


class _KeepAlive:
    """Sends a comment line when nothing was sent for a while; one timer that re-arms itself lazily."""

    def __init__(self, seconds: float, turn: asyncio.Lock, send: Send, pack: Callable[[bytes, bool], bytes]) -> None:
        self._seconds = seconds
        self._turn = turn
        self._send = send
        self._pack = pack
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._sending: asyncio.Future[None] | None = None
        self._timer = self._loop.call_later(seconds, self._due)

    def reset(self) -> None:
        self._last = self._loop.time()

    def stop(self) -> None:
        self._timer.cancel()
        if self._sending is not None:
            self._sending.cancel()

    def _due(self) -> None:
        left = self._last + self._seconds - self._loop.time()
        if left <= 0:
            left = self._seconds
            self._last = self._loop.time()
            if not self._turn.locked():  # else the reader is behind, and has enough to read
                self._sending = asyncio.ensure_future(self._comment())
        self._timer = self._loop.call_later(left, self._due)

    async def _comment(self) -> None:
        async with self._turn:
            await self._send({"type": "http.response.body", "body": self._pack(b":\n\n", False), "more_body": True})


def _identity(block: bytes, _end: bool) -> bytes:
    return block


def _gzip() -> Callable[[bytes, bool], bytes]:
    # a small window (4 kB) and level 1: the envelopes repeat, so this is most of the gain at little memory
    squeeze = zlib.compressobj(1, zlib.DEFLATED, 28, 5)

    def pack(block: bytes, end: bool) -> bytes:
        return squeeze.compress(block) + squeeze.flush(zlib.Z_FINISH if end else zlib.Z_SYNC_FLUSH)

    return pack


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
