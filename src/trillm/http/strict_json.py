"""Bodies: bounded, plain JSON in UTF-8, every key once. Everything a parser would guess at is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from trillm.vocabulary.errors import InvalidInput

MAX_BODY_BYTES = 64 * 1024
"""Room for 1,000 characters of question and 8,000 of reference, each escaped as a surrogate pair."""
BODY_SECONDS = 10.0
"""For the whole of a body, however slowly it trickles."""


class StrictRequest(Request):
    """A request whose body is read with a cap and parsed strictly."""

    async def body(self) -> bytes:
        """Return the body, or raise InvalidInput (408, 413, 415) before more than the cap is read."""
        if not hasattr(self, "_body"):
            self._body = await read_bounded(self, "application/json")
        return self._body

    async def json(self) -> Any:
        """Return the parsed body, or raise InvalidInput (400)."""
        body = await self.body()
        try:
            # orjson refuses NaN, lone surrogates, invalid UTF-8, a byte order mark and depth over 1,024;
            # the standard parser then sees each key, which orjson does not tell
            orjson.loads(body)
            return json.loads(body, object_pairs_hook=_each_key_once, parse_int=_bounded_int)
        except (ValueError, RecursionError) as error:
            raise InvalidInput("The body is not valid JSON.", type="invalid-json", status=400) from error


async def read_bounded(request: Request, kind: str) -> bytes:
    """Return the body, plain and of this media type, or raise InvalidInput (408, 413, 415) before the cap is passed.

    Where no body is sent there is nothing whose type could be wrong: it is empty.
    """
    body = await read_capped(request, MAX_BODY_BYTES)
    if body:
        _check_headers(request, kind)
    return body


async def read_capped(request: Request, most: int) -> bytes:
    """Return a request's body, or raise InvalidInput (408, 413) before more than `most` bytes are read."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > 9 or int(length) > most:
        raise _too_large(most)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise _too_large(most)
                chunks.append(chunk)
    except TimeoutError:
        raise InvalidInput("The body came too slowly.", type="too-slow", status=408) from None
    return b"".join(chunks)


def _check_headers(request: Request, expected: str) -> None:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != expected or charset not in ("", "utf-8"):
        raise InvalidInput(f"Send the body as {expected} in UTF-8.", type="unsupported-media-type", status=415)
    if request.headers.get("content-encoding", "identity") != "identity":
        raise InvalidInput("Send the body uncompressed.", type="unsupported-media-type", status=415)


class StrictRoute(APIRoute):
    """A route that reads its body as a StrictRequest."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler, given the strict request."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handler(StrictRequest(request.scope, request.receive))

        return strict


def _too_large(most: int) -> InvalidInput:
    return InvalidInput(f"The body is larger than {most:,} bytes.", type="too-large", status=413)


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _bounded_int(digits: str) -> int:
    number = int(digits) if len(digits) <= len("-9223372036854775808") else 2**64
    if not -(2**63) <= number < 2**63:
        raise ValueError("an integer is out of range")
    return number
