"""The outermost layer: which hosts and pages may speak to us, how large a head is, what every answer carries."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable, MutableMapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trillm.http.problem import problem_response
from trillm.vocabulary.errors import InvalidInput, Unavailable
from trillm.vocabulary.ids import new_id

MAX_HEAD_BYTES = 32 * 1024
MAX_HEADERS = 100
MAX_URL_BYTES = 8 * 1024

_HOST = re.compile(r"^(?P<name>[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$", re.ASCII)
_ADDED = "trillm.added_headers"
_ONCE = frozenset(
    {b"authorization", b"content-type", b"host", b"idempotency-key", b"last-event-id", b"origin", b"x-session-id"}
)
_TELL_WHO = frozenset({b"host", b"origin"})
_UNLESS_SAID = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_STOPPING = "The service is stopping; try again in a moment. A query that `Location` names goes on at its next start."
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Observe = Callable[[Scope, int, float], None]
"""Told of every answered request: its scope, the status and the seconds to its end."""
Bind = Callable[[str], AbstractContextManager[None]]
"""Makes a request id part of every log line inside."""
AddressOf = Callable[[str | None, str | None], str]
"""Tells the client's address from the peer's and the X-Forwarded-For header."""


class Gate:
    """ASGI middleware. Refuses unknown hosts and doubled headers (400), foreign origins (403), large heads (431)."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowed_hosts: Iterable[str],
        address_of: AddressOf,
        bind: Bind,
        observe: Observe,
        trusts: Callable[[str], bool] = lambda _peer: False,
    ) -> None:
        self._app = app
        self._address_of = address_of
        self._trusts = trusts
        self._hosts = frozenset(host.lower() for host in allowed_hosts)
        self._bind = bind
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, name and observe one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = scope["request_id"] = new_id()
        peer = scope.get("client")
        forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        if peer and scope["scheme"] == "http" and (b"x-forwarded-proto", b"https") in scope["headers"]:
            # the browser speaks TLS with the proxy: its cookie may then be kept to TLS
            scope["scheme"] = "https" if self._trusts(peer[0]) else "http"
        scope["client_address"] = self._address_of(
            peer[0] if peer else None, b", ".join(forwarded).decode("latin-1") or None
        )
        begun, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [*message.get("headers", ()), *scope.get(_ADDED, ()), (b"x-request-id", request_id.encode())]
                said = {name.lower() for name, _ in own}
                message["headers"] = [*own, *(header for header in _UNLESS_SAID if header[0] not in said)]
            await send(message)

        with self._bind(request_id):
            try:
                refusal = self._refuse(scope)
                if refusal is None:
                    await self._app(scope, receive, sending)
                else:
                    await problem_response(refusal, request_id)(scope, receive, sending)
            except asyncio.CancelledError:  # the server's, which stops: what is not answered by now it would answer 500
                if not status:
                    await problem_response(Unavailable(_STOPPING), request_id)(scope, receive, sending)
            finally:
                self._observe(scope, status or 500, time.perf_counter() - begun)

    def _refuse(self, scope: Scope) -> InvalidInput | None:
        raw = scope["headers"]
        if len(raw) > MAX_HEADERS or sum(len(name) + len(value) for name, value in raw) > MAX_HEAD_BYTES:
            return InvalidInput("The request's head is too large.", type="too-large", status=431)
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_URL_BYTES:
            return InvalidInput("The address is too long.", type="too-large", status=414)
        once = [name for name, _ in raw if name in _ONCE]
        if len(once) != len(set(once)):
            return InvalidInput("A header stands twice that may stand once.", type="invalid-header", status=400)
        told = {name: value.decode("latin-1") for name, value in raw if name in _TELL_WHO}
        host = told.get(b"host", "").lower()
        match = _HOST.match(host)
        if match is None or not self._knows(match["name"]):
            return InvalidInput(
                "This server does not answer under that host name; its operator can allow it in TRILLM_ALLOWED_HOSTS.",
                type="unknown-host",
                status=400,
            )
        origin = told.get(b"origin")
        if origin is not None and scope["method"] not in _SAFE_METHODS and not _same_origin(origin, host):
            return InvalidInput("Another site's page may not do this.", type="foreign-origin", status=403)
        return None

    def _knows(self, name: str) -> bool:
        return "*" in self._hosts or name in self._hosts


def add_header(scope: MutableMapping[str, Any], name: str, value: str) -> None:
    """Add a header to whatever answers this request, an error too."""
    scope.setdefault(_ADDED, []).append((name.lower().encode("latin-1"), value.encode("latin-1")))


def _same_origin(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin.lower()).netloc == host
    except ValueError:
        return False
