"""One session's numbers, read in one transaction; every statement finds its queries by session and time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, and_, case, func, select

from trillm.analytics.dashboard.agreement import Agreement, Proportion, Vote, agreement
from trillm.analytics.store import (
    SAMPLE,
    Cost,
    Latency,
    Model,
    Scope,
    Totals,
    day_of,
    latency_of,
    spent_per_day,
    totals,
)
from trillm.history.tables import feedback, judgements, llm_responses, queries
from trillm.vocabulary.response import ResponseStatus, Scores

_NO_COPY = queries.c.cached_at.is_(None)
"""Answers that were bought once are not compared, or voted on, time and again."""


@dataclass(frozen=True, slots=True)
class Day:
    """The questions of one day (UTC): how many, what they cost, how long they took from asking to the last answer."""

    day: str
    questions: int
    cost: Cost
    elapsed: Latency


@dataclass(frozen=True, slots=True)
class Criteria:
    """The mean scores of a model's answers, 0 to 100, and of how many answers."""

    answers: int
    scores: Scores


@dataclass(frozen=True, slots=True)
class Board:
    """What one session asked: totals, days in order, and by model the contests, the failures and the criteria."""

    totals: Totals
    elapsed: Latency
    days: tuple[Day, ...]
    wins: dict[Model, Proportion]
    """How often a model was the best, of the questions with a pick that it and at least one other were asked."""
    failures: dict[Model, dict[str, int]]
    """How often its answers ended in each status that is neither complete nor stopped by a person."""
    criteria: dict[Model, Criteria]
    votes: Agreement


def board(conn: Connection, scope: Scope) -> Board:
    """Return the numbers of these queries. Times and votes are those of the newest SAMPLE."""
    elapsed = _elapsed(conn, scope)
    return Board(
        totals(conn, scope),
        latency_of(ms for of_day in elapsed.values() for ms in of_day),
        _days(conn, scope, elapsed),
        {
            (row.llm_provider, row.model): Proportion(row.wins, row.contests)
            for row in conn.execute(_contests_in(scope))
        },
        _failures(conn, scope),
        {(row.llm_provider, row.model): _criteria(row) for row in conn.execute(_criteria_in(scope))},
        agreement(_votes(conn, scope)),
    )


def _elapsed(conn: Connection, scope: Scope) -> dict[str, list[float]]:
    q = queries.c
    newest = (
        select(q.created_at, q.elapsed_ms)
        .where(scope.holds(), _NO_COPY, q.elapsed_ms.is_not(None))
        .order_by(q.created_at.desc())
        .limit(SAMPLE)
    )
    found: dict[str, list[float]] = defaultdict(list)
    for at, elapsed_ms in conn.execute(newest):
        found[at.date().isoformat()].append(elapsed_ms)
    return found


def _days(conn: Connection, scope: Scope, elapsed: dict[str, list[float]]) -> tuple[Day, ...]:
    day = day_of(conn).label("day")
    spent = spent_per_day(conn, scope)
    counted = conn.execute(select(day, func.count()).where(scope.holds()).group_by(day).order_by(day))
    return tuple(Day(of, n, spent.get(of, Cost()), latency_of(elapsed.get(of, ()))) for of, n in counted)


def _contests_in(scope: Scope) -> Executable:
    r, panel = llm_responses.c, llm_responses.alias("panel").c
    members = func.count((panel.llm_provider + ":" + panel.model).distinct())
    contested = (
        select(panel.query_id)
        .where(panel.query_id == queries.c.id, scope.holds(), _NO_COPY)
        .group_by(panel.query_id)
        .having(members > 1, func.sum(_one_if(panel.is_best)) > 0)
    )
    return (
        select(
            r.llm_provider,
            r.model,
            func.sum(_one_if(r.is_best)).label("wins"),
            func.count(r.query_id.distinct()).label("contests"),
        )
        .where(r.query_id.in_(contested))
        .group_by(r.llm_provider, r.model)
    )


def _failures(conn: Connection, scope: Scope) -> dict[Model, dict[str, int]]:
    r = llm_responses.c
    unhappy = [s.value for s in ResponseStatus if s.is_final and s.value not in ("complete", "cancelled")]
    counted = (
        select(r.llm_provider, r.model, r.status, func.count())
        .where(r.query_id == queries.c.id, scope.holds(), r.status.in_(unhappy))
        .group_by(r.llm_provider, r.model, r.status)
        .order_by(r.status)
    )
    found: dict[Model, dict[str, int]] = defaultdict(dict)
    for provider, model, status, count in conn.execute(counted):
        found[provider, model][status] = count
    return found


def _criteria_in(scope: Scope) -> Executable:
    r = llm_responses.c
    means = (func.avg(r.scores[name].as_float()).label(name) for name in Scores.__slots__)
    return (
        select(r.llm_provider, r.model, func.count().label("answers"), *means)
        .where(r.query_id == queries.c.id, scope.holds(), _NO_COPY, r.scores.is_not(None))
        .group_by(r.llm_provider, r.model)
    )


def _criteria(row: Any) -> Criteria:
    return Criteria(row.answers, Scores(*(round(float(getattr(row, name)), 1) for name in Scores.__slots__)))


def _votes(conn: Connection, scope: Scope) -> list[Vote]:
    f, j, q, best = feedback.c, judgements.c, queries.c, llm_responses.c
    verdicts = (
        select(j.query_id, j.better)
        .where(j.query_id == q.id, scope.holds(), j.status == "consistent", j.better.is_not(None))
        .order_by(j.created_at, j.id)
    )
    judged: dict[str, str] = {row.query_id: row.better for row in conn.execute(verdicts)}
    picked = and_(best.query_id == q.id, best.is_best)
    newest = (
        select(f.query_id, f.response_id, f.rating, f.better, best.id.label("pick"), q.confidence)
        .where(f.query_id == q.id, picked, scope.holds(), _NO_COPY)
        .order_by(f.created_at.desc(), f.id.desc())
        .limit(SAMPLE)
    )
    return [
        Vote(row.query_id, row.response_id, row.rating, row.better, row.pick, row.confidence, judged.get(row.query_id))
        for row in conn.execute(newest)
    ]


def _one_if(condition: Any) -> Any:
    return case((condition, 1), else_=0)
