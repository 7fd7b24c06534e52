"""A session's queries as a list: plain functions over one connection, as in history's own store.

A query that was thrown away is in no list and cannot be read. It can be restored within GRACE; then it is purged.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, case, delete, exists, func, literal, select, tuple_, update

from trillm.history.store import whole
from trillm.history.tables import llm_responses, queries
from trillm.storage.types import as_id, identifier
from trillm.vocabulary.errors import InvalidInput
from trillm.vocabulary.question import Query, QueryStatus

GRACE = timedelta(minutes=2)
"""How long a query that was thrown away can be restored, if nobody deletes it for good before."""
NOBODY = "none"
"""In the place of a winner: too close to call, or no answer at all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which queries of a session are wanted; None: whichever. Models are named `provider:model`."""

    search: str | None = None
    """What stands in the question, in small letters or capitals."""
    winner: str | None = None
    """Whose answer was the best, or NOBODY; a query that is being answered has neither."""
    model: str | None = None
    """Who was asked."""
    since: datetime | None = None
    pinned: bool | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a session's queries went to a model, and how often it won."""

    provider: str
    model: str
    asked: int
    won: int


_of_query = llm_responses.c.query_id == queries.c.id
_is_listed = queries.c.discarded_at.is_(None)
_has_winner = ~queries.c.too_close & (queries.c.status != QueryStatus.RUNNING.value)


def page(
    conn: Connection, session_id: str, wanted: Wanted, *, before: tuple[datetime, str] | None, limit: int
) -> list[Query]:
    """Return the session's queries that are wanted, newest first, from below `before` (created_at, id)."""
    found = select(queries).where(queries.c.session_id == session_id, _is_listed, *_conditions(wanted))
    if before is not None:
        moment, query_id = before
        if as_id(query_id) is None:
            raise InvalidInput("The cursor is not one of ours.", field="cursor")
        below = tuple_(literal(moment, queries.c.created_at.type), literal(query_id, identifier()))
        found = found.where(tuple_(queries.c.created_at, queries.c.id) < below)
    found = found.order_by(queries.c.created_at.desc(), queries.c.id.desc()).limit(limit)
    return whole(conn, conn.execute(found).all())


def models(conn: Connection, session_id: str) -> list[Asked]:
    """Return the models that the session's queries went to, those asked most first."""
    names = (llm_responses.c.llm_provider, llm_responses.c.model)
    asked = func.count(queries.c.id.distinct())
    won = func.count(case((llm_responses.c.is_best & _has_winner, queries.c.id)).distinct())
    found = select(*names, asked, won).join(queries, _of_query).where(queries.c.session_id == session_id, _is_listed)
    rows = conn.execute(found.group_by(*names).order_by(asked.desc(), *names))
    return [Asked(*row) for row in rows]


def pin(conn: Connection, query_id: str, *, pinned: bool) -> None:
    """Let the query stand above the others, or no more."""
    conn.execute(update(queries).where(queries.c.id == query_id).values(pinned=pinned))


def discard(conn: Connection, query_id: str, moment: datetime) -> None:
    """Throw the query away."""
    conn.execute(update(queries).where(queries.c.id == query_id, _is_listed).values(discarded_at=moment))


def restore(conn: Connection, query_id: str) -> None:
    """Fetch the query back, if it was thrown away."""
    conn.execute(update(queries).where(queries.c.id == query_id).values(discarded_at=None))


def overdue(conn: Connection, moment: datetime) -> list[str]:
    """Return the ids of the queries that were thrown away longer ago than GRACE."""
    return list(conn.execute(select(queries.c.id).where(queries.c.discarded_at <= moment - GRACE)).scalars())


def purge(conn: Connection, query_ids: Collection[str]) -> None:
    """Delete those of these queries that are thrown away, with all that belongs to them."""
    conn.execute(delete(queries).where(queries.c.id.in_(query_ids), ~_is_listed))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.search:
        conditions.append(queries.c.question.icontains(wanted.search, autoescape=True))
    if wanted.winner == NOBODY:
        conditions += [queries.c.status != QueryStatus.RUNNING.value, queries.c.too_close | ~_answered_best()]
    elif wanted.winner:
        conditions += [_has_winner, _answered_best(*_named(wanted.winner))]
    if wanted.model:
        conditions.append(exists().where(_of_query, *_named(wanted.model)))
    if wanted.since is not None:
        conditions.append(queries.c.created_at >= wanted.since)
    if wanted.pinned is not None:
        conditions.append(queries.c.pinned if wanted.pinned else ~queries.c.pinned)
    return conditions


def _answered_best(*named: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_of_query, llm_responses.c.is_best, *named)


def _named(key: str) -> tuple[ColumnElement[bool], ...]:
    provider, _, model = key.partition(":")
    return (llm_responses.c.llm_provider == provider, llm_responses.c.model == model)
