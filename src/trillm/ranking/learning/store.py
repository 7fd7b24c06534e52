"""What the learner reads and keeps: where labels stand in time, the labelled queries themselves, the newest fit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, literal, or_, select, union_all

from trillm.history import store as history
from trillm.history.tables import feedback, judgements, queries
from trillm.ranking.learning.tables import ranker_fits
from trillm.storage.types import identifier
from trillm.vocabulary.question import Feedback, Query, Question

_IS_NO_COPY: Final = queries.c.cached_at.is_(None)


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Where a vote or a verdict stands in time; of two at one moment the greater id is the later."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Said:
    """A vote or a verdict: whose query it is about, and when it was made, or last changed."""

    query_id: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Fit:
    """What a full fit found, and of how much: `labels` votes and verdicts, the last of them at `last`."""

    id: str
    created_at: datetime
    labels: int
    last: Mark | None
    numbers: Any


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is to learn from, by kind."""

    better: int
    """Votes that name the better answer."""
    thumbs: int
    blind: int
    """Of both kinds of votes, those given blind."""
    verdicts: int
    """Judgements that named one answer in both orders."""
    undecided: int
    failed: int


def newest_fit(conn: Connection) -> Fit | None:
    """Return the newest fit; None when there is none."""
    newest = select(ranker_fits).order_by(ranker_fits.c.created_at.desc(), ranker_fits.c.id.desc()).limit(1)
    row = conn.execute(newest).first()
    if row is None:
        return None
    last = None if row.last_at is None else Mark(row.last_at, row.last_id)
    return Fit(row.id, row.created_at, row.labels, last, row.numbers)


def save_fit(conn: Connection, fit: Fit) -> None:
    """Keep a fit in the place of older ones: what they learned from queries that are deleted goes with them."""
    last = {"last_at": None, "last_id": None} if fit.last is None else {"last_at": fit.last.at, "last_id": fit.last.id}
    values = {"id": fit.id, "created_at": fit.created_at, "labels": fit.labels, "numbers": fit.numbers, **last}
    conn.execute(delete(ranker_fits).where(ranker_fits.c.created_at <= fit.created_at))
    conn.execute(insert(ranker_fits).values(values))


def said_after(conn: Connection, mark: Mark | None, most: int, query_id: str | None = None) -> list[Said]:
    """Return the votes and verdicts after the mark (None: ever), of one query or all: the newest `most`, newest first.

    A query has one for each vote and verdict on it.
    """
    found = _all_said(None if mark is None else (">", mark), query_id).subquery()
    newest = select(found).order_by(found.c.created_at.desc(), found.c.id.desc()).limit(most)
    return [Said(row.query_id, Mark(row.created_at, row.id)) for row in conn.execute(newest)]


def count_said(conn: Connection, mark: Mark | None) -> tuple[int, int]:
    """Return how many votes and verdicts there are up to the mark, and after it."""

    def count(said: Any) -> int:
        return conn.execute(select(func.count()).select_from(said.subquery())).scalar_one()

    if mark is None:
        return 0, count(_all_said(None, None))
    return count(_all_said(("<=", mark), None)), count(_all_said((">", mark), None))


def labelled(conn: Connection, query_ids: Collection[str]) -> list[tuple[Query, list[Feedback]]]:
    """Return these queries with the votes on them; those that are gone are left out."""
    votes = history.feedback_of_all(conn, query_ids)
    return [(query, votes.get(query.id, [])) for query in history.load_all(conn, query_ids)]


def spoken_of(conn: Connection, until: Mark, session_ids: Collection[str]) -> list[tuple[str, str, Question]]:
    """Return id, session and question of these sessions' queries of which something was said up to the mark."""
    said = _all_said(("<=", until), None).subquery()
    q = queries.c
    wanted = select(q.id, q.session_id, q.question, q.category).where(
        q.session_id.in_(session_ids), q.id.in_(select(said.c.query_id))
    )
    return [(row.id, row.session_id, Question(row.question, category=row.category)) for row in conn.execute(wanted)]


def counts(conn: Connection) -> Counts:
    """Return what there is to learn from."""
    f, j = feedback.c, judgements.c
    votes = conn.execute(
        select(
            func.count().filter(f.better.is_not(None)).label("better"),
            func.count().filter(f.better.is_(None)).label("thumbs"),
            func.count().filter(f.blind).label("blind"),
        ).where(f.query_id == queries.c.id, _IS_NO_COPY)
    ).one()
    said = conn.execute(
        select(
            func.count().filter(_is_verdict()).label("verdicts"),
            func.count().filter(j.status == "undecided").label("undecided"),
            func.count().filter(j.status == "failed").label("failed"),
        ).where(j.query_id == queries.c.id, _IS_NO_COPY)
    ).one()
    return Counts(votes.better, votes.thumbs, votes.blind, said.verdicts, said.undecided, said.failed)


def _all_said(place: tuple[str, Mark] | None, query_id: str | None) -> Any:
    """Every vote and every verdict but those on copies: answers that were bought once are not judged time and again."""
    f, j = feedback.c, judgements.c
    votes = select(f.query_id, f.created_at, f.id).where(
        f.query_id == queries.c.id, _IS_NO_COPY, *_wanted(f, place, query_id)
    )
    verdicts = select(j.query_id, j.created_at, j.id).where(
        j.query_id == queries.c.id, _IS_NO_COPY, _is_verdict(), *_wanted(j, place, query_id)
    )
    return union_all(votes, verdicts)


def _is_verdict() -> ColumnElement[bool]:
    return and_(judgements.c.status == "consistent", judgements.c.better.is_not(None))


def _wanted(c: Any, place: tuple[str, Mark] | None, query_id: str | None) -> list[ColumnElement[bool]]:
    mine = [] if query_id is None else [c.query_id == query_id]
    if place is None:
        return mine
    sign, mark = place
    at, key = literal(mark.at, c.created_at.type), literal(mark.id, identifier())
    after = or_(c.created_at > at, and_(c.created_at == at, c.id > key))
    return [*mine, after if sign == ">" else ~after]
