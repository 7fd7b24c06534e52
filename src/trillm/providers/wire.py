"""HTTP towards the vendors: one shared client, bounded bodies, and every failure translated into ProviderError."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import orjson

from trillm import __version__
from trillm.http import client
from trillm.http.client import HttpClient, HttpFailure, split_url
from trillm.providers.dialects.failures import failure
from trillm.vocabulary.errors import ProviderError, ProviderErrorType

MAX_BODY = 16 << 20
"""Bytes of an answer's body beyond which it is refused."""
MAX_ERROR_BODY = 64 << 10
"""Bytes of an error's body that are read."""

_FAILURES: Mapping[client.Kind, tuple[ProviderErrorType, str]] = {
    "timeout": ("connect-timeout", "The vendor could not be reached in time."),
    "name": ("connection", "The vendor's name could not be found."),
    "tls": ("connection", "No secure connection to the vendor could be made."),
    "unreachable": ("connection", "The vendor could not be reached."),
    "cut": ("connection", "The connection to the vendor was cut."),
    "not-http": ("malformed", "The vendor's reply is not HTTP."),
    "encoding": ("malformed", "The vendor compressed its answer, which was not asked for."),
    "unsendable": ("bad-request", "The request holds what HTTP cannot carry."),
}


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
        split_url(url)
    except ValueError:
        return False
    return url.isprintable() and not {"?", "#", " "} & set(url)


class Reply:
    """A vendor's event stream, read chunk by chunk."""

    def __init__(self, reply: client.Reply) -> None:
        self._reply = reply
        self._left = MAX_BODY

    async def read(self) -> bytes:
        """Return what has arrived, b"" at the end; ProviderError when the body is cut, damaged or too large."""
        try:
            chunk = await self._reply.read()
        except HttpFailure as error:
            raise _translated(error) from error
        self._left -= len(chunk)
        if self._left < 0:
            raise ProviderError("too-large", f"The answer's body is larger than {MAX_BODY >> 20} MiB.")
        return chunk

    def when_whole(self, tell: Callable[[], None]) -> None:
        """See `client.Reply`."""
        self._reply.when_whole(tell)

    async def read_tail(self, seconds: float) -> bytes:
        """Return what still arrives after the answer's proper end; silence or a failure there is its end too."""
        with suppress(ProviderError, TimeoutError):
            async with asyncio.timeout(seconds):
                return await self.read()
        return b""


class Wire:
    """The client that all vendors share; the last of them to release it closes it.

    `connect_timeout` in seconds covers name lookup, TCP and TLS. There is no other clock here.
    """

    def __init__(self, connect_timeout: float) -> None:
        self._client = HttpClient(
            connect_timeout,
            {
                "Accept": "text/event-stream",
                "Content-Type": "application/json",
                "User-Agent": f"trillm/{__version__}",
            },
        )
        self._users = 0

    def retain(self) -> None:
        """Count one more user."""
        self._users += 1

    def release(self) -> None:
        """Count one user less; without users the connections are closed."""
        self._users -= 1
        if self._users <= 0:
            self._client.close()

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
            async with self._client.request("POST", url, headers, data) as reply:
                await _check(reply, secret)
                yield Reply(reply)
        except HttpFailure as error:
            raise _translated(error) from error


async def _check(reply: client.Reply, secret: Secret | None) -> None:
    """Raise what the reply means when it is not an event stream."""
    status = reply.status
    if 300 <= status < 400:
        raise ProviderError(
            "malformed", "The vendor's address redirects elsewhere, which is not followed.", http_status=status
        )
    content_type = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if status == 200 and content_type == "text/event-stream":
        return
    key = None if secret is None else secret.reveal()
    body = await _error_body(reply)
    if status >= 400:
        raise failure(body, status=status, headers=reply.headers, secret=key)
    if isinstance(body, dict) and "error" in body:
        raise failure(cast("object", body), headers=reply.headers, secret=key)
    raise ProviderError(
        "malformed",
        f"The vendor answered {content_type[:60] or 'something'} where an event stream is due.",
        http_status=status,
    )


async def _error_body(reply: client.Reply) -> object:
    """Return the JSON of an error reply as far as the bound allows, or None when it is none or cannot be read."""
    try:
        return orjson.loads(await reply.read_at_most(MAX_ERROR_BODY))
    except (HttpFailure, ValueError):
        return None


def _translated(error: HttpFailure) -> ProviderError:
    return ProviderError(*_FAILURES[error.kind])
