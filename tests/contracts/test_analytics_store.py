"""Totals are the same on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from trillm.analytics.store import EVERYTHING, Cost, JudgeTotals, Latency, Scope, Totals, spent_since, totals
from trillm.history import store
from trillm.storage.database import Database
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import Caller, Feedback, Query, QueryStatus, Question
from trillm.vocabulary.ranking import Judgement, Ranking
from trillm.vocabulary.response import Failure, Response, ResponseStatus, Usage

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def keep(database: Database, *responses: Response, at: datetime = NOON, cached: bool = False) -> Query:
    query = Query(new_id(), Question("q"), Caller("ada"), at, responses=list(responses))
    complete = [r for r in responses if r.status is ResponseStatus.COMPLETE]
    query.cached_at = NOON if cached else None
    query.status = QueryStatus.COMPLETE if complete else QueryStatus.FAILED
    if complete:
        best = complete[0].id
        query.ranking = Ranking((best,), {best: 0.9}, best, 0.9, False, "criteria", "")
    await database.write(partial(store.accept, query=query))
    return query


def response(model: str, status: str = "complete", **more: object) -> Response:
    made = Response(new_id(), "vendor", model, status=ResponseStatus(status), text="x" if status == "complete" else "")
    for name, value in more.items():
        setattr(made, name, value)
    return made


async def read(database: Database, scope: Scope = EVERYTHING) -> Totals:
    return await database.read(partial(totals, scope=scope))


async def test_an_empty_history_has_totals_of_nothing(database: Database):
    empty = await read(database)
    assert empty == Totals(0, 0, 0, 0, Cost(), ())
    assert empty.cache_hit_ratio is None


async def test_models_are_counted_by_how_they_ended_and_the_best_comes_first(database: Database):
    await keep(database, response("b"), response("a", "timeout"))
    await keep(database, response("b"), response("a", "cancelled"))
    await keep(database, response("a", "failed"), response("b", "refused"))
    await keep(database, response("a", "pending"), response("a"))
    found = await read(database)
    assert (found.queries, found.answered, found.failed) == (4, 3, 1)
    rows = [(m.provider, m.model, m.asked, m.complete, m.failed, m.wins) for m in found.models]
    assert rows == [("vendor", "b", 3, 2, 1, 2), ("vendor", "a", 5, 1, 2, 1)]


async def test_what_is_not_known_is_counted_not_taken_for_nothing(database: Database):
    await keep(
        database, response("a", cost_usd=0.25), response("b"), response("b", "failed"), response("c", cost_usd=0.0)
    )
    found = await read(database)
    assert found.cost == Cost(0.25, 1)
    assert {m.model: m.cost for m in found.models} == {"a": Cost(0.25, 0), "b": Cost(0.0, 1), "c": Cost(0.0, 0)}


async def test_copies_are_queries_but_are_not_bought_again(database: Database):
    await keep(database, response("a", cost_usd=1.0))
    for _ in range(3):
        await keep(database, response("a", cost_usd=0.0), cached=True)
    found = await read(database)
    assert (found.queries, found.cached, found.cache_hit_ratio) == (4, 3, 0.75)
    assert (found.cost.known_usd, found.models[0].asked, found.models[0].wins) == (1.0, 1, 1)


async def test_what_was_asked_in_vain_before_an_earlier_answer_was_shown_counts(database: Database):
    tried = [response("a", "truncated", cost_usd=0.5), response("b", "timeout"), response("c", "failed")]
    copies = [response(model, cost_usd=0.0, attempt=2) for model in "abc"]
    await keep(database, *tried, *copies, cached=True)
    found = await read(database)
    assert [(m.model, m.asked, m.complete, m.failed, m.wins, m.cost) for m in found.models] == [
        ("a", 1, 0, 1, 0, Cost(0.5, 0)),
        ("b", 1, 0, 1, 0, Cost(0.0, 1)),
        ("c", 1, 0, 1, 0, Cost(0.0, 0)),
    ]
    assert found.cost == Cost(0.5, 1)
    spent = await database.read(partial(spent_since, since=NOON))
    assert spent == {("vendor", "a"): Cost(0.5, 0), ("vendor", "b"): Cost(0.0, 1), ("vendor", "c"): Cost(0.0, 0)}


async def test_an_answer_may_have_cost_in_sums_when_it_may_have_by_itself(database: Database):
    made = [
        response(f"{status}-{error}-{used}", status, error=Failure(error, "") if error else None, **used)
        for status in ResponseStatus
        if status.is_final
        for error in (None, "connection", "connect-timeout", "cancelled")
        for used in ({}, {"text": "x"}, {"usage": Usage(1, 1)}, {"cost_usd": 0.5})
    ]
    await keep(database, *made)
    found = {m.model: m.cost.unknown for m in (await read(database)).models}
    assert found == {r.model: int(r.may_have_cost) for r in made}
    assert sum(found.values()) > 40


async def test_an_answer_that_is_under_way_may_cost_what_nobody_knows_yet(database: Database):
    await keep(database, response("a", "pending"), response("b", "streaming"), response("c"))
    spent = await database.read(partial(spent_since, since=NOON))
    assert {model: cost.unknown for (_, model), cost in spent.items()} == {"a": 1, "b": 1, "c": 1}
    assert {m.model: m.cost.unknown for m in (await read(database)).models} == {"a": 0, "b": 0, "c": 1}


async def test_what_was_spent_before_is_left_out_of_what_is_spent(database: Database):
    await keep(database, response("a", cost_usd=1.0), at=NOON - timedelta(seconds=1))
    await keep(database, response("b", cost_usd=2.0))
    assert await database.read(partial(spent_since, since=NOON)) == {("vendor", "b"): Cost(2.0, 0)}


async def judged(database: Database, query: Query, status: str, cost_usd: float | None, model: str = "judge") -> None:
    said = Judgement(new_id(), "vendor", model, "close", status, NOON, cost_usd=cost_usd)  # type: ignore[arg-type]
    await database.write(partial(store.save_judgement, query=query, judgement=said))


async def test_what_judges_cost_is_spent_on_the_model_that_judged(database: Database):
    query = await keep(database, response("a", cost_usd=1.0))
    for status, cost, model in (("consistent", 0.25, "judge"), ("failed", None, "judge"), ("undecided", 0.5, "a")):
        await judged(database, query, status, cost, model)
    spent = await database.read(partial(spent_since, since=NOON))
    assert spent == {("vendor", "a"): Cost(1.5, 0), ("vendor", "judge"): Cost(0.25, 1)}
    assert await database.read(partial(spent_since, since=NOON + timedelta(seconds=1))) == {}


async def test_judgements_are_counted_beside_the_answers_and_cost_with_them(database: Database):
    query = await keep(database, response("a", cost_usd=1.0))
    for status, cost in (("consistent", 0.25), ("consistent", 0.25), ("undecided", 0.5), ("failed", None)):
        await judged(database, query, status, cost)
    found = await read(database)
    assert found.judgements == JudgeTotals(4, 2, 1, 1, Cost(1.0, 1))
    assert found.cost == Cost(2.0, 1)
    assert [(m.model, m.asked, m.cost) for m in found.models] == [("a", 1, Cost(1.0, 0))]


async def test_a_judgement_that_came_with_a_copy_was_not_bought_again(database: Database):
    copy = await keep(database, response("a", cost_usd=0.0), cached=True)
    await judged(database, copy, "consistent", 0.0)
    found = await read(database)
    assert (found.judgements, found.cost) == (JudgeTotals(), Cost())


async def test_percentiles_are_those_of_the_nearest_rank(database: Database):
    many = [response("a", response_time_ms=float(n), first_token_ms=n / 2) for n in range(1, 201)]
    await keep(database, *many, response("b", response_time_ms=7.0), response("c"))
    found = {m.model: m for m in (await read(database)).models}
    assert found["a"].response_time == Latency(100.0, 190.0, 198.0)
    assert found["a"].first_token == Latency(50.0, 95.0, 99.0)
    assert (found["b"].response_time, found["b"].first_token) == (Latency(7.0, 7.0, 7.0), Latency())
    assert found["c"].response_time == Latency()


async def test_percentiles_are_of_the_newest_responses(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("trillm.analytics.store.SAMPLE", 2)
    await keep(database, *(response("a", response_time_ms=float(n)) for n in (1, 8, 9)))
    assert (await read(database)).models[0].response_time == Latency(8.0, 9.0, 9.0)


async def test_thumbs_are_counted_for_the_model_that_they_judge(database: Database):
    query = await keep(database, response("a"), response("b"))
    for judged, rating in zip(query.responses, (1, -1), strict=True):
        vote = Feedback(new_id(), query.id, judged.id, rating, NOON)
        await database.write(partial(store.save_feedback, judgement=vote))
    found = {m.model: (m.thumbs_up, m.thumbs_down) for m in (await read(database)).models}
    assert found == {"a": (1, 0), "b": (0, 1)}


async def test_what_was_before_is_left_out(database: Database):
    await keep(database, response("a", cost_usd=1.0, response_time_ms=5.0), at=NOON - timedelta(days=1))
    await keep(database, response("b", cost_usd=2.0))
    found = await read(database, Scope(NOON))
    assert (found.queries, found.cost.known_usd, [m.model for m in found.models]) == (1, 2.0, ["b"])
