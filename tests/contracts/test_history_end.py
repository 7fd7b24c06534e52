"""What history promises of a query's end, on every database."""

from __future__ import annotations

from functools import partial

import pytest
from tests.contracts.test_history_store import NOON, a_query, accept, answer, as_kept, claim, load

from trillm.history import store
from trillm.storage.database import Database
from trillm.vocabulary.errors import Fenced


@pytest.mark.parametrize("last", [1, 2, 3])
async def test_what_ended_last_is_kept_with_the_end(database: Database, last: int) -> None:
    query = answer(await accept(database, a_query(owner="host:1", lease_until=NOON)))
    for response in query.responses[:-last]:
        await database.write(partial(store.save_response, query=query, response=response))
    await database.write(partial(store.finish, query=query, ended=query.responses[-last:]))
    assert await load(database, query.id) == as_kept(query)


async def test_a_response_that_nobody_had_kept_is_kept_with_the_end(database: Database) -> None:
    query = a_query(owner="host:1", lease_until=NOON)
    known, query.responses = query.responses, query.responses[:1]
    await accept(database, query)
    query.responses = known
    await database.write(partial(store.finish, query=answer(query), ended=query.responses))
    assert await load(database, query.id) == as_kept(query)


async def test_the_end_is_fenced_with_all_that_ended_last(database: Database) -> None:
    query = await accept(database, a_query(owner="old", lease_until=NOON))
    claimed = await database.write(claim(query, "new"))
    with pytest.raises(Fenced):
        await database.write(partial(store.finish, query=answer(query), ended=query.responses))
    assert await load(database, query.id) == claimed
