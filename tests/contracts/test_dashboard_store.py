"""A session's own numbers are the same on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from trillm.analytics.dashboard.agreement import Proportion
from trillm.analytics.dashboard.store import Board, Criteria, Day, board
from trillm.analytics.store import Cost, Latency, Scope
from trillm.history import store
from trillm.storage.database import Database
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import Caller, Feedback, Query, QueryStatus, Question
from trillm.vocabulary.ranking import Judgement, Ranking
from trillm.vocabulary.response import Response, ResponseStatus, Scores

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATE = datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)
MINE = Scope(NOON - timedelta(days=7), "ada")


def answer(model: str, status: str = "complete", **more: object) -> Response:
    made = Response(new_id(), "vendor", model, status=ResponseStatus(status), cost_usd=0.0)
    for name, value in more.items():
        setattr(made, name, value)
    return made


async def keep(database: Database, *answers: Response, at: datetime = NOON, session: str = "ada", **more: object):
    query = Query(new_id(), Question("q"), Caller(session), at, QueryStatus.COMPLETE, list(answers))
    for name, value in more.items():
        setattr(query, name, value)
    best = answers[0].id
    query.ranking = Ranking((best,), {best: 0.9}, best, 0.9, False, "criteria", "")
    answers[0].is_best = True
    await database.write(partial(store.accept, query=query))
    return query


async def read(database: Database) -> Board:
    return await database.read(partial(board, scope=MINE))


async def test_a_session_that_asked_nothing_has_numbers_of_nothing(database: Database):
    await keep(database, answer("a"), answer("b"), session="bob")
    empty = await read(database)
    assert (empty.totals.queries, empty.days, empty.wins, empty.failures, empty.criteria) == (0, (), {}, {}, {})
    assert (empty.elapsed, empty.votes.with_pick, empty.votes.bins) == (Latency(), Proportion(), ())


async def test_days_are_those_of_utc_with_what_each_cost_and_took(database: Database):
    await keep(database, answer("a", cost_usd=0.25), at=LATE, elapsed_ms=100.0)
    for elapsed, cost in ((300.0, 0.5), (500.0, None)):
        await keep(database, answer("a", cost_usd=cost), elapsed_ms=elapsed)
    await keep(database, answer("a"), elapsed_ms=1.0, cached_at=NOON)
    await keep(database, answer("a", cost_usd=9.0), elapsed_ms=9.0, session="bob")
    await keep(database, answer("a", cost_usd=9.0), elapsed_ms=9.0, at=NOON - timedelta(days=8))
    found = await read(database)
    assert found.days == (
        Day("2026-11-21", 1, Cost(0.25, 0), Latency(100.0, 100.0, 100.0)),
        Day("2026-11-22", 3, Cost(0.5, 1), Latency(300.0, 500.0, 500.0)),
    )
    assert found.elapsed == Latency(300.0, 500.0, 500.0)
    assert (found.totals.queries, found.totals.cached, found.totals.cost) == (4, 1, Cost(0.75, 1))


async def test_a_win_is_one_over_another_model(database: Database):
    await keep(database, answer("a"), answer("b"))
    await keep(database, answer("b"), answer("a", "timeout"), answer("a", attempt=2))
    await keep(database, answer("a"))
    await keep(database, answer("a"), answer("a", attempt=2))
    await keep(database, answer("a"), answer("b"), cached_at=NOON)
    found = await read(database)
    assert found.wins == {("vendor", "a"): Proportion(1, 2), ("vendor", "b"): Proportion(1, 2)}


async def test_failures_are_told_by_their_kind_and_scores_in_the_mean(database: Database):
    one, other = Scores(80, 70, 60, 50, 70), Scores(90, 80, 70, 60, 80)
    await keep(database, answer("a", scores=one), answer("b", "timeout"), answer("b", "cancelled"))
    await keep(database, answer("a", scores=other), answer("b", "refused"), answer("b", "timeout"))
    found = await read(database)
    assert found.failures == {("vendor", "b"): {"refused": 1, "timeout": 2}}
    assert found.criteria == {("vendor", "a"): Criteria(2, Scores(85, 75, 65, 55, 75))}


@pytest.mark.parametrize("prefers_pick", [True, False])
async def test_votes_are_compared_with_the_pick_and_the_newest_verdict(database: Database, prefers_pick: bool):
    query = await keep(database, answer("a"), answer("b"))
    first, second = (response.id for response in query.responses)
    for number, better in enumerate((first, second)):
        said = Judgement(
            new_id(), "vendor", "judge", "close", "consistent", NOON + timedelta(seconds=number), better=better
        )
        await database.write(partial(store.save_judgement, query=query, judgement=said))
    vote = Feedback(new_id(), query.id, first, 1 if prefers_pick else -1, NOON, first if prefers_pick else second)
    await database.write(partial(store.save_feedback, judgement=vote))
    votes = (await read(database)).votes
    assert (votes.with_pick, votes.with_judge) == (
        Proportion(int(prefers_pick), 1),
        Proportion(int(not prefers_pick), 1),
    )
    assert [(step.predicted, step.agreed.of) for step in votes.bins] == [(0.9, 1)]
