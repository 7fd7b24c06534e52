"""What history promises of what was made of answers, on every database."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, text
from tests.contracts.test_history_store import NOON, a_query, accept, answer, as_kept, claim, complete, load

from trillm.analytics.store import spent_since, totals
from trillm.history import store
from trillm.storage.database import Database
from trillm.vocabulary.errors import Fenced
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import Query, Question
from trillm.vocabulary.response import Failure, Response, ResponseStatus, Usage
from trillm.vocabulary.synthesis import Sentence, Synthesis


def synthesis_of(query: Query, **more: Any) -> Synthesis:
    one, two, _ = (response.id for response in query.responses)
    made = Response(
        new_id(),
        "four",
        "m:1",
        status=ResponseStatus.COMPLETE,
        text="Both. Ü\x00",
        usage=Usage(900, 120),
        cost_usd=0.000321,
        first_token_ms=12.3,
        response_time_ms=1234.5,
    )
    for name, value in more.items():
        setattr(made, name, value)
    return Synthesis(made, (one, two), (Sentence(0, 5, (one, two)), Sentence(6, 8, ())))


async def merge(database: Database, query: Query, synthesis: Synthesis) -> None:
    await database.write(partial(store.save_synthesis, query=query, synthesis=synthesis))


async def test_a_synthesis_is_kept_as_it_becomes_and_read_back_oldest_first(database: Database):
    query = await accept(database, a_query())
    query.question = Question("q", synthesize=True, synthesizer="four:m:1")
    wanted = Synthesis(Response(new_id(), "four", "m:1"), (query.responses[0].id,))
    await merge(database, query, wanted)
    assert (await load(database, query.id)).syntheses == [wanted]
    failed = {"status": ResponseStatus.FAILED, "text": "", "cost_usd": None, "error": Failure("overloaded", "Busy.")}
    made = [synthesis_of(query), synthesis_of(query, **failed)]
    for synthesis in made:
        await merge(database, query, synthesis)
    wanted.made.status = ResponseStatus.CANCELLED
    await merge(database, query, wanted)
    made[0].made.text = "Both. Ü\ufffd"
    assert (await load(database, query.id)).syntheses == [wanted, *made]


async def test_the_wish_to_have_answers_merged_is_kept(database: Database):
    query = a_query()
    query.question = Question("q", synthesize=True, synthesizer="four:m:1")
    await accept(database, query)
    assert (await load(database, query.id)).question == query.question


async def test_only_who_holds_the_query_keeps_a_synthesis(database: Database):
    query = await accept(database, a_query(owner="old", lease_until=NOON))
    known = synthesis_of(query, text="Both.")
    await merge(database, query, known)
    claimed = await database.write(claim(query, "new"))
    for synthesis in (synthesis_of(query), known):
        with pytest.raises(Fenced):
            await merge(database, query, synthesis)
    assert claimed is not None
    assert claimed.syntheses == [known]
    await merge(database, claimed, known)


async def test_a_copy_is_kept_with_its_synthesis_at_once_and_both_go_together(database: Database):
    query = answer(a_query(cached_at=NOON))
    query.syntheses = [synthesis_of(query, text="Both.", cost_usd=0.0)]
    await accept(database, query)
    assert await load(database, query.id) == as_kept(query)
    await database.write(partial(store.delete, query_id=query.id, session_id="ada"))

    def left(conn: Connection) -> int:
        return conn.execute(text("SELECT count(*) FROM syntheses")).scalar_one()

    assert await database.read(left) == 0


async def test_what_merging_cost_counts_and_a_copy_costs_nothing(database: Database):
    query = await complete(database, a_query())
    before = await database.read(totals)
    cut = {"status": ResponseStatus.CANCELLED, "cost_usd": None}
    for synthesis in (synthesis_of(query), synthesis_of(query, **cut)):
        await merge(database, query, synthesis)
    copy = answer(a_query(cached_at=NOON))
    copy.syntheses = [synthesis_of(copy, cost_usd=0.0)]
    for response in copy.responses:
        response.cost_usd = 0.0
    await accept(database, copy)
    after = await database.read(totals)
    assert after.cost.known_usd - before.cost.known_usd == pytest.approx(0.000321)
    assert after.cost.unknown - before.cost.unknown == 1
    spent = await database.read(partial(spent_since, since=NOON))
    assert spent[("four", "m:1")].known_usd == pytest.approx(0.000321)
    assert spent[("four", "m:1")].unknown == 1
