"""Sharing a result: who may, what the link shows, and how it ends."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from datetime import datetime
from typing import Any, cast

import orjson

from trillm.history import store as history
from trillm.ranking.claims.claim import ClaimMap
from trillm.ranking.claims.compare import Answer
from trillm.ranking.claims.maps import ClaimMaps
from trillm.sharing import store
from trillm.sharing.markdown import latest
from trillm.sharing.store import Share, Shared
from trillm.storage.database import Database
from trillm.vocabulary.errors import Conflict, InvalidInput, NotFound, TrillmError
from trillm.vocabulary.ids import now, timestamp
from trillm.vocabulary.question import Caller, Query, QueryStatus
from trillm.vocabulary.response import ResponseStatus

log = logging.getLogger(__name__)

MAX_SHARES = 10
"""Of one query: each is a copy that is kept."""
MAX_SNAPSHOT_BYTES = 2 << 20
PURGE_SECONDS = 60
"""How long the snapshot of a link that has expired is kept at most; nobody can read it any more."""

_SHARE_ID = re.compile(r"[A-Za-z0-9_-]{22}")


class Sharer:
    """Makes, lists, shows and revokes shares. Making and revoking is the query's owner's alone.

    The id of a query reads it, so it must not lead to those who hold a share, nor a share to the query:
    a snapshot carries neither the query's id nor its responses'. To everybody else an owner's door is NotFound.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._maps = ClaimMaps()

    async def share(self, query_id: str, caller: Caller, expires_at: datetime | None = None) -> Share:
        """Freeze the query as it stands now behind a new link that lives until then, or until it is revoked.

        Raises Conflict while the query runs or when it has too many links, InvalidInput when that moment has passed.
        """

        def work(conn: Any) -> Share:
            moment = now()
            if expires_at is not None and expires_at <= moment:
                told = f"A link cannot end in the past: here it is {timestamp(moment)} already."
                raise InvalidInput(told, field="expires_at")
            query = _own(conn, query_id, caller)
            if query.status is QueryStatus.RUNNING:
                raise Conflict("Models are still answering; share it when they are done.")
            if len(store.of_query(conn, query.id, moment)) >= MAX_SHARES:
                raise Conflict(f"There are {MAX_SHARES} links to this already; revoke one of them first.")
            share_id = secrets.token_urlsafe(16)
            snapshot = orjson.dumps(freeze(query, share_id)).decode()
            if len(snapshot.encode()) > MAX_SNAPSHOT_BYTES:
                raise Conflict("These answers are too long to be shared.")
            shared = Shared(share_id, moment, expires_at, snapshot)
            store.add(conn, query.id, shared)
            return shared

        return await self._database.write(work)

    async def shares(self, query_id: str, caller: Caller) -> list[Share]:
        """Return the links to a query of the caller's, newest first."""

        def work(conn: Any) -> list[Share]:
            return store.of_query(conn, _own(conn, query_id, caller).id, now())

        return await self._database.read(work)

    async def find(self, share_id: str) -> Shared:
        """Return what a link shows; NotFound when it is revoked or expired, and just so when it never was."""
        found = None
        if _SHARE_ID.fullmatch(share_id):
            found = await self._database.read(lambda conn: store.find(conn, share_id, now()))
        if found is None:
            raise _no_share()
        return found

    async def claims(self, share_id: str) -> ClaimMap:
        """Return which claims the shared answers share and contest; NotFound as `find`."""
        query = orjson.loads((await self.find(share_id)).snapshot)
        complete = [r for r in latest(query) if r["status"] == ResponseStatus.COMPLETE]
        return await self._maps.between(share_id, query["question"], [Answer(r["id"], r["text"]) for r in complete])

    async def revoke(self, share_id: str, caller: Caller) -> None:
        """End a link of the caller's; what it showed is deleted."""
        if not await self._database.write(lambda conn: store.revoke(conn, share_id, caller.session_id, now())):
            raise _no_share()

    async def purge_forever(self) -> None:
        """Delete what has expired, now and from then on, until cancelled."""
        while True:
            try:
                await self.purge()
            except TrillmError as error:
                log.warning("links that expired could not be deleted: %s", error.detail)
            await asyncio.sleep(PURGE_SECONDS)

    async def purge(self) -> None:
        """Delete what has expired. Raises Unavailable."""
        if await self._database.read(lambda conn: store.has_expired(conn, now())):  # an idle database is left alone
            await self._database.write(lambda conn: store.purge(conn, now()))


def freeze(query: Query, share_id: str) -> dict[str, Any]:
    """Return the query object as strangers may see it: the share's id for its own, r1, r2… for its responses'."""
    names = {query.id: share_id} | {response.id: f"r{n}" for n, response in enumerate(query.responses, 1)}
    snapshot = _renamed(query.as_object(), names)
    # what it continues was not shared, nor what its owner thinks of it
    snapshot["follows"], snapshot["pinned"] = None, False
    return snapshot


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        parts = cast(dict[str, Any], value)
        return {names.get(key, key): _renamed(part, names) for key, part in parts.items()}
    if isinstance(value, list):
        return [_renamed(part, names) for part in cast(list[Any], value)]
    return value


def _own(conn: Any, query_id: str, caller: Caller) -> Query:
    query = history.load(conn, query_id)
    if query is None or query.caller.session_id != caller.session_id:
        raise NotFound("There is no such query.")
    return query


def _no_share() -> NotFound:
    return NotFound("There is nothing shared at this address, or not any more.")
