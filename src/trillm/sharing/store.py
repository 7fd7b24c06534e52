"""Shares, written and read: plain functions over one connection, as history's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from trillm.history.tables import queries
from trillm.sharing.tables import shares
from trillm.vocabulary.errors import NotFound


@dataclass(frozen=True, slots=True)
class Share:
    """A link: its unguessable id, and when its snapshot was taken."""

    id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Shared(Share):
    """A link with what it shows: a query object as JSON, in which only the share's own id stands."""

    snapshot: str


def add(conn: Connection, query_id: str, share: Shared) -> None:
    """Keep a new share of a query; NotFound when the query is deleted this moment."""
    values = {"id": share.id, "query_id": query_id, "created_at": share.created_at, "snapshot": share.snapshot}
    try:
        conn.execute(insert(shares).values(values))
    except IntegrityError:
        raise NotFound("There is no such query.") from None


def find(conn: Connection, share_id: str) -> Shared | None:
    """Return the share; None when there is none, or none any more, or its query was thrown away."""
    of_kept = select(shares).join(queries).where(shares.c.id == share_id, queries.c.discarded_at.is_(None))
    row = conn.execute(of_kept).first()
    return None if row is None else Shared(row.id, row.created_at, row.snapshot)


def of_query(conn: Connection, query_id: str) -> list[Share]:
    """Return the query's shares, newest first, without what they show."""
    columns = (shares.c.id, shares.c.created_at)
    found = select(*columns).where(shares.c.query_id == query_id).order_by(shares.c.created_at.desc(), shares.c.id)
    return [Share(*row) for row in conn.execute(found)]


def revoke(conn: Connection, share_id: str, session_id: str) -> bool:
    """Delete a share of one of the session's queries; False when it has no such share."""
    mine = select(queries.c.id).where(queries.c.session_id == session_id)
    gone = delete(shares).where(shares.c.id == share_id, shares.c.query_id.in_(mine))
    return conn.execute(gone).rowcount > 0
