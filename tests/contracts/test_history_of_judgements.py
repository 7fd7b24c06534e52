"""What history promises of judgements, on every database."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from tests.contracts.test_history_store import NOON, a_query, accept, answer, as_kept, claim, complete, load

from trillm.history import store
from trillm.history.listing import store as listing
from trillm.history.listing.store import Wanted
from trillm.storage.database import Database
from trillm.vocabulary.errors import Fenced
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import Feedback, Query, Question
from trillm.vocabulary.ranking import Judgement, Reason
from trillm.vocabulary.response import Failure, Scores


def judgement_of(query: Query, **more: Any) -> Judgement:
    one, two, _ = (response.id for response in query.responses)
    made = Judgement(
        id=new_id(),
        provider="four",
        model="judge:1",
        asked_because="close",
        status="consistent",
        created_at=NOON,
        better=two,
        why="It answers both parts. Ü",
        caution="It is of a candidate's own family.",
        cautions=(Reason("judge-related"),),
        scores={one: Scores(50.5, 40.0, 30.0, 20.0, 42.1), two: Scores(90.0, 80.0, 70.0, 60.0, 80.0)},
        input_tokens=900,
        output_tokens=120,
        cost_usd=0.000321,
        response_time_ms=1234.5,
    )
    return replace(made, **more)


async def judge(database: Database, query: Query, judgement: Judgement) -> None:
    await database.write(partial(store.save_judgement, query=query, judgement=judgement))


async def test_a_judgement_is_read_back_as_it_was(database: Database):
    query = await accept(database, a_query())
    judgements = [
        judgement_of(query),
        judgement_of(query, status="undecided", better=None, asked_because="audit", caution="", cautions=()),
        judgement_of(
            query,
            status="failed",
            asked_because="asked",
            better=None,
            scores={},
            input_tokens=None,
            output_tokens=None,
            cost_usd=None,
            response_time_ms=None,
            error=Failure("overloaded", "It is busy."),
        ),
    ]
    for judgement in judgements:
        await judge(database, query, judgement)
    assert (await load(database, query.id)).judgements == judgements


async def test_what_a_judge_says_is_kept_even_where_no_database_can_keep_it(database: Database):
    query = await accept(database, a_query())
    await judge(database, query, judgement_of(query, why="a\x00\ud800", caution="\x00", model="m\x00"))
    (kept,) = (await load(database, query.id)).judgements
    assert (kept.why, kept.caution, kept.model) == ("a\ufffd\ufffd", "\ufffd", "m\ufffd")


async def test_a_judgement_that_is_kept_again_is_one(database: Database):
    query = await accept(database, a_query())
    judgement = judgement_of(query)
    await judge(database, query, judgement)
    await judge(database, query, judgement)
    assert (await load(database, query.id)).judgements == [judgement]


async def test_only_who_holds_the_query_keeps_a_judgement(database: Database):
    query = await accept(database, a_query(owner="old", lease_until=NOON))
    known = judgement_of(query)
    await judge(database, query, known)
    claimed = await database.write(claim(query, "new"))
    for judgement in (judgement_of(query), replace(known, why="too late")):
        with pytest.raises(Fenced):
            await judge(database, query, judgement)
    assert (await load(database, query.id)).judgements == [known]
    assert claimed is not None
    assert claimed.judgements == [known]
    await judge(database, claimed, judgement_of(query))


async def test_the_object_of_a_judged_query_is_the_same_before_and_after_keeping(database: Database):
    query = await complete(database, a_query())
    query.judgements = [judgement_of(query, status="undecided", better=None), judgement_of(query)]
    for judgement in query.judgements:
        await judge(database, query, judgement)
    assert (await load(database, query.id)).as_object() == as_kept(query).as_object()


async def test_a_copy_is_kept_with_its_judgements_at_once(database: Database):
    query = answer(a_query(cached_at=NOON))
    query.judgements = [judgement_of(query, cost_usd=0.0)]
    await accept(database, query)
    assert await load(database, query.id) == as_kept(query)


async def test_judgements_go_with_their_query(database: Database):
    query = await complete(database, a_query())
    await judge(database, query, judgement_of(query))
    await database.write(partial(store.delete, query_id=query.id, session_id="ada"))

    def left(conn: Connection) -> int:
        return conn.execute(text("SELECT count(*) FROM judgements")).scalar_one()

    assert await database.read(left) == 0


async def test_a_page_holds_the_judgements_and_takes_four_statements_however_long_it_is(database: Database):
    queries = [await complete(database, a_query()) for _ in range(5)]
    for query in queries[:3]:
        await judge(database, query, judgement_of(query))
    said: list[str] = []

    def listen(conn: Connection) -> list[Query]:
        def count(*arguments: Any) -> None:
            said.append(arguments[2])

        event.listen(conn, "before_cursor_execute", count)
        try:
            return listing.page(conn, "ada", Wanted(), before=None, limit=9)
        finally:
            event.remove(conn, "before_cursor_execute", count)

    found = {query.id: len(query.judgements) for query in await database.read(listen)}
    assert found == {query.id: int(n < 3) for n, query in enumerate(queries)}
    assert len(said) == 4


async def test_the_options_that_call_for_a_judge_or_for_economy_are_kept(database: Database):
    query = a_query()
    query.question = Question("q", judge="always", economy=True)
    await accept(database, query)
    assert (await load(database, query.id)).question == query.question


async def test_a_blind_vote_is_told_from_one_with_names_in_sight(database: Database):
    query = await complete(database, a_query())
    ids = [response.id for response in query.responses]
    blind = Feedback(new_id(), query.id, ids[0], -1, NOON, better=ids[1], blind=True)
    seen = Feedback(new_id(), query.id, ids[1], 1, NOON)
    for vote in (blind, seen):
        await database.write(partial(store.save_feedback, judgement=vote))
    assert await database.read(partial(store.feedback_of, query_id=query.id)) == [blind, seen]
    changed = replace(seen, response_id=ids[0], id=blind.id)
    await database.write(partial(store.save_feedback, judgement=changed))
    assert changed in await database.read(partial(store.feedback_of, query_id=query.id))
