"""Who calls: the session that owns what is asked, and the address that limits are counted by."""

from __future__ import annotations

import re
import secrets
from typing import Annotated

from fastapi import Cookie, Depends, Header, Request

from trillm.http.gate import add_header
from trillm.vocabulary.question import Caller

COOKIE = "trillm_session"
HEADER = "X-Session-ID"
SESSION_ID = r"^[A-Za-z0-9_-]{22,64}$"
"""It opens its owner's history, so it must be too long to guess."""


async def session(
    request: Request,
    named: Annotated[
        str | None,
        Header(alias=HEADER, pattern=SESSION_ID, description="Names the session in place of the cookie; secret."),
    ] = None,
    held: Annotated[str, Cookie(alias=COOKIE, description="The session of a browser, set by its first question.")] = "",
) -> Caller:
    """Return the caller named by header or cookie, or begin a session whose cookie the answer then sets.

    Whoever only reads begins none: a page reads several things at once, and of as many sessions as these would begin a
    browser keeps one by chance, which may not be that of the question asked meanwhile.
    """
    address: str | None = request.scope.get("client_address")
    if named is not None:
        return Caller(named, address)
    if re.fullmatch(SESSION_ID, held):
        return Caller(held, address)
    fresh = secrets.token_urlsafe(24)
    if request.method not in ("GET", "HEAD"):
        add_header(request.scope, "Set-Cookie", _cookie(fresh, secure=request.scope["scheme"] == "https"))
    return Caller(fresh, address)


Session = Annotated[Caller, Depends(session)]


def _cookie(session_id: str, *, secure: bool) -> str:
    # HttpOnly: no script can read it; SameSite=Lax: no other site can post with it
    return f"{COOKIE}={session_id}; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax{'; Secure' if secure else ''}"
