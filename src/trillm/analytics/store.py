"""What was asked, what it cost, who won: sums over what history keeps, read in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, String, Table, and_, case, func, or_, select

from trillm.history.tables import feedback, judgements, llm_responses, queries, syntheses
from trillm.vocabulary.question import QueryStatus
from trillm.vocabulary.response import NEVER_SENT, ResponseStatus

SAMPLE = 10_000
"""Percentiles are those of the newest so many responses."""

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_ANSWERED = [QueryStatus.COMPLETE.value, QueryStatus.PARTIAL.value]
_UNFINISHED = [ResponseStatus.PENDING.value, ResponseStatus.STREAMING.value]

Model = tuple[str, str]
"""Provider and model."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which queries are meant: those made since the moment, of one session or (None) of all."""

    since: datetime = _EVER
    session_id: str | None = None

    def holds(self) -> ColumnElement[bool]:
        """Return the condition on a query's row."""
        made = queries.c.created_at >= self.since
        return made if self.session_id is None else and_(queries.c.session_id == self.session_id, made)


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Latency:
    """Nearest-rank percentiles in milliseconds; None when nothing was measured."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """The sum of what is known in USD, and how many answers or judgements cost an amount that nobody knows."""

    known_usd: float = 0.0
    unknown: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.known_usd + other.known_usd, self.unknown + other.unknown)


@dataclass(frozen=True, slots=True)
class ModelTotals:
    """One model: attempts asked, how they ended, how often it was the best, how it was judged."""

    provider: str
    model: str
    asked: int
    complete: int
    failed: int
    """Ended in any other way than complete, the ones that people stopped left out."""
    wins: int
    cost: Cost
    response_time: Latency
    first_token: Latency
    thumbs_up: int
    thumbs_down: int


@dataclass(frozen=True, slots=True)
class JudgeTotals:
    """Judgements asked of models, how they ended, what they cost."""

    asked: int = 0
    consistent: int = 0
    undecided: int = 0
    failed: int = 0
    cost: Cost = Cost()


@dataclass(frozen=True, slots=True)
class Totals:
    """All queries since a moment. Copies from the cache count as queries; what they copied is not counted again."""

    queries: int
    answered: int
    failed: int
    cached: int
    cost: Cost
    """Of answers, judgements and syntheses."""
    models: tuple[ModelTotals, ...]
    """The most often best first."""
    judgements: JudgeTotals = JudgeTotals()

    @property
    def cache_hit_ratio(self) -> float | None:
        """Queries answered by a copy among all, None when there is none."""
        return self.cached / self.queries if self.queries else None


def totals(conn: Connection, scope: Scope = EVERYTHING) -> Totals:
    """Return the totals of these queries."""
    asked = conn.execute(_queries_in(scope)).one()
    thumbs = {(row.llm_provider, row.model): row for row in conn.execute(_thumbs_in(scope))}
    response_times = _latencies(conn, scope, llm_responses.c.response_time_ms)
    first_tokens = _latencies(conn, scope, llm_responses.c.first_token_ms)
    models: list[ModelTotals] = []
    for row in conn.execute(_models_in(scope)):
        key = (row.llm_provider, row.model)
        models.append(
            ModelTotals(
                provider=row.llm_provider,
                model=row.model,
                asked=row.asked,
                complete=row.complete,
                failed=row.failed,
                wins=row.wins,
                cost=Cost(row.known_usd, row.unknown),
                response_time=response_times.get(key, Latency()),
                first_token=first_tokens.get(key, Latency()),
                thumbs_up=thumbs[key].up if key in thumbs else 0,
                thumbs_down=thumbs[key].down if key in thumbs else 0,
            )
        )
    judged = _judgements(conn, scope)
    merged = conn.execute(select(*_cost(syntheses, _may_have_cost(syntheses))).where(_merged(scope))).one()
    cost = sum((m.cost for m in models), judged.cost + Cost(merged.known_usd, merged.unknown))
    return Totals(asked.queries, asked.answered, asked.failed, asked.cached, cost, tuple(models), judged)


def spent_since(conn: Connection, since: datetime) -> dict[Model, Cost]:
    """Return what each model was paid for queries since the moment, judging and merging too, whatever came of it.

    Answers that are under way, or were when their process died, count as unknown: their vendors may bill them.
    """
    spent = _spent(conn, Scope(since), lambda table: (table.c.llm_provider, table.c.model))
    return {(provider, model): cost for (provider, model), cost in spent.items()}


def spent_per_day(conn: Connection, scope: Scope) -> dict[str, Cost]:
    """Return what was paid for the queries of each day (UTC, as YYYY-MM-DD), as in `spent_since`."""
    day = day_of(conn)
    return {str(of_day): cost for (of_day,), cost in _spent(conn, scope, lambda _: (day,)).items()}


def day_of(conn: Connection) -> ColumnElement[str]:
    """Return the expression of the day of a query in UTC: databases have no common one."""
    at = queries.c.created_at
    if conn.dialect.name == "sqlite":
        return func.date(at, type_=String)
    return func.to_char(func.timezone("UTC", at), "YYYY-MM-DD", type_=String)


def latency_of(measured: Iterable[float]) -> Latency:
    """Return the nearest-rank percentiles of measurements in milliseconds."""
    ascending = sorted(measured)
    return Latency(*(ascending[ceil(len(ascending) * p / 100) - 1] for p in (50, 95, 99))) if ascending else Latency()


def _spent(conn: Connection, scope: Scope, by: Callable[[Table], tuple[Any, ...]]) -> dict[tuple[Any, ...], Cost]:
    """Sum what answers, judgements and syntheses cost, by these columns of each table."""
    parts = (
        (llm_responses, _cost(llm_responses, _may_have_cost(llm_responses)), _bought(scope)),
        (judgements, _cost_of_judging(), _judged(scope)),
        (syntheses, _cost(syntheses, _may_have_cost(syntheses)), _merged(scope)),
    )
    total: dict[tuple[Any, ...], Cost] = {}
    for table, cost, condition in parts:
        for row in conn.execute(select(*by(table), *cost).where(condition).group_by(*by(table))):
            *key, known, unknown = row
            total[tuple(key)] = total.get(tuple(key), Cost()) + Cost(known, unknown)
    return total


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _queries_in(scope: Scope) -> Executable:
    return select(
        func.count().label("queries"),
        _count(queries.c.status.in_(_ANSWERED)).label("answered"),
        _count(queries.c.status == QueryStatus.FAILED.value).label("failed"),
        _count(queries.c.cached_at.is_not(None)).label("cached"),
    ).where(scope.holds())


def _bought(scope: Scope) -> Any:
    """The responses that were asked of a vendor. A query that shows an earlier answer may have asked in vain before.

    A copy costs 0, and that tells it from what was asked; a free model's failure in such a query passes for a copy.
    """
    cost = llm_responses.c.cost_usd
    asked = or_(queries.c.cached_at.is_(None), cost.is_(None), cost > 0)
    return and_(llm_responses.c.query_id == queries.c.id, scope.holds(), asked)


def _merged(scope: Scope) -> Any:
    """The syntheses that were asked of a vendor; a copy costs 0, as with answers."""
    cost = syntheses.c.cost_usd
    asked = or_(queries.c.cached_at.is_(None), cost.is_(None), cost > 0)
    return and_(syntheses.c.query_id == queries.c.id, scope.holds(), asked)


def _cost(table: Table, unknown: Any) -> tuple[Any, Any]:
    """The columns of a Cost."""
    known = func.coalesce(func.sum(table.c.cost_usd), 0.0).label("known_usd")
    return known, _count(unknown).label("unknown")


def _may_have_cost(table: Table) -> Any:
    """`Response.may_have_cost`, and what has not ended."""
    r = table.c
    under_way = and_(r.status != ResponseStatus.FAILED.value, func.coalesce(r.error_type, "").not_in(NEVER_SENT))
    return and_(r.cost_usd.is_(None), or_(under_way, r.response_text != "", r.output_tokens.is_not(None)))


def _judgements(conn: Connection, scope: Scope) -> JudgeTotals:
    j = judgements.c
    ended = (_count(j.status == status).label(status) for status in ("consistent", "undecided", "failed"))
    found = select(func.count().label("asked"), *ended, *_cost_of_judging()).where(_judged(scope))
    row = conn.execute(found).one()
    cost = Cost(row.known_usd, row.unknown)
    return JudgeTotals(row.asked, row.consistent, row.undecided, row.failed, cost)


def _judged(scope: Scope) -> Any:
    """The judgements that were asked of a vendor: a copy shows its origin's, which cost 0."""
    cost = judgements.c.cost_usd
    asked = or_(queries.c.cached_at.is_(None), cost.is_(None), cost > 0)
    return and_(judgements.c.query_id == queries.c.id, scope.holds(), asked)


def _cost_of_judging() -> tuple[Any, Any]:
    """The columns of a Cost; a judgement whose cost is not known may have cost something, however it ended."""
    cost = judgements.c.cost_usd
    return func.coalesce(func.sum(cost), 0.0).label("known_usd"), _count(cost.is_(None)).label("unknown")


def _models_in(scope: Scope) -> Executable:
    r = llm_responses.c
    complete, stopped = ResponseStatus.COMPLETE.value, ResponseStatus.CANCELLED.value
    unknown = and_(_may_have_cost(llm_responses), r.status.not_in(_UNFINISHED))
    wins = _count(r.is_best).label("wins")
    return (
        select(
            r.llm_provider,
            r.model,
            func.count().label("asked"),
            _count(r.status == complete).label("complete"),
            _count(r.status.not_in([complete, stopped, *_UNFINISHED])).label("failed"),
            wins,
            *_cost(llm_responses, unknown),
        )
        .where(_bought(scope))
        .group_by(r.llm_provider, r.model)
        .order_by(wins.desc(), r.llm_provider, r.model)
    )


def _votes_in(scope: Scope) -> tuple[Any, ...]:
    """Votes count by when they were made; whose query it is matters for a session only."""
    made = feedback.c.created_at >= scope.since
    if scope.session_id is None:
        return (made,)
    return made, feedback.c.query_id == queries.c.id, queries.c.session_id == scope.session_id


def _thumbs_in(scope: Scope) -> Executable:
    r = llm_responses.c
    return (
        select(
            r.llm_provider,
            r.model,
            _count(feedback.c.rating == 1).label("up"),
            _count(feedback.c.rating == -1).label("down"),
        )
        .where(*_votes_in(scope), feedback.c.response_id == r.id)
        .group_by(r.llm_provider, r.model)
    )


def _latencies(conn: Connection, scope: Scope, measure: Any) -> dict[Model, Latency]:
    """Return each model's percentiles of the measure. Ids are UUIDv7: the greatest are the newest."""
    r = llm_responses.c
    newest = (
        select(r.llm_provider, r.model, measure.label("ms"))
        .where(_bought(scope), measure.is_not(None))
        .order_by(r.id.desc())
        .limit(SAMPLE)
        .subquery()
    )
    samples: dict[Model, list[float]] = {}
    for provider, model, ms in conn.execute(select(newest).order_by(newest.c.ms)):
        samples.setdefault((provider, model), []).append(ms)
    return {key: latency_of(values) for key, values in samples.items()}
