"""One request to an ASGI application, exactly as it is given: no client between that would clean it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, overload

from starlette.types import ASGIApp, Message

Headers = Iterable[tuple[str, str]]


class Reply(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @overload
    def header(self, name: str) -> str | None: ...
    @overload
    def header(self, name: str, default: str) -> str: ...
    def header(self, name: str, default: str | None = None) -> str | None:
        values = [value for key, value in self.headers if key == name.lower()]
        return ", ".join(values) if values else default

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """The slug of the problem document, which is whole and never of a made-up kind."""
        assert self.header("content-type") == "application/problem+json"
        problem = self.json
        assert {"type", "title", "status", "detail", "request_id"} <= problem.keys()
        assert problem["status"] == self.status
        return problem["type"].removeprefix("urn:trillm:problem:")


def scope_of(method: str, target: str, headers: Headers, **more: Any) -> dict[str, Any]:
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("192.0.2.1", 40000),
        "server": ("127.0.0.1", 8000),
        **more,
    }


async def send_to(
    app: ASGIApp,
    method: str = "GET",
    target: str = "/",
    headers: Headers = (("Host", "localhost"),),
    body: Iterable[bytes] = (b"",),
    **more: Any,
) -> Reply:
    """Send one request, its body in these pieces; after the last one the client stays connected."""
    pieces = list(body)
    sent: list[Message] = []

    async def receive() -> Message:
        if pieces:
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope_of(method, target, headers, **more), receive, send)
    start, *rest = sent
    return Reply(
        start["status"],
        [(name.decode().lower(), value.decode()) for name, value in start["headers"]],
        b"".join(message["body"] for message in rest),
    )


async def eventually(condition: Callable[[], object]) -> None:
    """Wait until the condition holds; five seconds are more than anything here takes."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come to that")
