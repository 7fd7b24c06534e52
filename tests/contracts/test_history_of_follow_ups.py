"""What history promises of questions that continue an answer, on every database."""

from __future__ import annotations

from functools import partial

import pytest
from tests.contracts.test_history_store import a_query, complete, load

from trillm.history import store
from trillm.storage.database import Database
from trillm.vocabulary.conversation import MOST_TURNS, Followed, Turn
from trillm.vocabulary.errors import NotFound
from trillm.vocabulary.question import Query, Question


async def followed(database: Database, response_id: str) -> Question:
    return await database.read(partial(store.follow, question=Question("Go on.", follows=Followed(response_id))))


async def a_chain(database: Database, length: int) -> list[Query]:
    chain: list[Query] = []
    for number in range(length):
        question = Question(f"{number}?")
        if chain:
            question = Question(f"{number}?", follows=Followed(chain[-1].responses[0].id, chain[-1].id))
        chain.append(await complete(database, a_query(question=question)))
    return chain


async def test_a_conversation_is_read_oldest_first_and_as_much_of_it_as_is_sent(database: Database):
    chain = await a_chain(database, MOST_TURNS + 2)
    question = await followed(database, chain[-1].responses[0].id)
    assert question.follows == Followed(chain[-1].responses[0].id, chain[-1].id)
    assert question.conversation == tuple(Turn(q.question.text, q.responses[0].text) for q in chain[2:])


async def test_who_takes_a_query_over_gets_its_conversation_and_who_reads_it_only_what_it_follows(database: Database):
    first, second = await a_chain(database, 2)
    assert (await load(database, second.id)).question.is_cut_off
    again = await database.write(
        partial(store.reopen, query_id=second.id, owner="other", lease_until=second.created_at)
    )
    assert again is not None
    assert again.question.conversation == (Turn("0?", first.responses[0].text),)


async def test_what_followed_a_deleted_answer_is_kept_and_still_says_so(database: Database):
    first, second = await a_chain(database, 2)
    await database.write(partial(store.delete, query_id=first.id, session_id=first.caller.session_id))
    kept = await load(database, second.id)
    assert kept.question.follows == Followed(first.responses[0].id, first.id)
    again = await database.write(
        partial(store.reopen, query_id=second.id, owner="other", lease_until=second.created_at)
    )
    assert again is not None
    assert again.question.is_cut_off
    with pytest.raises(NotFound):
        await followed(database, first.responses[0].id)
