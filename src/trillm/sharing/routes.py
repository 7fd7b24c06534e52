"""The doors of what is shared and exported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request, Response

from trillm.http.caller import Session
from trillm.http.json_response import JsonResponse
from trillm.http.problem import documented
from trillm.http.strict_json import StrictRoute
from trillm.query.read import Reader
from trillm.query.schemas import ClaimMapObject, QueryObject
from trillm.sharing.markdown import file_name, to_markdown
from trillm.sharing.schemas import SharedObject, ShareList, ShareObject, ShareRequest
from trillm.sharing.share import Sharer
from trillm.sharing.store import Share
from trillm.vocabulary.ids import timestamp

router = APIRouter(route_class=StrictRoute)

NO_INDEX = {"X-Robots-Tag": "noindex, nofollow"}
"""Whoever has the link may read it; nobody is to find it by searching."""


class Markdown(Response):
    """A Markdown document."""

    media_type = "text/markdown"


@dataclass(frozen=True, slots=True)
class SharingRooms:
    """What these routes need; the app keeps it in `state.sharing`."""

    sharer: Sharer
    reader: Reader


async def _rooms(request: Request) -> SharingRooms:
    return request.app.state.sharing


Rooms = Annotated[SharingRooms, Depends(_rooms)]


@router.post(
    "/api/query/{query_id}/shares",
    status_code=201,
    summary="Share a result",
    response_model=ShareObject,
    responses=documented(400, 403, 404, 408, 409, 413, 415, 422, 503),
)
async def share(query_id: str, session: Session, rooms: Rooms, body: ShareRequest | None = None) -> Any:
    """Freeze a finished query of this session's behind a link that only reads, and that can be revoked."""
    made = await rooms.sharer.share(query_id, session, body and body.expires_at)
    return JsonResponse(_link(made), 201)


@router.get(
    "/api/query/{query_id}/shares",
    summary="The links to a result",
    response_model=ShareList,
    responses=documented(404, 503),
)
async def shares(query_id: str, session: Session, rooms: Rooms) -> Any:
    """Return the links to a query of this session's."""
    return JsonResponse({"shares": [_link(made) for made in await rooms.sharer.shares(query_id, session)]})


@router.delete("/api/shares/{share_id}", status_code=204, summary="Revoke a link", responses=documented(403, 404, 503))
async def revoke(share_id: str, session: Session, rooms: Rooms) -> Response:
    """Revoke a link of this session's: the snapshot is deleted."""
    await rooms.sharer.revoke(share_id, session)
    return Response(status_code=204)


@router.get(
    "/api/shares/{share_id}",
    summary="Read what is shared",
    response_model=SharedObject,
    responses=documented(404, 503),
)
async def shared(share_id: str, rooms: Rooms) -> Any:
    """Return the snapshot; a link that was revoked or has expired is as one that never was."""
    found = await rooms.sharer.find(share_id)
    return JsonResponse(_link(found) | {"query": orjson.Fragment(found.snapshot)}, headers=NO_INDEX)


@router.get(
    "/api/shares/{share_id}/claims",
    summary="What the shared answers agree on",
    response_model=ClaimMapObject,
    responses=documented(404, 503),
)
async def shared_claims(share_id: str, rooms: Rooms) -> Any:
    """Return which claims the answers of the snapshot share and contest, with the passages that say so."""
    return JsonResponse((await rooms.sharer.claims(share_id)).as_object(), headers=NO_INDEX)


@router.get(
    "/api/query/{query_id}/export.md",
    summary="A result as Markdown",
    response_class=Markdown,
    responses=documented(404, 503),
)
async def export_markdown(query_id: str, rooms: Rooms) -> Response:
    """Return the query as it stands, as a document to keep."""
    return _as_markdown((await rooms.reader.find(query_id)).as_object())


@router.get(
    "/api/query/{query_id}/export.json",
    summary="A result as a JSON file",
    response_model=QueryObject,
    responses=documented(404, 503),
)
async def export_json(query_id: str, rooms: Rooms) -> Any:
    """Return the query object as it stands, as a file."""
    return _as_json((await rooms.reader.find(query_id)).as_object())


@router.get(
    "/api/shares/{share_id}/export.md",
    summary="What is shared as Markdown",
    response_class=Markdown,
    responses=documented(404, 503),
)
async def export_shared_markdown(share_id: str, rooms: Rooms) -> Response:
    """Return the snapshot as a document to keep."""
    return _as_markdown(orjson.loads((await rooms.sharer.find(share_id)).snapshot))


@router.get(
    "/api/shares/{share_id}/export.json",
    summary="What is shared as a JSON file",
    response_model=QueryObject,
    responses=documented(404, 503),
)
async def export_shared_json(share_id: str, rooms: Rooms) -> Any:
    """Return the snapshot's query object as a file."""
    return _as_json(orjson.loads((await rooms.sharer.find(share_id)).snapshot))


def _link(made: Share) -> dict[str, Any]:
    return {
        "id": made.id,
        "url": f"/s/{made.id}",
        "created_at": timestamp(made.created_at),
        "expires_at": made.expires_at and timestamp(made.expires_at),
    }


def _as_markdown(query: dict[str, Any]) -> Response:
    return Markdown(to_markdown(query), headers=NO_INDEX | _download(query, "md"))


def _as_json(query: dict[str, Any]) -> Response:
    content = orjson.dumps(query, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return Response(content, headers=NO_INDEX | _download(query, "json"), media_type="application/json")


def _download(query: dict[str, Any], ending: str) -> dict[str, str]:
    return {"Content-Disposition": file_name(query["question"], ending)}
