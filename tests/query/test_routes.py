"""The door of a question reads its request by itself; what it hears must be what FastAPI would have heard."""

from __future__ import annotations

from types import FunctionType
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from tests.http.asgi import Reply, send_to

from trillm.http import problem
from trillm.http.quick_lane import QuickLane
from trillm.http.strict_json import StrictRoute
from trillm.limits.admit import Allowance, Limits
from trillm.query import routes
from trillm.query.routes import QueryRooms
from trillm.vocabulary.errors import Unavailable

JSON = ("Content-Type", "application/json")
SESSION = "s" * 22


class Listener:
    """Takes note of what a door asks it, and accepts nothing."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    async def ask(self, *asked: Any) -> None:
        self.heard.append(asked)
        raise Unavailable("Only listening.")


def door(endpoint: Any) -> tuple[QuickLane, Listener]:
    app, listener = FastAPI(), Listener()
    problem.install(app)
    router = APIRouter(route_class=StrictRoute)
    router.post("/api/query")(endpoint)
    app.include_router(router)
    unused: Any = None
    app.state.query = QueryRooms(listener, unused, unused, Limits(Allowance(per_minute=0)))  # type: ignore[arg-type]
    return QuickLane(app, app, router.routes), listener


def read_by_fastapi() -> Any:
    """Return the same endpoint without its own reader."""
    ours = routes.ask
    plain = FunctionType(ours.__code__, ours.__globals__, ours.__name__, ours.__defaults__)
    plain.__annotations__ = ours.__annotations__
    return plain


async def both(body: bytes, *headers: tuple[str, str]) -> tuple[list[Any], Reply]:
    """Send it to both, and return what both have heard and answered."""
    (ours, mine), (theirs, yours) = door(routes.ask), door(read_by_fastapi())
    sent = [("Host", "localhost"), *headers]
    reply, other = [await send_to(app, "POST", "/api/query", sent, (body,)) for app in (ours, theirs)]
    assert (reply.status, reply.body) == (other.status, other.body)
    assert mine.heard == yours.heard
    return mine.heard, reply


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"question":"Why?"}', ()),
        (b'{"question":"Why?","models":["openai:a","gemini:b"],"category":"physics","cache":false}', ()),
        (b'{"question":"Why?","session_id":"%s"}' % (b"t" * 30), ()),
        (b'{"question":"Why?"}', (("Idempotency-Key", "a-key!"), ("Prefer", "Respond-Async"))),
        (b'{"question":"Why?"}', (("Cookie", f"other=1; trillm_session={'c' * 30}"),)),
        (b'{"question":"Why?"}', (("Cookie", f"trillm_session={'c' * 30}"), ("X-Session-ID", SESSION))),
    ],
)
async def test_a_valid_question_is_heard_as_it_was_asked(body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
    heard, reply = await both(body, JSON, ("X-Session-ID", SESSION), *headers[:2])
    assert len(heard) == 1
    assert reply.problem == "unavailable"


async def test_a_cookie_names_the_session() -> None:
    heard, _ = await both(b'{"question":"Why?"}', JSON, ("Cookie", f"trillm_session={'c' * 30}"))
    assert heard[0][1].session_id == "c" * 30


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", (JSON,), 422),
        (b"null", (JSON,), 422),
        (b"[]", (JSON,), 422),
        (b"{}", (JSON,), 422),
        (b'{"question":""}', (JSON,), 422),
        (b'{"question":7}', (JSON,), 422),
        (b'{"question":"Why?","unknown":1}', (JSON,), 422),
        (b'{"question":"Why?","cache":"yes"}', (JSON,), 422),
        (b'{"question":"Why?","question":"Why?"}', (JSON,), 400),
        (b"{", (JSON,), 400),
        (b'{"question":"Why?"}', (), 415),
        (b'{"question":"Why?"}', (("Content-Type", "text/plain"),), 415),
        (b'{"question":"Why?"}', (JSON, ("Idempotency-Key", "")), 400),
        (b'{"question":"Why?"}', (JSON, ("Idempotency-Key", "k" * 256)), 400),
        (b'{"question":"Why?"}', (JSON, ("Idempotency-Key", "two words")), 400),
        (b'{"question":"Why?"}', (JSON, ("X-Session-ID", "short")), 400),
        (b'{"unknown":1}', (JSON, ("X-Session-ID", "short")), 400),
    ],
)
async def test_what_is_not_valid_is_refused_in_fastapis_words(
    body: bytes, headers: tuple[tuple[str, str], ...], status: int
) -> None:
    heard, reply = await both(body, *headers)
    assert heard == []
    assert reply.status == status
