"""Problem documents (RFC 9457): the one form in which this service says what went wrong."""

from __future__ import annotations

import logging
import math
from collections import defaultdict
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from trillm.vocabulary.errors import InvalidInput, LimitExceeded, NotFound, TrillmError

PROBLEM = "application/problem+json"

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong: a stable `type`, a title, and a detail for people that never repeats the input."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    field: str | None = None


def problem_response(error: TrillmError, request_id: str, extension: dict[str, Any] | None = None) -> Response:
    """Return the response for an error, with `Retry-After` where there is a time to wait."""
    headers: dict[str, str] = {}
    if isinstance(error, LimitExceeded):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    body = orjson.dumps(error.as_problem(request_id) | (extension or {}))
    return Response(body, error.status, headers, PROBLEM)


def request_id_of(request: Request) -> str:
    """Return the id under which this request is logged."""
    return str(request.scope.get("request_id", ""))


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI `responses` for the problem documents of a route; the gate's own are added to all."""
    return {
        status: {
            "description": _STATUS[status],
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            "headers": headers_documented(*_HEADERS[status]),
        }
        for status in statuses
    }


def headers_documented(*names: str) -> dict[str, Any]:
    """Return the OpenAPI `headers` of a response that carries these."""
    return {name: {"description": _TOLD[name], "schema": {"type": "string"}} for name in names}


def answer_defect(request: Request, error: Exception) -> Response:
    """Record what should not have happened, and say so without saying what it was."""
    log.error("a request failed through a defect of ours", exc_info=error)
    return problem_response(TrillmError("The failure is recorded under this request id."), request_id_of(request))


def install(app: FastAPI) -> None:
    """Answer every error of the app with a problem document, and say so in its OpenAPI document."""
    app.add_exception_handler(TrillmError, _on_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, answer_defect)
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        document["components"]["schemas"].setdefault("Problem", Problem.model_json_schema())
        for path in document["paths"].values():
            for operation in path.values():
                _add_the_gates(operation["responses"])
        return document

    app.openapi = openapi


def _add_the_gates(responses: dict[str, Any]) -> None:
    for status, response in documented(*_OF_THE_GATE).items():
        responses.setdefault(str(status), response)
    for response in responses.values():
        response["headers"] = response.get("headers", {}) | headers_documented("X-Request-ID")


_OF_THE_GATE = (400, 414, 431)
_TOLD = {
    "X-Request-ID": "The id under which this request is logged.",
    "Location": "The path of the query.",
    "Preference-Applied": "`respond-async`.",
    "Retry-After": "Seconds until a question may be asked again.",
    "RateLimit": "What is left of each allowance (`r`) and the seconds until it grows (`t`); absent without limits.",
    "RateLimit-Policy": "Each allowance: its quota (`q`) within a window of seconds (`w`); absent without limits.",
}
_HEADERS: defaultdict[int, tuple[str, ...]] = defaultdict(
    tuple, {429: ("Retry-After", "RateLimit", "RateLimit-Policy")}
)
_STATUS = {
    400: "The request is not valid HTTP or JSON, or was sent under an unknown host name",
    403: "Another site's page may not do this",
    404: "No such thing, or not yours",
    408: "The body came too slowly",
    409: "Not possible right now",
    413: "The body is too large",
    414: "The address is too long",
    415: "The body is not plain JSON in UTF-8",
    422: "The request is JSON but not valid",
    429: "Too many questions",
    431: "The head is too large",
    502: "No model answered",
    503: "The service cannot accept a question now",
}


def _on_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, TrillmError)  # noqa: S101 - registered for this type only
    return problem_response(error, request_id_of(request))


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    if isinstance(error.__cause__, TrillmError):  # FastAPI takes what reading a body raises for an error of its own
        return problem_response(error.__cause__, request_id_of(request))
    if error.status_code == 404:
        return problem_response(NotFound("There is nothing at this address."), request_id_of(request))
    if error.status_code == 405:
        problem = InvalidInput("Not this method; `Allow` names those.", type="method-not-allowed", status=405)
    else:
        problem = InvalidInput("The request is not valid HTTP.", type="invalid-http", status=error.status_code)
    response = problem_response(problem, request_id_of(request))
    response.headers.update(error.headers or {})
    return response


def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
    first: dict[str, Any] = error.errors()[0]
    # the location and pydantic's message are ours; the input, which the error also carries, is left out
    place = [str(part) for part in first["loc"] if part not in ("body", "query", "path", "header")]
    field = ".".join(place) or None
    if first["type"] == "extra_forbidden":
        field, detail = None, "The request has a field that is not known here."
    else:
        detail = f"{field or 'The request'}: {first['msg']}."
    if first["loc"][0] == "header":
        problem = InvalidInput(detail, field=field, type="invalid-header", status=400)
    else:
        problem = InvalidInput(detail, field=field)
    return problem_response(problem, request_id_of(request))
