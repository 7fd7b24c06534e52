"""Queries, their responses, judgements and feedback, written and read: plain functions over one connection.

Whoever calls them decides where a transaction ends (`Database.write`, `Database.read`). A write for a query is fenced:
it raises Fenced unless the query is kept with the epoch that the writer holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy import delete as delete_from
from sqlalchemy.exc import IntegrityError

from trillm.history import rows
from trillm.history.tables import feedback, judgements, llm_responses, queries, syntheses
from trillm.storage.prepared import Prepared
from trillm.storage.types import as_id
from trillm.vocabulary.conversation import Followed, Turn, bounded
from trillm.vocabulary.errors import Conflict, Fenced, NotFound
from trillm.vocabulary.ids import now
from trillm.vocabulary.question import Feedback, Query, QueryStatus, Question
from trillm.vocabulary.ranking import Judgement
from trillm.vocabulary.response import Response, ResponseStatus
from trillm.vocabulary.synthesis import Synthesis

_EVER = datetime(1970, 1, 1, tzinfo=UTC)

# Statements are built once: SQLAlchemy then finds their SQL in its cache, which halves the cost of small ones.
_held = (queries.c.id == bindparam("b_query"), queries.c.epoch == bindparam("b_epoch"))
# On PostgreSQL the lock makes a claim wait for this transaction, or this one see the claim; SQLite has one writer.
_STILL_HELD = select(queries.c.id).where(*_held).with_for_update(read=True)
_INSERT_QUERY = Prepared(insert(queries))
_INSERT_RESPONSES = Prepared(insert(llm_responses))
_UPDATE_RESPONSE = Prepared(
    update(llm_responses).where(
        llm_responses.c.id == bindparam("b_id"),
        llm_responses.c.query_id == select(queries.c.id).where(*_held).with_for_update(read=True).scalar_subquery(),
    )
)
# Within the transaction that has finished the query, which is held since.
_WRITE_RESPONSE = Prepared(update(llm_responses).where(llm_responses.c.id == bindparam("b_id")))
_FINISH = Prepared(update(queries).where(*_held))
_is_there = queries.c.discarded_at.is_(None)
_KEPT = select(queries).where(queries.c.id == bindparam("b_query"))
_QUERY = _KEPT.where(_is_there)
# Ids are UUIDv7, made in the panel's order: they sort attempts and members as they were asked.
_RESPONSES = select(llm_responses).where(llm_responses.c.query_id == bindparam("b_query")).order_by(llm_responses.c.id)
_JUDGEMENTS = select(judgements).where(judgements.c.query_id == bindparam("b_query")).order_by(judgements.c.id)
_INSERT_JUDGEMENT = insert(judgements)
_UPDATE_JUDGEMENT = update(judgements).where(
    judgements.c.id == bindparam("b_id"),
    judgements.c.query_id == select(queries.c.id).where(*_held).with_for_update(read=True).scalar_subquery(),
)
_SYNTHESES = select(syntheses).where(syntheses.c.query_id == bindparam("b_query")).order_by(syntheses.c.id)
_INSERT_SYNTHESIS = insert(syntheses)
_UPDATE_SYNTHESIS = update(syntheses).where(
    syntheses.c.id == bindparam("b_id"),
    syntheses.c.query_id == select(queries.c.id).where(*_held).with_for_update(read=True).scalar_subquery(),
)
_TURN = (
    select(
        llm_responses.c.id.label("response_id"),
        llm_responses.c.query_id,
        llm_responses.c.status,
        llm_responses.c.response_text,
        queries.c.question,
        queries.c.follows_response_id,
    )
    .join(queries, queries.c.id == llm_responses.c.query_id)
    .where(_is_there)
)
_EARLIER = _TURN.where(llm_responses.c.id == bindparam("b_id"))
_FOLLOWED = _TURN.where(
    or_(
        llm_responses.c.id == bindparam("b_id"),
        and_(llm_responses.c.query_id == bindparam("b_id"), llm_responses.c.is_best),
    )
)
_IDEMPOTENT = select(queries).where(
    queries.c.session_id == bindparam("b_session"), queries.c.idempotency_key == bindparam("b_key")
)
_has_best = exists().where(llm_responses.c.query_id == queries.c.id, llm_responses.c.is_best)
# A copy is as old as its origin.
_answered_at = func.coalesce(queries.c.cached_at, queries.c.created_at)
_ANSWERED = (
    select(queries)
    .where(
        queries.c.fingerprint == bindparam("b_fingerprint"),
        # not IN: SQLAlchemy would write its list anew each time
        or_(queries.c.status == QueryStatus.COMPLETE.value, queries.c.status == QueryStatus.PARTIAL.value),
        _answered_at >= bindparam("b_since", type_=queries.c.created_at.type),
        _has_best,
        _is_there,
    )
    .order_by(queries.c.cached_at.is_not(None), _answered_at.desc(), queries.c.id.desc())
    .limit(1)
)
_IS_ANSWERED = Prepared(_ANSWERED)
_is_running = queries.c.status == QueryStatus.RUNNING.value
_RUNNING = select(queries.c.id, queries.c.owner).where(_is_running).order_by(queries.c.id)


def accept(conn: Connection, query: Query) -> None:
    """Keep a new query with its responses; Conflict when its id or its session's Idempotency-Key is kept already."""
    try:
        _INSERT_QUERY.run(conn, rows.query_values(query))
    except IntegrityError:
        raise Conflict("This query, or one with the same Idempotency-Key, is kept already.") from None
    if query.responses:
        values = [rows.new_response_values(query, r, query.created_at) for r in query.responses]
        _INSERT_RESPONSES.run_all(conn, values)
    if query.judgements:
        conn.execute(_INSERT_JUDGEMENT, [_judgement_values(query, j) for j in query.judgements])
    if query.syntheses:
        conn.execute(_INSERT_SYNTHESIS, [_synthesis_values(query, s) for s in query.syntheses])


def save_response(conn: Connection, query: Query, response: Response) -> None:
    """Keep what became of one response, new or known; fenced."""
    held = {"b_query": query.id, "b_epoch": query.epoch}
    if _UPDATE_RESPONSE.run(conn, {**held, "b_id": response.id, **rows.response_values(response)}):
        return
    if conn.execute(_STILL_HELD, held).first() is None:
        raise Fenced("Another process continues this query.")
    _INSERT_RESPONSES.run(conn, rows.new_response_values(query, response, now()))


def save_judgement(conn: Connection, query: Query, judgement: Judgement) -> None:
    """Keep what a judge said, new or known; the response that it prefers is kept before. Fenced."""
    held = {"b_query": query.id, "b_epoch": query.epoch}
    values = rows.judgement_values(judgement)
    if conn.execute(_UPDATE_JUDGEMENT, {**held, "b_id": judgement.id, **values}).rowcount:
        return
    if conn.execute(_STILL_HELD, held).first() is None:
        raise Fenced("Another process continues this query.")
    conn.execute(_INSERT_JUDGEMENT, _judgement_values(query, judgement))


def save_synthesis(conn: Connection, query: Query, synthesis: Synthesis) -> None:
    """Keep what became of a synthesis, new or known; fenced."""
    held = {"b_query": query.id, "b_epoch": query.epoch}
    values = rows.synthesis_values(synthesis)
    if conn.execute(_UPDATE_SYNTHESIS, {**held, "b_id": synthesis.made.id, **values}).rowcount:
        return
    if conn.execute(_STILL_HELD, held).first() is None:
        raise Fenced("Another process continues this query.")
    conn.execute(_INSERT_SYNTHESIS, _synthesis_values(query, synthesis))


def finish(conn: Connection, query: Query, ended: Sequence[Response] = ()) -> None:
    """Keep the end: status, ranking, each response's place in it; nobody works on the query any more. Fenced.

    `ended` are those responses, new or known, of which more than the place is to be kept.
    """
    end = {"status": query.status.value, "cached_at": query.cached_at, "owner": None, "lease_until": None}
    held = {"b_query": query.id, "b_epoch": query.epoch}
    if not _FINISH.run(conn, {**held, **end, **rows.end_values(query)}):
        raise Fenced("Another process continues this query.")
    for response in ended:
        values = {**rows.response_values(response), **rows.place_values(query.ranking, response)}
        if not _WRITE_RESPONSE.run(conn, {"b_id": response.id, **values}):
            _INSERT_RESPONSES.run(conn, rows.new_response_values(query, response, now()))
    written = {response.id for response in ended}
    places = [{"b_id": r.id, **rows.place_values(query.ranking, r)} for r in query.responses if r.id not in written]
    if places:
        _WRITE_RESPONSE.run_all(conn, places)


def load(conn: Connection, query_id: str, *, discarded: bool = False) -> Query | None:
    """Return the whole query; None when there is none, or the id is no id, or it was thrown away and is not wanted."""
    key, wanted = as_id(query_id), _KEPT if discarded else _QUERY
    return None if key is None else _whole(conn, conn.execute(wanted, {"b_query": key}).first())


def load_all(conn: Connection, query_ids: Collection[str]) -> list[Query]:
    """Return these queries, whole, oldest first; those that are gone are left out."""
    found = conn.execute(select(queries).where(queries.c.id.in_(query_ids)).order_by(queries.c.id)).all()
    return whole(conn, found)


def whole(conn: Connection, found: Sequence[Row[Any]]) -> list[Query]:
    """Return the queries of these rows, in their order, with three statements however many they are."""
    ids = [row.id for row in found]
    parts = [_of_queries(conn, table, ids) for table in (llm_responses, judgements, syntheses)]
    return [rows.to_query(row, *(part.get(row.id, ()) for part in parts)) for row in found]


def follow(conn: Connection, question: Question) -> Question:
    """Return the question with the conversation that it continues, as much of it as is sent.

    A conversation begins where something was deleted. Raises NotFound where the answer itself is gone or never was,
    Conflict where there is nothing in it to continue.
    """
    if question.follows is None:
        return question
    key = as_id(question.follows.response_id)
    last = None if key is None else conn.execute(_FOLLOWED, {"b_id": key}).first()
    if last is None:
        raise NotFound("There is no such answer to continue.")
    if not (ResponseStatus(last.status).is_final and last.response_text.strip()):
        raise Conflict("This answer has nothing to continue: it has not ended, or it ended without a word.")
    return replace(
        question, follows=Followed(last.response_id, last.query_id), conversation=bounded(_turns(conn, last))
    )


def find_idempotent(conn: Connection, session_id: str, key: str) -> Query | None:
    """Return the session's query that was asked with this Idempotency-Key."""
    return _whole(conn, conn.execute(_IDEMPOTENT, {"b_session": session_id, "b_key": key}).first())


def find_answered(conn: Connection, fingerprint: str, since: datetime | None) -> Query | None:
    """Return the newest answered query with this fingerprint whose answers are not older than `since`.

    A copy is as old as what it was copied from, and is used only when the origin is gone.
    """
    values = {"b_fingerprint": fingerprint, "b_since": since or _EVER}
    if not _IS_ANSWERED.finds(conn, values):  # as nearly always
        return None
    return _whole(conn, conn.execute(_ANSWERED, values).first())


def delete(conn: Connection, query_id: str, session_id: str) -> bool:
    """Delete the session's query with all that belongs to it; False when the session has no such query."""
    mine = delete_from(queries).where(queries.c.id == as_id(query_id), queries.c.session_id == session_id)
    return conn.execute(mine).rowcount > 0


def claim(
    conn: Connection, query_id: str, owner: str, lease_until: datetime, *, held_by: str | None = None
) -> Query | None:
    """Take over a running query that nobody holds, whose lease is over, or whose holder `held_by` is known to be dead.

    The query comes back with the next epoch, which fences its former holder; None when another was faster or it ended.
    """
    free = _is_running & or_(_unheld(now()), queries.c.owner == held_by)
    return _take(conn, query_id, owner, lease_until, free)


def reopen(conn: Connection, query_id: str, owner: str, lease_until: datetime) -> Query | None:
    """Make an ended query run again under the next epoch, to retry one model or to merge; None when it is running."""
    return _take(conn, query_id, owner, lease_until, ~_is_running)


def claimable(conn: Connection, moment: datetime) -> list[tuple[str, str | None]]:
    """Return id and owner of the running queries that nobody holds or whose lease was over at the moment."""
    return [(row.id, row.owner) for row in conn.execute(_RUNNING.where(_unheld(moment)))]


def running(conn: Connection) -> list[tuple[str, str | None]]:
    """Return id and owner of all running queries, oldest first."""
    return [(row.id, row.owner) for row in conn.execute(_RUNNING)]


def renew(conn: Connection, owner: str, query_ids: Collection[str], lease_until: datetime) -> set[str]:
    """Prolong the owner's leases on these queries; return the ids of those that it still holds.

    A running query that the owner does not name is one that it gave up: its lease runs out.
    """
    mine = update(queries).where(queries.c.owner == owner, queries.c.id.in_(query_ids), _is_running)
    return set(conn.execute(mine.values(lease_until=lease_until).returning(queries.c.id)).scalars())


def release(conn: Connection, owner: str) -> None:
    """Give up what the owner holds, so that another process can continue it at once; it still says whose it was."""
    mine = update(queries).where(queries.c.owner == owner, _is_running)
    conn.execute(mine.values(lease_until=None))


def save_feedback(conn: Connection, judgement: Feedback) -> str:
    """Keep a judgement, in the place of an earlier one on the same response; NotFound when the query has no such."""
    judgement = replace(
        judgement,
        query_id=as_id(judgement.query_id) or "",
        response_id=as_id(judgement.response_id) or "",
        better=None if judgement.better is None else as_id(judgement.better) or "",
    )
    named = {judgement.response_id} | ({judgement.better} if judgement.better is not None else set[str]())
    ids = {as_id(name) for name in named}
    known = (
        select(llm_responses.c.id)
        .where(llm_responses.c.query_id == as_id(judgement.query_id), llm_responses.c.id.in_(ids - {None}))
        .with_for_update()
    )
    if None in ids or set(conn.execute(known).scalars()) != ids:
        raise NotFound("This query has no such response.")
    values: dict[str, Any] = {"rating": judgement.rating, "better": judgement.better, "comment": judgement.comment}
    values |= {"blind": judgement.blind, "created_at": judgement.created_at}
    changed = update(feedback).where(feedback.c.response_id == judgement.response_id).values(values)
    kept = conn.execute(changed.returning(feedback.c.id)).scalar()
    if kept is not None:
        return str(kept)
    names = {"id": judgement.id, "query_id": judgement.query_id, "response_id": judgement.response_id}
    conn.execute(insert(feedback).values(**names, **values))
    return judgement.id


def feedback_of_all(conn: Connection, query_ids: Collection[str]) -> dict[str, list[Feedback]]:
    """Return what was said about the responses of these queries, by query."""
    found = _of_queries(conn, feedback, query_ids)
    return {query_id: [rows.to_feedback(row) for row in said] for query_id, said in found.items()}


def feedback_of(conn: Connection, query_id: str) -> list[Feedback]:
    """Return what was said about the query's responses, oldest first."""
    found = select(feedback).where(feedback.c.query_id == as_id(query_id)).order_by(feedback.c.created_at)
    return [rows.to_feedback(row) for row in conn.execute(found)]


def _unheld(moment: datetime) -> ColumnElement[bool]:
    """Nobody works on it, or whoever did has let its lease run out."""
    return or_(queries.c.owner.is_(None), queries.c.lease_until.is_(None), queries.c.lease_until <= moment)


def _take(
    conn: Connection, query_id: str, owner: str, lease_until: datetime, free: ColumnElement[bool]
) -> Query | None:
    """Take the query for the owner if it is free: of several takers the row lets one through, the others see it."""
    key = as_id(query_id)
    taken = {"owner": owner, "lease_until": lease_until, "status": QueryStatus.RUNNING.value}
    taking = update(queries).where(queries.c.id == key, _is_there, free).values(epoch=queries.c.epoch + 1, **taken)
    query = load(conn, query_id) if key is not None and conn.execute(taking).rowcount else None
    if query is not None:
        with suppress(NotFound):  # then it is cut off
            query.question = follow(conn, query.question)
    return query


def _turns(conn: Connection, last: Any) -> Iterator[Turn]:
    """Yield a conversation's turns, newest first, to its beginning or to where it was deleted."""
    turn = last
    while turn is not None:
        yield Turn(turn.question, turn.response_text)
        earlier = turn.follows_response_id
        turn = None if earlier is None else conn.execute(_EARLIER, {"b_id": earlier}).first()


def _whole(conn: Connection, row: Row[Any] | None) -> Query | None:
    if row is None:
        return None
    key = {"b_query": row.id}
    parts = (conn.execute(wanted, key).all() for wanted in (_RESPONSES, _JUDGEMENTS, _SYNTHESES))
    return rows.to_query(row, *parts)


def _judgement_values(query: Query, judgement: Judgement) -> dict[str, Any]:
    return {"id": judgement.id, "query_id": query.id, **rows.judgement_values(judgement)}


def _synthesis_values(query: Query, synthesis: Synthesis) -> dict[str, Any]:
    names = {"id": synthesis.made.id, "query_id": query.id, "created_at": now()}
    return names | rows.synthesis_values(synthesis)


def _of_queries(conn: Connection, table: Table, query_ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """Return the rows that belong to these queries, by query; ids are UUIDv7, so in the order they were made."""
    by_query: dict[str, list[Row[Any]]] = defaultdict(list)
    found = select(table).where(table.c.query_id.in_(query_ids)).order_by(table.c.id)
    for row in conn.execute(found) if query_ids else ():
        by_query[row.query_id].append(row)
    return by_query
