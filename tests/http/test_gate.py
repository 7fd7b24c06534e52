"""The gate: who may speak to us, how large a head may be, and what every answer carries."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from unittest.mock import ANY

import pytest
from starlette.types import Receive, Scope, Send
from tests.http.asgi import Headers, Reply, eventually, send_to

from trillm.http import gate
from trillm.http.gate import Gate, add_header
from trillm.limits.address import client_address, networks

log = logging.getLogger(__name__)


class House:
    """An application behind a gate, and what the gate told of each request."""

    def __init__(self, *hosts: str, proxies: tuple[str, ...] = ()) -> None:
        self.addresses: list[str] = []
        self.bound: list[str] = []
        self.observed: list[int] = []
        self.gate = Gate(
            self.answer,
            allowed_hosts=hosts or ("localhost", "127.0.0.1", "[::1]"),
            address_of=partial(client_address, trusted=networks(proxies)),
            bind=self.bind,
            observe=lambda _scope, status, seconds: self.observed.append(status) if seconds >= 0 else None,
        )

    async def answer(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["path"] == "/defect":
            raise RuntimeError("a defect")
        self.addresses.append(scope["client_address"])
        add_header(scope, "Set-Cookie", "a=1")
        add_header(scope, "Set-Cookie", "b=2")
        if scope["path"] == "/unanswered":
            await asyncio.Event().wait()
        own = [(b"cache-control", b"public")] if scope["path"] == "/own" else []
        await send({"type": "http.response.start", "status": 204, "headers": own})
        if scope["path"] == "/half":
            await asyncio.Event().wait()
        await send({"type": "http.response.body", "body": b""})

    @contextmanager
    def bind(self, request_id: str) -> Generator[None]:
        self.bound.append(request_id)
        yield

    async def ask(self, method: str = "GET", target: str = "/", *headers: tuple[str, str]) -> Reply:
        named = headers if any(name == "Host" for name, _ in headers) else (("Host", "localhost"), *headers)
        return await send_to(self.gate, method, target, named)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:65535", "[::1]", "[::1]:8000"])
async def test_a_host_of_ours_is_answered(host: str) -> None:
    assert (await House().ask("GET", "/", ("Host", host))).status == 204


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "localhost@evil",
        "localhost/x",
        "a/health?",
        "localhost:",
        "localhost:x",
        "localhost:123456",
        "::1",
        "[::1",
        "localhost,evil",
        "locälhost",
        "localhost\t",
    ],
)
async def test_another_host_is_refused(host: str) -> None:
    house = House()
    reply = await house.ask("GET", "/", ("Host", host))
    assert (reply.status, reply.problem) == (400, "unknown-host")
    assert (house.addresses, house.observed) == ([], [400])
    assert "evil" not in reply.body.decode()


async def test_a_request_without_a_host_is_refused() -> None:
    assert (await send_to(House().gate, headers=())).problem == "unknown-host"


async def test_a_star_allows_every_well_formed_host() -> None:
    assert (await House("*").ask("GET", "/", ("Host", "any.example"))).status == 204
    assert (await House("*").ask("GET", "/", ("Host", "any example"))).status == 400


@pytest.mark.parametrize("name", sorted(name.decode() for name in gate._ONCE))
async def test_a_header_that_may_stand_once_stands_once(name: str) -> None:
    headers: Headers = [("Host", "localhost"), (name, "localhost"), (name, "localhost")]
    reply = await send_to(House().gate, headers=headers)
    assert (reply.status, reply.problem) == (400, "invalid-header")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "origin", ["null", "http://evil.example", "http://localhost", "http://localhost:8000.evil.example", "http://[", ""]
)
async def test_another_origin_changes_nothing(method: str, origin: str) -> None:
    house = House()
    reply = await house.ask(method, "/", ("Host", "localhost:8000"), ("Origin", origin))
    assert (reply.status, reply.problem) == (403, "foreign-origin")
    assert house.addresses == []


async def test_our_own_origin_and_programs_without_one_may_post() -> None:
    house = House()
    own = await house.ask("POST", "/", ("Host", "localhost:8000"), ("Origin", "http://LOCALHOST:8000"))
    assert (own.status, (await house.ask("POST")).status) == (204, 204)
    assert (await house.ask("GET", "/", ("Origin", "http://evil.example"))).status == 204


async def test_no_answer_lets_another_origin_read() -> None:
    house = House()
    for method in ("GET", "POST", "OPTIONS"):
        reply = await house.ask(
            method, "/", ("Origin", "http://evil.example"), ("Access-Control-Request-Method", "GET")
        )
        assert not [name for name, _ in reply.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("X-Many", "a")] * 100, 431),
        ([("X-Long", "a" * gate.MAX_HEAD_BYTES)], 431),
        ([("X-Many", "a")] * 99, 204),
    ],
    ids=["many", "long", "just enough"],
)
async def test_a_head_has_a_bound(headers: list[tuple[str, str]], status: int) -> None:
    assert (await House().ask("GET", "/", *headers)).status == status


async def test_an_address_has_a_bound() -> None:
    reply = await House().ask("GET", "/?" + "a" * gate.MAX_URL_BYTES)
    assert (reply.status, reply.problem) == (414, "too-large")
    assert (await House().ask("GET", "/" + "a" * gate.MAX_URL_BYTES)).status == 414


async def test_every_answer_carries_its_request_id_and_safe_headers() -> None:
    house = House()
    for host in ("localhost", "evil"):
        reply = await house.ask("GET", "/", ("Host", host))
        assert reply.header("x-request-id") == house.bound[-1]
        assert reply.header("x-content-type-options") == "nosniff"
        assert reply.header("referrer-policy") == "no-referrer"
        assert reply.header("cache-control") == "no-store"
        assert "default-src 'none'" in reply.header("content-security-policy", "")
    assert reply.json["request_id"] == house.bound[-1]
    assert len(set(house.bound)) == 2


async def test_what_an_answer_says_itself_stays_and_what_was_added_is_added() -> None:
    reply = await House().ask("GET", "/own")
    assert reply.header("cache-control") == "public"
    assert reply.header("set-cookie") == "a=1, b=2"


async def test_a_request_that_fails_is_observed_as_a_defect() -> None:
    house = House()
    with pytest.raises(RuntimeError):
        await house.ask("GET", "/defect")
    assert house.observed == [500]


async def test_a_request_that_the_server_drops_unanswered_is_told_that_it_stops() -> None:
    reply, observed = await dropped("/unanswered")
    assert (reply.status, reply.problem, observed) == (503, "unavailable", [503])
    assert reply.header("set-cookie") == "a=1, b=2"


async def test_an_answer_that_the_server_drops_in_the_middle_gets_nothing_more() -> None:
    assert await dropped("/half") == ((204, ANY, b""), [204])


async def dropped(target: str) -> tuple[Reply, list[int]]:
    """Ask, cancel it as uvicorn does when its grace is over, and return what was answered and observed."""
    house = House()
    asking = asyncio.ensure_future(house.ask("GET", target))
    await eventually(lambda: house.addresses)
    asking.cancel()
    return await asking, house.observed


@pytest.mark.parametrize("scope_type", ["websocket", "lifespan"])
async def test_only_http_is_checked(scope_type: str) -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    house = House()
    house.gate._app = app
    await house.gate({"type": scope_type}, None, None)  # type: ignore[arg-type]
    assert (seen, house.observed) == ([scope_type], [])


async def test_a_forwarded_address_is_believed_from_a_trusted_proxy_only() -> None:
    forged = [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-For", "203.0.113.10")]
    open_house, behind = House(), House(proxies=("192.0.2.0/24",))
    await open_house.ask("GET", "/", *forged)
    await behind.ask("GET", "/", *forged)
    assert (open_house.addresses, behind.addresses) == (["192.0.2.1"], ["203.0.113.10"])


async def test_a_caller_without_an_address_shares_one_with_its_like() -> None:
    house = House()
    await send_to(house.gate, client=None)
    assert house.addresses == ["unknown"]
