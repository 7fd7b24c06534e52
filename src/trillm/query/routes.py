"""The doors of a query: ask, read, stop, retry, merge, pin, delete, history, feedback."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import ValidationError

from trillm.http.caller import COOKIE, HEADER, SESSION_ID, Session, session
from trillm.http.cursor import decode_cursor, encode_cursor
from trillm.http.event_stream import EventStreamResponse
from trillm.http.gate import add_header
from trillm.http.json_response import JsonResponse
from trillm.http.problem import PROBLEM, documented, headers_documented, problem_response, request_id_of
from trillm.http.quick_lane import Arguments, read_by
from trillm.http.strict_json import StrictRequest, StrictRoute
from trillm.limits.admit import Limits
from trillm.query.amend import Amender, feedback
from trillm.query.ask import Asker, Idempotency
from trillm.query.read import Reader
from trillm.query.schemas import (
    ClaimMapObject,
    FeedbackObject,
    FeedbackRequest,
    HistoryModels,
    HistoryPage,
    HistoryPlace,
    QueryChange,
    QueryObject,
    QueryRequest,
    SynthesisRequest,
)
from trillm.safety.clean_text import clean_field
from trillm.vocabulary.errors import NoAnswer
from trillm.vocabulary.ids import timestamp
from trillm.vocabulary.question import Caller, QueryStatus
from trillm.vocabulary.question import Query as QueryRecord

router = APIRouter(route_class=StrictRoute)


@dataclass(frozen=True, slots=True)
class QueryRooms:
    """What these routes need; the app keeps it in `state.query`."""

    asker: Asker
    reader: Reader
    amender: Amender
    limits: Limits


async def _rooms(request: Request) -> QueryRooms:
    return request.app.state.query


Rooms = Annotated[QueryRooms, Depends(_rooms)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="The same key with the same request is one query, however often it is sent.",
    ),
]
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", pattern=r"^\d{1,16}$")]


async def _read_ask(request: StrictRequest) -> Arguments | None:
    """Read what `ask` takes; None where anything of it is not valid."""
    headers = request.headers
    named, key = headers.get(HEADER), headers.get("idempotency-key")
    if (named is not None and not re.fullmatch(SESSION_ID, named)) or (key is not None and not _KEY.fullmatch(key)):
        return None
    if not await request.body():
        return None
    try:
        body = QueryRequest.model_validate(await request.json())
    except ValidationError:
        return None
    caller = await session(request, named, request.cookies.get(COOKIE, ""))
    rooms = await _rooms(request)
    return {
        "body": body,
        "request": request,
        "session": caller,
        "rooms": rooms,
        "key": key,
        "prefer": headers.get("prefer", ""),
    }


_KEY = re.compile(r"[!-~]{1,255}")
_EVENTS = {"text/event-stream": {"schema": {"type": "string"}}}
_OBJECT = {"application/json": {"schema": {"$ref": "#/components/schemas/QueryObject"}}}
_RATE_LIMIT = ("RateLimit", "RateLimit-Policy")
_NO_ANSWER = documented(502)
_NO_ANSWER[502]["content"][PROBLEM]["schema"] = {
    "allOf": [
        {"$ref": "#/components/schemas/Problem"},
        {
            "type": "object",
            "properties": {"query": {"$ref": "#/components/schemas/QueryObject"}},
            "required": ["query"],
        },
    ]
}


@router.post(
    "/api/query",
    summary="Ask a question",
    response_model=QueryObject,
    responses={
        200: {
            "description": "The query, answered; or its events, with `Accept: text/event-stream`",
            "content": _EVENTS,
            "headers": headers_documented("Location", *_RATE_LIMIT),
        },
        202: {
            "description": "Accepted, with `Prefer: respond-async`; follow `Location`",
            "content": _OBJECT,
            "headers": headers_documented("Location", "Preference-Applied", *_RATE_LIMIT),
        },
        **documented(403, 404, 408, 409, 413, 415, 422, 429, 503),
        **_NO_ANSWER,
    },
)
@read_by(_read_ask)
async def ask(
    body: QueryRequest,
    request: Request,
    session: Session,
    rooms: Rooms,
    key: Key = None,
    prefer: Annotated[str, Header()] = "",
) -> Any:
    """Ask several models at once. Waits for the result, streams it, or answers 202 at once."""
    caller = session
    if body.session_id is not None:
        caller = replace(session, session_id=body.session_id)
    idempotency = None if key is None else Idempotency(key, _hash(body))
    with _rate_limit_shown(request, rooms, caller):
        query = await rooms.asker.ask(body.to_question(), caller, idempotency)
    add_header(request.scope, "Location", f"/api/query/{query.id}")
    if "respond-async" in prefer.lower():
        return _json(query, 202, {"Preference-Applied": "respond-async"})
    if _wants_events(request):
        return EventStreamResponse(await rooms.reader.events(query.id))
    query = await rooms.reader.finished(query.id)
    if query.status is QueryStatus.FAILED:
        return problem_response(_no_answer(query), request_id_of(request), {"query": query.as_object()})
    return _json(query)


@router.get(
    "/api/query/{query_id}",
    summary="Read a query",
    response_model=QueryObject,
    responses={
        200: {
            "description": "The query as it stands; or its events from the start or `Last-Event-ID`",
            "content": _EVENTS,
        },
        **documented(404, 422, 503),
    },
)
async def read(query_id: str, request: Request, rooms: Rooms, last_event_id: LastEventId = None) -> Any:
    """Read a query, or replay its events and follow them live."""
    if _wants_events(request):
        return EventStreamResponse(await rooms.reader.events(query_id, int(last_event_id or 0)))
    return _json(await rooms.reader.find(query_id))


@router.get(
    "/api/query/{query_id}/claims",
    summary="What the answers agree on and contest",
    response_model=ClaimMapObject,
    responses=documented(404, 422, 503),
)
async def claims(query_id: str, rooms: Rooms) -> Any:
    """Compare the complete answers claim by claim; nothing is compared while models answer, or with fewer than two."""
    return JsonResponse((await rooms.reader.claims(query_id)).as_object())


@router.post(
    "/api/query/{query_id}/cancel",
    summary="Stop what still runs",
    response_model=QueryObject,
    responses=documented(403, 404, 422, 503),
)
async def cancel(query_id: str, session: Session, rooms: Rooms) -> Any:
    """Stop the models that still answer; what arrived is kept."""
    return _json(await rooms.amender.cancel(query_id, session))


@router.post(
    "/api/query/{query_id}/responses/{response_id}/cancel",
    summary="Stop one model",
    response_model=QueryObject,
    responses=documented(403, 404, 409, 422, 503),
)
async def cancel_response(query_id: str, response_id: str, session: Session, rooms: Rooms) -> Any:
    """Stop one model that still answers; what arrived is kept, and the others go on."""
    return _json(await rooms.amender.cancel_response(query_id, response_id, session))


@router.post(
    "/api/query/{query_id}/responses/{response_id}/retry",
    status_code=202,
    summary="Ask one model again",
    response_model=QueryObject,
    responses={
        202: {"description": "The query, running again", "headers": headers_documented("Location", *_RATE_LIMIT)},
        **documented(403, 404, 409, 422, 429, 503),
    },
)
async def retry(
    query_id: str, response_id: str, request: Request, session: Session, rooms: Rooms, key: Key = None
) -> Any:
    """Ask one model again as a further attempt; follow `Location`."""
    with _rate_limit_shown(request, rooms, session):
        query = await rooms.amender.retry(query_id, response_id, session, key)
    return _json(query, 202, {"Location": f"/api/query/{query.id}"})


@router.post(
    "/api/query/{query_id}/synthesis",
    status_code=202,
    summary="Merge the answers",
    response_model=QueryObject,
    responses={
        200: {
            "description": "This model has merged these answers already: the query with what it made",
            "model": QueryObject,
            "headers": headers_documented(*_RATE_LIMIT),
        },
        202: {"description": "The query, running again", "headers": headers_documented("Location", *_RATE_LIMIT)},
        **documented(403, 404, 408, 409, 413, 415, 422, 429, 503),
    },
)
async def synthesize(
    query_id: str, body: SynthesisRequest, request: Request, session: Session, rooms: Rooms, key: Key = None
) -> Any:
    """Have one model make one text of the answers of a query that has ended; follow `Location`."""
    with _rate_limit_shown(request, rooms, session):
        query = await rooms.amender.merge(query_id, session, body.model, key)
    if query.status is not QueryStatus.RUNNING:
        return _json(query)
    return _json(query, 202, {"Location": f"/api/query/{query.id}"})


@router.patch(
    "/api/query/{query_id}",
    summary="Pin a query, throw it away, fetch it back",
    response_model=QueryObject,
    responses=documented(403, 404, 408, 413, 415, 422, 503),
)
async def change(query_id: str, body: QueryChange, session: Session, rooms: Rooms) -> Any:
    """Change what is named; return the query as it is then."""
    changed = await rooms.amender.change(query_id, session, pinned=body.pinned, discarded=body.discarded)
    return _json(changed)


@router.delete(
    "/api/query/{query_id}",
    status_code=204,
    summary="Delete a query for good",
    responses=documented(403, 404, 422, 503),
)
async def delete(query_id: str, session: Session, rooms: Rooms) -> Response:
    """Delete a query with everything that belongs to it."""
    await rooms.amender.delete(query_id, session)
    return Response(status_code=204)


@router.get(
    "/api/history",
    summary="This session's queries, newest first",
    response_model=HistoryPage,
    responses=documented(422, 503),
)
async def history(
    session: Session,
    rooms: Rooms,
    place: Annotated[HistoryPlace, Query()],
) -> Any:
    """Return a page of the session's queries."""
    found = await rooms.reader.page(
        session,
        place.wanted(),
        before=decode_cursor(place.cursor) if place.cursor else None,
        limit=place.limit,
    )
    more = encode_cursor(found[-1].created_at, found[-1].id) if len(found) == place.limit else None
    return JsonResponse({"queries": [query.as_object() for query in found], "next_cursor": more})


@router.get(
    "/api/history/models",
    summary="The models of this session's queries",
    response_model=HistoryModels,
    responses=documented(422, 503),
)
async def history_models(session: Session, rooms: Rooms) -> Any:
    """Return which models this session's queries went to, and how often each won."""
    return JsonResponse({"models": [asdict(asked) for asked in await rooms.reader.models(session)]})


@router.post(
    "/api/feedback",
    status_code=201,
    summary="Judge an answer",
    response_model=FeedbackObject,
    responses=documented(403, 404, 408, 413, 415, 422, 503),
)
async def judge(body: FeedbackRequest, session: Session, rooms: Rooms) -> Any:
    """Keep a judgement of an answer of this session's."""
    comment = clean_field(body.comment, "comment")
    judgement = feedback(body.query_id, body.response_id, body.rating, body.better, comment, blind=body.blind)
    judgement = await rooms.amender.judge(session, judgement)
    return JsonResponse(asdict(judgement) | {"created_at": timestamp(judgement.created_at)}, 201)


@contextmanager
def _rate_limit_shown(request: Request, rooms: QueryRooms, caller: Caller) -> Generator[None]:
    try:
        yield
    finally:
        for name, value in rooms.limits.fields(caller.address).items():
            add_header(request.scope, name, value)


def _wants_events(request: Request) -> bool:
    return "text/event-stream" in request.headers.get("accept", "")


def _hash(body: QueryRequest) -> str:
    return sha256(orjson.dumps(body.model_dump(), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _no_answer(query: QueryRecord) -> NoAnswer:
    reasons = [f"{r.key}: {r.error.detail}" for r in query.latest if r.error is not None]
    return NoAnswer(" ".join(reasons) or "No model had anything to say.")


def _json(query: QueryRecord, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return JsonResponse(query.as_object(), status, headers)
