"""A lane before the framework for the endpoints that every question takes: its layers cost a fifth of a millisecond."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trillm.http.problem import answer_defect, problem_response, request_id_of
from trillm.http.strict_json import StrictRequest
from trillm.vocabulary.errors import TrillmError

Arguments = dict[str, Any]
Read = Callable[[StrictRequest], Coroutine[Any, Any, Arguments | None]]
_F = TypeVar("_F", bound=Callable[..., Any])
_READ = "trillm_read"


def read_by(read: Read) -> Callable[[_F], _F]:
    """Have an endpoint's arguments read by a function of its own and the endpoint called before the framework.

    What it answers with None, because something is not as usual, goes on to the framework: it alone says what is wrong.
    """

    def named(endpoint: _F) -> _F:
        setattr(endpoint, _READ, read)
        return endpoint

    return named


class QuickLane:
    """ASGI middleware that answers those of the routes whose endpoints are `read_by`; all else is the framework's.

    `within` is the application whose state the endpoints use.
    """

    def __init__(self, app: ASGIApp, within: Any, routes: Sequence[BaseRoute]) -> None:
        self._app, self._within = app, within
        self._routes = {
            (method, route.path): (route, getattr(route.endpoint, _READ))
            for route in routes
            if isinstance(route, APIRoute) and hasattr(route.endpoint, _READ)
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or hand it on as it came."""
        found = self._routes.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        route, read = found
        scope["app"] = self._within
        request = StrictRequest(scope, receive)
        try:
            arguments = await read(request)
            response = None if arguments is None else await route.endpoint(**arguments)
        except TrillmError as error:
            response = problem_response(error, request_id_of(request))
        except Exception as error:  # noqa: BLE001  (a door, as the framework's: recorded where it is answered)
            response = answer_defect(request, error)
        if response is None:
            await self._app(scope, _again(request, receive), send)
            return
        scope["route"] = route  # by which it is counted
        await response(scope, receive, send)


def _again(request: Request, receive: Receive) -> Receive:
    """Return what gives the body, as far as it was read, once more."""
    body = getattr(request, "_body", None)
    given = body is None

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving
