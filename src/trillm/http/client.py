"""A client for HTTP/1.1 that reads long streams cheaply: bytes are kept as they come and parsed when they are read.

A general client parses each piece on arrival and wakes its reader; one that is read once in a window needs neither.
httptools parses, aiohappyeyeballs connects, asyncio does TLS. What a vendor's API does not need is not here: redirects,
cookies, proxies, compression (refused, so that no body is larger than it was sent).
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any, Literal
from urllib.parse import urlsplit

import httptools
from aiohappyeyeballs import start_connection  # pyright: ignore[reportUnknownVariableType] - its own annotation

MAX_HEAD = 64 << 10
"""Bytes until the end of a reply's head."""
MAX_UNREAD = 1 << 20
"""Bytes that wait for their reader before the sender is made to wait too."""
IDLE_SECONDS = 30.0
"""How long an idle connection is kept for the next request: shorter than vendors keep theirs."""
NEXT_ADDRESS_SECONDS = 0.25
"""How long one of a host's addresses is tried alone (RFC 8305)."""

Kind = Literal["timeout", "name", "tls", "unreachable", "cut", "not-http", "encoding", "unsendable"]

_END = b"0\r\n\r\n"  # of a body in chunks
_FIELD = re.compile(r"[\t\x20-\x7e]*")
_TARGET = re.compile(r"[!-~]+")


class HttpFailure(Exception):
    """A request that brought no whole reply; `kind` says why, and the message says it to people."""

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind: Kind = kind


@dataclass(frozen=True, slots=True)
class Address:
    """Where a URL leads: a connection serves every request with the same `host`, `port` and `tls`."""

    host: str
    port: int
    tls: bool


@lru_cache(maxsize=256)
def split_url(url: str) -> tuple[Address, str, str]:
    """Return the address, the Host field and the target of an http(s) URL; ValueError when it is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError("not an http(s) address")
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
    tls = parts.scheme == "https"
    usual = 443 if tls else 80
    port = usual if parts.port is None else parts.port
    shown = f"[{host}]" if ":" in host else host
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not (_TARGET.fullmatch(target) and _TARGET.fullmatch(host)):
        raise ValueError("not an http(s) address")
    return Address(host, port, tls), shown if port == usual else f"{shown}:{port}", target


class Reply:
    """A reply whose head has come: its `status`, its `headers` by their names in lower case, and its body to read."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self.status: int = connection.status
        self.headers: Mapping[str, str] = connection.headers
        self.when_whole = connection.when_whole

    async def read(self) -> bytes:
        """Return what has come of the body, b"" at its end; HttpFailure when it is cut or no HTTP."""
        return await self._connection.read()

    async def read_at_most(self, limit: int) -> bytes:
        """Return the whole body; ValueError beyond `limit` bytes."""
        body = b""
        while chunk := await self.read():
            body += chunk
            if len(body) > limit:
                raise ValueError("the body is too large")
        return body


class HttpClient:
    """Connections by address, kept for the next request. Belongs to one event loop; `headers` go with every request.

    `connect_timeout` in seconds covers name lookup, TCP and TLS. There is no other clock here.
    """

    def __init__(self, connect_timeout: float, headers: Mapping[str, str] | None = None) -> None:
        self._connect_timeout = connect_timeout
        self._headers = {"Accept-Encoding": "identity", **(headers or {})}
        self._idle: dict[Address, dict[_Connection, None]] = {}
        self._closed = False

    @asynccontextmanager
    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> AsyncGenerator[Reply]:
        """Send a request and hand out its reply. Leaving before the body's end closes the connection."""
        try:
            address, host, target = split_url(url)
        except ValueError:
            raise HttpFailure("unsendable", "The address cannot be asked.") from None
        data = _written(method, target, {"Host": host, **self._headers, **headers}, body)
        connection = self._kept(address) or await self._connect(address)
        try:
            connection.send(data)
            await connection.head()
            yield Reply(connection)
        finally:
            self._keep(address, connection)

    def close(self) -> None:
        """Close what is idle; what is still asked is closed when it ends."""
        self._closed = True
        for connection in [one for kept in self._idle.values() for one in kept]:
            connection.close()
        self._idle.clear()

    def _kept(self, address: Address) -> _Connection | None:
        kept = self._idle.get(address, {})
        while kept:
            connection, _ = kept.popitem()  # the one used last is the least likely to be closed at the other end
            if connection.wake():
                return connection
        return None

    def _keep(self, address: Address, connection: _Connection) -> None:
        if self._closed or not connection.reusable:
            connection.close()
            return
        kept = self._idle.setdefault(address, {})
        kept[connection] = None
        connection.sleep(IDLE_SECONDS, partial(kept.pop, connection, None))

    async def _connect(self, address: Address) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_timeout):
                found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
                sock = await start_connection(
                    found, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, interleave=1, socket_factory=_kept_alive
                )
                try:
                    transport, connection = await loop.create_connection(_Connection, sock=sock)
                except BaseException:
                    sock.close()
                    raise
                if address.tls:
                    await _secure(loop, transport, connection, address.host)
                return connection
        except TimeoutError as error:
            raise HttpFailure("timeout", "It could not be reached in time.") from error
        except socket.gaierror as error:
            raise HttpFailure("name", "Its name could not be found.") from error
        except ssl.SSLError as error:
            raise HttpFailure("tls", "No secure connection to it could be made.") from error
        except (OSError, RuntimeError, UnicodeError) as error:  # RuntimeError: uvloop's, where asyncio has OSError
            raise HttpFailure("unreachable", "It could not be reached.") from error


class _Connection(asyncio.Protocol):
    """One connection and the reply that it is reading."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._news: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unread: list[bytes] = []
        self._unread_size = 0
        self.lost = self._torn = self._paused = False
        self._reset()

    def _reset(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._head_size = 0
        self._failure: HttpFailure | None = None
        self._whole: Callable[[], None] | None = None
        self._forget: Callable[[], object] = lambda: None
        self._has_head = self._complete = self._delimited = self._keeps = False
        self.status = 0
        self.headers: dict[str, str] = {}

    # What asyncio tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = transport

    def secured(self, transport: asyncio.BaseTransport | None) -> None:
        """Take the transport that encrypts; ConnectionError when the other end has closed meanwhile."""
        if transport is None:
            raise ConnectionError("closed while TLS began")
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Keep what came, and wake the reader."""
        self._unread.append(data)
        self._unread_size += len(data)
        if self._unread_size > MAX_UNREAD and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._tell(whole=data.endswith(_END))

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake the reader, who reads what came before."""
        self.lost = True
        self._torn = exc is not None
        self._tell(whole=True)
        self._forget()

    # What httptools tells.

    def on_message_begin(self) -> None:
        """Take note of a reply that nobody asked for."""
        if self._complete:
            self._keeps = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one field of the head; of one that stands twice, the last. What trails a body says nothing to us."""
        if not self._has_head:
            self.headers[name.decode("latin-1").lower()] = value.decode("latin-1").strip()

    def on_headers_complete(self) -> None:
        """Take the head; one that only says to go on waiting (1xx) is none."""
        self.status = self._parser.get_status_code()
        if self.status < 200:
            self.headers.clear()
            return
        self._has_head = True
        self._delimited = "content-length" in self.headers or "transfer-encoding" in self.headers

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        if not self._complete:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """Take note of the end."""
        if self._has_head and not self._complete:
            self._complete = True
            self._keeps = self._parser.should_keep_alive()

    # What the client does.

    def send(self, data: bytes) -> None:
        """Write a request."""
        self._transport.write(data)

    async def head(self) -> None:
        """Wait for the head of the reply."""
        while not self._has_head:
            await self._arrival()
            self._parse()
            if self._failure is not None and not self._has_head:
                raise self._failure

    async def read(self) -> bytes:
        """Return what has come of the body, b"" at its end."""
        if self.headers.get("content-encoding", "").lower() not in ("", "identity"):
            raise HttpFailure("encoding", "It compressed its answer, which was not asked for.")
        while True:
            self._parse()
            if self._body:
                body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
                self._body.clear()
                return body
            if self._failure is not None:
                raise self._failure
            if self._complete or (self.lost and not (self._delimited or self._torn)):
                return b""
            await self._arrival()

    def when_whole(self, tell: Callable[[], None]) -> None:
        """Have `tell` called, maybe at once, when all has come, read or not; an end in pieces goes untold."""
        self._whole = tell
        if self.lost or (self._unread and self._unread[-1].endswith(_END)):
            tell()

    def _parse(self) -> None:
        if not self._unread:
            return
        data = self._unread[0] if len(self._unread) == 1 else b"".join(self._unread)
        self._unread.clear()
        self._unread_size = 0
        if self._paused and not self.lost:
            self._paused = False
            self._transport.resume_reading()
        if self._complete:  # more than was asked for: nobody reads it
            self._keeps = False
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._keeps = False
            if not self._complete:  # raised where what was whole before it has been read
                self._failure = HttpFailure("not-http", "Its reply is not HTTP.")
        if not self._has_head:
            self._head_size += len(data)
            if self._head_size > MAX_HEAD:
                self._failure = HttpFailure("not-http", "The head of its reply is too large.")

    async def _arrival(self) -> None:
        """Wait until there is something to parse; HttpFailure when the connection ended instead."""
        if self._unread:
            return
        if self.lost:
            raise HttpFailure("cut", "The connection to it was cut.")
        self._news = self._loop.create_future()
        await self._news
        if self.lost and not self._unread and (self._delimited or self._torn or not self._has_head):
            raise HttpFailure("cut", "The connection to it was cut.")

    def _tell(self, *, whole: bool) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)
        if whole and self._whole is not None:
            self._whole()

    @property
    def reusable(self) -> bool:
        """Whether the next request can be sent on it: the reply was read to its end, and nothing came after it."""
        return self._complete and self._keeps and not self.lost and not self._unread

    def sleep(self, seconds: float, forget: Callable[[], object]) -> None:
        """Wait for the next request, and close after so many seconds; `forget` is called when it has ended."""
        self._forget = forget
        self._timer = self._loop.call_later(seconds, self.close)

    def wake(self) -> bool:
        """Make ready for the next request; False when the connection has ended or said something unasked."""
        if self._timer is not None:
            self._timer.cancel()
        if not self.reusable:
            self.close()
            return False
        self._reset()
        return True

    def close(self) -> None:
        """Close at once: nobody waits for the rest."""
        if self._timer is not None:
            self._timer.cancel()
        self.lost = True
        self._transport.abort()


async def _secure(loop: asyncio.AbstractEventLoop, transport: Any, connection: _Connection, host: str) -> None:
    """Begin TLS, as a step of its own: cancelled early within create_connection, asyncio would leave it open."""
    try:
        connection.secured(await loop.start_tls(transport, connection, _tls(), server_hostname=host))
    except BaseException:
        transport.abort()
        raise


def _written(method: str, target: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"{method} {target} HTTP/1.1"]
    for name, value in headers.items():
        if not _FIELD.fullmatch(value):
            raise HttpFailure("unsendable", f"{name} holds what no header can carry.")
        lines.append(f"{name}: {value}")
    if body or method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode("ascii") + body


@cache
def _tls() -> ssl.SSLContext:
    """Return the process's context: making one reads all the certificates of the machine."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _kept_alive(address: tuple[Any, ...]) -> socket.socket:
    """Return a socket that notices within about a minute when the other end is gone without a word."""
    made = socket.socket(*address[:3])
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):  # not on every platform
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return made
