"""The doors of the plain page. A question is posted by a form; the gate has looked at its Origin before."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson
from fastapi import APIRouter, Request, Response

from trillm.entrypoints.plain import pages
from trillm.entrypoints.plain.words import Words, words_for
from trillm.history.listing.store import Wanted
from trillm.http.caller import Session
from trillm.http.cursor import decode_cursor, encode_cursor
from trillm.http.strict_json import read_bounded
from trillm.query.routes import QueryRooms
from trillm.safety.clean_text import clean_question
from trillm.vocabulary.errors import InvalidInput, LimitExceeded, TrillmError
from trillm.vocabulary.question import Caller, Question

router = APIRouter(prefix="/plain", include_in_schema=False)

STYLE = Path(__file__).with_name("plain.css")
SHOWN = 20
"""Questions of the history on one page."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # not no-referrer, with which browsers post a form with `Origin: null`
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Vary": "Accept-Language",
}


@router.get("")
@router.get("/")
async def home(request: Request, session: Session, cursor: str | None = None) -> Response:
    """Show the form, and what this browser has asked."""
    try:
        return await _home(request, session, cursor)
    except InvalidInput as error:
        return _html(pages.refused(_words(request), error.detail), error.status)


@router.post("")
async def ask(request: Request, session: Session) -> Response:
    """Ask, and lead to the result; what is refused is told above the form, with the draft kept."""
    draft = ""
    try:
        draft = await _question(request)
        query = await _rooms(request).asker.ask(Question(clean_question(draft)), session, None)
    except TrillmError as error:
        reply = await _home(request, session, draft=draft, refusal=error.detail or error.title)
        reply.status_code = error.status
        if isinstance(error, LimitExceeded):
            reply.headers["Retry-After"] = str(max(1, round(error.retry_after)))
        return reply
    return Response(status_code=303, headers={**_HEADERS, "Location": f"/plain/{query.id}"})


@router.get("/plain.css")
async def style() -> Response:
    """Return the style sheet."""
    return Response(STYLE.read_bytes(), headers={"Cache-Control": "no-cache"}, media_type="text/css")


@router.get("/s/{share_id}")
async def shared(share_id: str, request: Request) -> Response:
    """Show a snapshot."""
    try:
        found = await request.app.state.sharing.sharer.find(share_id)
    except TrillmError as error:
        return _html(pages.refused(_words(request), error.detail), error.status)
    return _html(pages.result(_words(request), orjson.loads(found.snapshot), shared=found))


@router.get("/{query_id}")
async def result(query_id: str, request: Request) -> Response:
    """Show a result as it stands; the page renews itself until it is finished."""
    try:
        query = await _rooms(request).reader.find(query_id)
    except TrillmError as error:
        return _html(pages.refused(_words(request), error.detail), error.status)
    return _html(pages.result(_words(request), query.as_object()))


async def _home(
    request: Request, caller: Caller, cursor: str | None = None, *, draft: str = "", refusal: str = ""
) -> Response:
    before = decode_cursor(cursor) if cursor else None
    found = await _rooms(request).reader.page(caller, Wanted(), before=before, limit=SHOWN)
    older = encode_cursor(found[-1].created_at, found[-1].id) if len(found) == SHOWN else None
    shown = [query.as_object() for query in found]
    return _html(pages.home(_words(request), shown, older, draft=draft, refusal=refusal))


async def _question(request: Request) -> str:
    """Return what the form sends: its one field, once."""
    body = await read_bounded(request, "application/x-www-form-urlencoded")
    try:
        fields = parse_qs(body.decode(), strict_parsing=True, max_num_fields=4, errors="strict")
        (question,) = fields["question"]
    except (ValueError, KeyError):
        raise InvalidInput("Write a question first.", field="question") from None
    return question.replace("\r\n", "\n")


def _rooms(request: Request) -> QueryRooms:
    rooms: Any = request.app.state.query
    return rooms


def _words(request: Request) -> Words:
    return words_for(request.headers.get("accept-language", ""))


def _html(content: str, status: int = 200) -> Response:
    return Response(content, status, _HEADERS, "text/html")
