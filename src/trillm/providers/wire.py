"""HTTP towards the vendors: one shared session, bounded bodies, and every failure translated into ProviderError."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, cast

import aiohttp
import orjson
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from trillm import __version__
from trillm.providers.dialects.failures import failure
from trillm.vocabulary.errors import ProviderError

MAX_BODY = 16 << 20
"""Bytes of an answer's body, after decompression, beyond which it is refused."""
MAX_ERROR_BODY = 64 << 10
"""Bytes of an error's body that are read."""
IDLE_SECONDS = 30.0
"""How long an idle connection is kept for the next request: shorter than vendors keep theirs."""


class Secret:
    """A key that no repr, log line or error message can show."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the key, for the header of one request."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"


def is_base_url(url: str) -> bool:
    """Whether the text is an http(s) address without query, fragment, or a user in it."""
    try:
        parsed = URL(url)
        plain = not (parsed.query_string or parsed.fragment or parsed.user or parsed.password)
        return parsed.scheme in ("http", "https") and bool(parsed.host) and plain and url.isprintable()
    except ValueError:
        return False


class Reply:
    """A vendor's event stream, read chunk by chunk."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._content = response.content
        self._left = MAX_BODY

    async def read(self) -> bytes:
        """Return what has arrived, b"" at the end; ProviderError when the body is cut, damaged or too large."""
        try:
            chunk = await self._content.readany()
        except (aiohttp.ClientError, OSError) as error:
            raise _translated(error) from error
        self._left -= len(chunk)
        if self._left < 0:
            raise ProviderError("too-large", f"The answer's body is larger than {MAX_BODY >> 20} MiB.")
        return chunk

    async def read_tail(self, seconds: float) -> bytes:
        """Return what still arrives after the answer's proper end; silence or a failure there is its end too."""
        with suppress(ProviderError, TimeoutError):
            async with asyncio.timeout(seconds):
                return await self.read()
        return b""


class _Protocol(ResponseHandler):
    """aiohttp's protocol, which parses nothing anew at each read unless it had paused (3.14 does: 10 % of a token)."""

    def resume_reading(self, resume_parser: bool = True) -> None:
        if self._reading_paused:
            super().resume_reading(resume_parser)


class _Connector(aiohttp.TCPConnector):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # pyright: ignore[reportUnknownMemberType] - aiohttp's own annotation
        self._factory = partial(_Protocol, loop=self._loop)


class Wire:
    """The session that all vendors share; the last of them to release it closes it.

    `connect_timeout` in seconds covers name lookup, TCP and TLS. There is no other clock here.
    """

    def __init__(self, connect_timeout: float) -> None:
        self._connect_timeout = connect_timeout
        self._session: aiohttp.ClientSession | None = None
        self._users = 0

    def retain(self) -> None:
        """Count one more user."""
        self._users += 1

    async def release(self) -> None:
        """Count one user less; without users the connections are closed."""
        self._users -= 1
        if self._users <= 0 and self._session is not None:
            await self._session.close()
            self._session = None

    @asynccontextmanager
    async def post(
        self, url: str, headers: Mapping[str, str], body: Mapping[str, Any], secret: Secret | None = None
    ) -> AsyncGenerator[Reply]:
        """Post a JSON body and hand out the event stream that answers it; `secret` is masked in what errors say.

        Leaving the context before the stream's end closes the connection.
        """
        try:
            data = orjson.dumps(body)
        except TypeError as error:  # an option that is no JSON, or text with half a surrogate pair
            raise ProviderError("bad-request", "The request cannot be written as JSON.") from error
        try:
            response = await self._shared().post(
                URL(url, encoded=True), data=data, headers=headers, allow_redirects=False
            )
        except (aiohttp.ClientError, OSError) as error:
            raise _translated(error) from error
        async with response:
            await _check(response, secret)
            yield Reply(response)

    def _shared(self) -> aiohttp.ClientSession:
        """Open the session at the first request: it belongs to the running event loop."""
        if self._session is None:
            # ssl is left at its default: one context for the process, made when aiohttp is imported.
            connector = _Connector(limit=0, keepalive_timeout=IDLE_SECONDS, socket_factory=_kept_alive)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None, connect=self._connect_timeout),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={
                    "Accept": "text/event-stream",
                    "Accept-Encoding": "identity",
                    "Content-Type": "application/json",
                    "User-Agent": f"trillm/{__version__}",
                },
            )
        return self._session


def _kept_alive(address: tuple[Any, ...]) -> socket.socket:
    """Return a socket that notices within about a minute when the other end is gone without a word."""
    made = socket.socket(*address[:3])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):  # not on every platform
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return made


async def _check(response: aiohttp.ClientResponse, secret: Secret | None) -> None:
    """Raise what the reply means when it is not an event stream."""
    status = response.status
    if 300 <= status < 400:
        raise ProviderError(
            "malformed", "The vendor's address redirects elsewhere, which is not followed.", http_status=status
        )
    if status == 200 and response.content_type == "text/event-stream":
        return
    key = None if secret is None else secret.reveal()
    body = await _error_body(response)
    if status >= 400:
        raise failure(body, status=status, headers=response.headers, secret=key)
    if isinstance(body, dict) and "error" in body:
        raise failure(cast("object", body), headers=response.headers, secret=key)
    raise ProviderError(
        "malformed",
        f"The vendor answered {response.content_type[:60]} where an event stream is due.",
        http_status=status,
    )


async def _error_body(response: aiohttp.ClientResponse) -> object:
    """Return the JSON of an error reply as far as the bound allows, or None when it is none or cannot be read."""
    body = b""
    try:
        while len(body) <= MAX_ERROR_BODY and (chunk := await response.content.readany()):
            body += chunk
        return orjson.loads(body) if len(body) <= MAX_ERROR_BODY else None
    except (aiohttp.ClientError, OSError, ValueError):
        return None


def _translated(error: Exception) -> ProviderError:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return ProviderError("connect-timeout", "The vendor could not be reached in time.")
    if isinstance(error, aiohttp.ClientSSLError):
        return ProviderError("connection", "No secure connection to the vendor could be made.")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return ProviderError("connection", "The vendor's name could not be found.")
    if isinstance(error, aiohttp.ClientConnectorError):
        return ProviderError("connection", "The vendor could not be reached.")
    if isinstance(error, aiohttp.ClientPayloadError) and "content-encoding" in str(error):
        return ProviderError("malformed", "The answer's compression is damaged.")
    if isinstance(error, aiohttp.ClientResponseError):
        return ProviderError("malformed", "The vendor's reply is not HTTP.")
    return ProviderError("connection", "The connection to the vendor was cut.")
