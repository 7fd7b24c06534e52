"""The lane before the framework answers as the framework would; what it does not answer, it hands on whole."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.types import Receive, Scope, Send
from tests.http.asgi import send_to

from trillm.http import problem
from trillm.http.json_response import JsonResponse
from trillm.http.quick_lane import Arguments, QuickLane, read_by
from trillm.http.strict_json import StrictRequest, StrictRoute
from trillm.vocabulary.errors import Conflict

JSON = (("Host", "localhost"), ("Content-Type", "application/json"))


async def _read(request: StrictRequest) -> Arguments | None:
    body = await request.json()
    return None if body == "unusual" else {"said": body}


def lane(answer: Any) -> QuickLane:
    app, router = FastAPI(), APIRouter(route_class=StrictRoute)
    problem.install(app)

    @router.post("/say")
    @read_by(_read)
    async def say(said: Any) -> Any:
        return answer(said)

    @router.get("/say")
    async def heard() -> str:
        return "the framework's"

    app.include_router(router)
    return QuickLane(app, app, router.routes)


async def test_what_is_as_usual_is_answered_and_counted_under_its_route() -> None:
    app, routes = lane(lambda said: JsonResponse({"heard": said})), list[Any]()

    async def observed(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)
        routes.append(getattr(scope.get("route"), "path", None))

    reply = await send_to(observed, "POST", "/say", JSON, (b'{"a"', b":1}"))
    assert (reply.status, reply.json, routes) == (200, {"heard": {"a": 1}}, ["/say"])


async def test_what_is_not_goes_to_the_framework_with_its_body() -> None:
    reply = await send_to(lane(lambda said: said), "POST", "/say", JSON, (b'"unus', b'ual"'))
    assert reply.status == 422  # which tells that `said` is missing from the query string: it read the request anew
    assert reply.problem == "invalid-input"


async def test_other_methods_and_paths_are_the_frameworks() -> None:
    app = lane(lambda said: said)
    assert (await send_to(app, "GET", "/say")).json == "the framework's"
    assert (await send_to(app, "PUT", "/say")).problem == "method-not-allowed"
    assert (await send_to(app, "POST", "/said", JSON)).problem == "not-found"


async def test_an_error_of_ours_is_told_as_a_problem() -> None:
    def refuse(_: Any) -> Any:
        raise Conflict("Not twice.")

    reply = await send_to(lane(refuse), "POST", "/say", JSON, (b"1",))
    assert (reply.status, reply.problem, reply.json["detail"]) == (409, "conflict", "Not twice.")


async def test_a_body_that_is_refused_is_told_as_a_problem() -> None:
    reply = await send_to(lane(lambda said: said), "POST", "/say", JSON, (b"{",))
    assert (reply.status, reply.problem) == (400, "invalid-json")


async def test_a_defect_is_recorded_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    def break_down(_: Any) -> Any:
        raise KeyError("secret")

    with caplog.at_level(logging.ERROR):
        reply = await send_to(lane(break_down), "POST", "/say", JSON, (b"1",))
    assert reply.status == 500
    assert "secret" not in reply.body.decode()
    assert any(record.exc_info and record.exc_info[0] is KeyError for record in caplog.records)
