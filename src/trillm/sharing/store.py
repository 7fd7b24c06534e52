"""Shares, written and read: plain functions over one connection, as history's.

A share that has expired at the given moment is as one that never was, whether or not it is purged yet.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select
from sqlalchemy.exc import IntegrityError

from trillm.history.tables import queries
from trillm.sharing.tables import shares
from trillm.vocabulary.errors import NotFound


@dataclass(frozen=True, slots=True)
class Share:
    """A link: its unguessable id, when its snapshot was taken, and when it ends; None: when it is revoked."""

    id: str
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shared(Share):
    """A link with what it shows: a query object as JSON, in which only the share's own id stands."""

    snapshot: str


def add(conn: Connection, query_id: str, share: Shared) -> None:
    """Keep a new share of a query; NotFound when the query is deleted this moment."""
    values = asdict(share) | {"query_id": query_id}
    try:
        conn.execute(insert(shares).values(values))
    except IntegrityError:
        raise NotFound("There is no such query.") from None


def find(conn: Connection, share_id: str, moment: datetime) -> Shared | None:
    """Return the share; None when there is none, or none any more, or its query was thrown away."""
    of_kept = select(shares).join(queries).where(shares.c.id == share_id, queries.c.discarded_at.is_(None))
    row = conn.execute(of_kept.where(_lives(moment))).first()
    return None if row is None else Shared(row.id, row.created_at, row.expires_at, row.snapshot)


def of_query(conn: Connection, query_id: str, moment: datetime) -> list[Share]:
    """Return the query's shares, newest first, without what they show."""
    columns = (shares.c.id, shares.c.created_at, shares.c.expires_at)
    found = select(*columns).where(shares.c.query_id == query_id, _lives(moment))
    return [Share(*row) for row in conn.execute(found.order_by(shares.c.created_at.desc(), shares.c.id))]


def revoke(conn: Connection, share_id: str, session_id: str, moment: datetime) -> bool:
    """Delete a share of one of the session's queries; False when it has no such share."""
    mine = select(queries.c.id).where(queries.c.session_id == session_id)
    gone = delete(shares).where(shares.c.id == share_id, shares.c.query_id.in_(mine), _lives(moment))
    return conn.execute(gone).rowcount > 0


def has_expired(conn: Connection, moment: datetime) -> bool:
    """Whether there is anything to purge."""
    return bool(conn.execute(select(exists().where(shares.c.expires_at <= moment))).scalar())


def purge(conn: Connection, moment: datetime) -> None:
    """Delete the shares that have expired."""
    conn.execute(delete(shares).where(shares.c.expires_at <= moment))


def _lives(moment: datetime) -> ColumnElement[bool]:
    return shares.c.expires_at.is_(None) | (shares.c.expires_at > moment)
