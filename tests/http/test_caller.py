"""Who calls: a session by header, by cookie, or begun afresh."""

from __future__ import annotations

import re
from functools import partial

import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp
from tests.http.asgi import Reply, send_to

from trillm.http import problem
from trillm.http.caller import Session
from trillm.http.gate import Gate
from trillm.limits.address import client_address
from trillm.telemetry.logs import bind

MINE = "m" * 22
OTHER = "o" * 64
HOST = ("Host", "localhost")


@pytest.fixture(scope="module")
def app() -> ASGIApp:
    app = FastAPI()
    problem.install(app)

    @app.api_route("/", methods=["GET", "POST"])
    async def me(session: Session) -> list[str | None]:
        return [session.session_id, session.address]

    return Gate(
        app,
        allowed_hosts=["localhost"],
        address_of=partial(client_address, trusted=()),
        bind=lambda request_id: bind(request_id=request_id),
        observe=lambda *_: None,
    )


async def ask(app: ASGIApp, *headers: tuple[str, str], scheme: str = "http", method: str = "POST") -> Reply:
    return await send_to(app, method, "/", (HOST, *headers), scheme=scheme)


async def test_a_stranger_begins_a_session_that_only_http_can_read(app: ASGIApp) -> None:
    first, second = await ask(app), await ask(app)
    cookie = first.header("set-cookie", "")
    assert re.fullmatch(r"trillm_session=([\w-]{32}); HttpOnly; Max-Age=31536000; Path=/; SameSite=lax", cookie), cookie
    assert first.json[0] == cookie[15:47]
    assert first.json[0] != second.json[0]
    assert first.json[1] == "192.0.2.1"


async def test_who_only_reads_begins_no_session(app: ASGIApp) -> None:
    reply = await ask(app, method="GET")
    assert (len(reply.json[0]), reply.header("set-cookie")) == (32, None)


async def test_behind_tls_the_cookie_stays_there(app: ASGIApp) -> None:
    reply = await ask(app, scheme="https")
    assert reply.header("set-cookie", "").endswith("; Secure")


async def test_a_cookie_continues_its_session_and_is_not_set_again(app: ASGIApp) -> None:
    reply = await ask(app, ("Cookie", f"other=1; trillm_session={MINE}"))
    assert (reply.json[0], reply.header("set-cookie")) == (MINE, None)


async def test_a_header_comes_before_the_cookie(app: ASGIApp) -> None:
    reply = await ask(app, ("X-Session-ID", OTHER), ("Cookie", f"trillm_session={MINE}"))
    assert (reply.json[0], reply.header("set-cookie")) == (OTHER, None)


@pytest.mark.parametrize("cookie", ["", "short", "m" * 65, "m" * 21 + "!", '"><script>' * 3])
async def test_a_cookie_that_we_did_not_set_is_replaced(app: ASGIApp, cookie: str) -> None:
    reply = await ask(app, ("Cookie", f"trillm_session={cookie}"))
    assert reply.status == 200
    assert reply.json[0] != cookie.strip()
    assert reply.json[0] in (reply.header("set-cookie", MINE))


@pytest.mark.parametrize("named", ["", "short", "m" * 65, "m" * 21 + " ", "m" * 21 + "é", "../" * 8])
async def test_a_session_that_could_be_guessed_is_refused(app: ASGIApp, named: str) -> None:
    reply = await ask(app, ("X-Session-ID", named))
    assert (reply.status, reply.problem, reply.json["field"]) == (400, "invalid-header", "X-Session-ID")
    assert reply.header("set-cookie") is None
