"""Who calls: the session that owns what is asked, and the address that limits are counted by."""

from __future__ import annotations

import re
import secrets
from typing import Annotated

from fastapi import Depends, Request, Response

from trillm.http.gate import add_header
from trillm.vocabulary.errors import InvalidInput
from trillm.vocabulary.question import Caller

COOKIE = "trillm_session"
HEADER = "X-Session-ID"
_SESSION = re.compile(r"^[A-Za-z0-9_-]{22,64}$")


def session(request: Request) -> Caller:
    """Return the caller named by header or cookie, or begin a session whose cookie the answer then sets."""
    named = request.headers.get(HEADER)
    if named is not None:
        return Caller(checked_session_id(named, HEADER), _address(request))
    held = request.cookies.get(COOKIE, "")
    if _SESSION.match(held):
        return Caller(held, _address(request))
    fresh = secrets.token_urlsafe(24)
    add_header(request.scope, "Set-Cookie", _cookie(fresh, secure=request.scope["scheme"] == "https"))
    return Caller(fresh, _address(request))


def checked_session_id(session_id: str, field: str) -> str:
    """Return a session id that a caller chose; it opens their history, so it must be too long to guess."""
    if not _SESSION.match(session_id):
        raise InvalidInput(f"{field}: 22 to 64 letters, digits, - or _ that nobody can guess.", field=field)
    return session_id


Session = Annotated[Caller, Depends(session)]


def _address(request: Request) -> str | None:
    return request.scope.get("client_address")


def _cookie(session_id: str, *, secure: bool) -> str:
    # HttpOnly: no script can read it; SameSite=Lax: no other site can post with it
    carrier = Response()
    carrier.set_cookie(COOKIE, session_id, max_age=365 * 86_400, httponly=True, samesite="lax", secure=secure)
    return carrier.headers["set-cookie"]
