"""Requests byte by byte over a socket, where a client library would clean them."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.journeys.conftest import Server

HOST = "Host: localhost"
JSON = "Content-Type: application/json"
CLOSE = "Connection: close"


class Answer(NamedTuple):
    status: int
    head: str
    body: bytes

    @property
    def problem(self) -> str:
        """The slug of the problem document."""
        assert "content-type: application/problem+json" in self.head, self.head
        document = json.loads(self.body)
        assert (document["status"], bool(document["request_id"])) == (self.status, True)
        assert "Traceback" not in document["detail"]
        return document["type"].removeprefix("urn:trillm:problem:")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def connect(server: Server, data: bytes = b"") -> socket.socket:
    place = urlsplit(server.url)
    sock = socket.create_connection((place.hostname, place.port), timeout=30)
    sock.sendall(data)
    return sock


def exchange(server: Server, data: bytes) -> Answer:
    """Send these bytes and return the first answer; the server closes, or is asked to."""
    received = b""
    with connect(server) as sock, suppress(ConnectionError):
        sock.sendall(data)
        while piece := sock.recv(65536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    assert head, "no answer"
    return Answer(int(head.split()[1]), head.decode("latin-1").lower(), _unchunked(head.lower(), body))


def ask(
    server: Server, method: str, target: str, *headers: str, body: bytes | str = b"", host: str | None = HOST
) -> Answer:
    """Send one request with exactly these header lines; its Content-Length is added where a body is."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"{method} {target} HTTP/1.1", *([host] if host else []), CLOSE, *headers]
    if content:
        lines.append(f"Content-Length: {len(content)}")
    return exchange(server, "\r\n".join([*lines, "", ""]).encode("latin-1") + content)


def post(server: Server, body: bytes | str, *headers: str, target: str = "/api/query") -> Answer:
    return ask(server, "POST", target, JSON, *headers, body=body)


def question(text: str = "What is the capital of France?", more: Mapping[str, object] | None = None) -> str:
    return json.dumps({"question": text, "cache": False, **(more or {})})


def chunked(pieces: Iterable[bytes]) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


def _unchunked(head: bytes, body: bytes) -> bytes:
    if b"transfer-encoding: chunked" not in head:
        return body
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        whole, body = whole + body[: int(size, 16)], body[int(size, 16) + 2 :]
    return whole
