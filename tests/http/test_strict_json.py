"""Bodies: what a lenient parser would guess at is refused, each with its own kind of problem."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.routing import APIRouter
from tests.http.asgi import Reply, scope_of, send_to

from trillm.http import problem, strict_json
from trillm.http.strict_json import MAX_BODY_BYTES, StrictRoute
from trillm.vocabulary.errors import InvalidInput

router = APIRouter(route_class=StrictRoute)
HOST = ("Host", "localhost")
JSON = ("Content-Type", "application/json")


@router.post("/")
async def echo(body: dict[str, Any]) -> dict[str, Any]:
    return body


@router.post("/optional")
async def optional(body: dict[str, Any] | None = None) -> bool:
    return body is None


@router.post("/twice")
async def twice(request: Request, body: dict[str, Any]) -> bool:
    return await request.json() == body


@pytest.fixture(scope="module")
def app() -> FastAPI:
    app = FastAPI()
    problem.install(app)
    app.include_router(router)
    return app


async def post(app: FastAPI, *body: bytes, headers: tuple[tuple[str, str], ...] = (JSON,), target: str = "/") -> Reply:
    return await send_to(app, "POST", target, (HOST, *headers), body)


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON", 'application/json; charset="UTF-8"', "application/json;"]
)
async def test_plain_json_is_read(app: FastAPI, content_type: str) -> None:
    body = {"text": "Grüße, 世界 🎉", "number": -(2**63), "deep": [[[[1.5, None, True]]]]}
    reply = await post(app, json.dumps(body).encode(), headers=(("Content-Type", content_type),))
    assert (reply.status, reply.json) == (200, body)


async def test_a_body_that_may_be_left_out_needs_no_media_type_then(app: FastAPI) -> None:
    assert (await post(app, b"", headers=(), target="/optional")).json is True
    assert (await post(app, b"{}", headers=(), target="/optional")).problem == "unsupported-media-type"


async def test_a_body_in_pieces_is_one_body_and_may_be_read_again(app: FastAPI) -> None:
    assert (await post(app, b'{"a"', b": ", b"1}", target="/twice")).json is True


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "\\u0062": 2}}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": 9223372036854775808}',
        b'{"a": -9223372036854775809}',
        b'{"a": 1} {"b": 2}',
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 0x10}',
        b'{"a": ' + b"[" * 1_000 + b"]" * 1_000 + b"}",
        b"[" * 30_000,
        b'{"a":' * 10_000,
        b"\x00",
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_what_is_not_strict_json_is_refused(app: FastAPI, body: bytes) -> None:
    reply = await post(app, body)
    assert (reply.status, reply.problem) == (400, "invalid-json")


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("Content-Type", "text/plain"),),
        (("Content-Type", "application/x-www-form-urlencoded"),),
        (("Content-Type", "multipart/form-data; boundary=x"),),
        (("Content-Type", "application/vnd.api+json"),),
        (("Content-Type", "application/json; charset=utf-16"),),
        (("Content-Type", "application/json; charset=utf-8; charset=utf-16"),),
        (JSON, ("Content-Encoding", "gzip")),
        (JSON, ("Content-Encoding", "br")),
    ],
    ids=str,
)
async def test_another_form_than_plain_json_is_refused(app: FastAPI, headers: tuple[tuple[str, str], ...]) -> None:
    reply = await post(app, b"{}", headers=headers)
    assert (reply.status, reply.problem) == (415, "unsupported-media-type")


@pytest.mark.parametrize("length", [str(MAX_BODY_BYTES + 1), "9" * 400, "-1", "1e3", "²"])
async def test_a_length_over_the_bound_is_refused_before_anything_is_read(app: FastAPI, length: str) -> None:
    async def receive() -> Any:
        raise AssertionError("the body was read")

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope_of("POST", "/", (HOST, JSON, ("Content-Length", length))), receive, send)
    assert sent[0]["status"] == 413


async def test_a_body_without_a_length_is_cut_at_the_bound(app: FastAPI) -> None:
    left = [b"x" * 1024] * 100

    async def receive() -> Any:
        return {"type": "http.request", "body": left.pop(), "more_body": True}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope_of("POST", "/", (HOST, JSON)), receive, send)
    assert sent[0]["status"] == 413
    assert len(left) == 100 - MAX_BODY_BYTES // 1024 - 1


async def test_a_body_as_large_as_the_bound_is_read(app: FastAPI) -> None:
    body = json.dumps({"a": "x" * (MAX_BODY_BYTES - 9)}).encode()
    assert (len(body), (await post(app, body)).status) == (MAX_BODY_BYTES, 200)


async def test_a_body_that_trickles_is_given_up(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "BODY_SECONDS", 0.05)

    async def receive() -> Any:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b" ", "more_body": True}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope_of("POST", "/", (HOST, JSON)), receive, send)
    assert (sent[0]["status"], json.loads(sent[1]["body"])["type"]) == (408, "urn:trillm:problem:too-slow")


async def test_no_refusal_repeats_the_body(app: FastAPI) -> None:
    for body in (b'{"secret": "mysecret"', b'["mysecret"]', b'"mysecret"', b'{"mysecret": NaN}'):
        reply = await post(app, body)
        assert reply.status in (400, 422)
        assert b"mysecret" not in reply.body


def test_an_integer_of_too_many_digits_is_not_computed() -> None:
    with pytest.raises(ValueError, match="range"):
        strict_json._bounded_int("9" * 5000)


def test_the_cause_of_a_refusal_is_an_error_of_ours() -> None:
    assert strict_json._too_large(1).status == 413
    assert isinstance(strict_json._too_large(1), InvalidInput)
