"""What a share promises, on every database: only its owner makes and ends it, and it leads nowhere else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import orjson
import pytest
from sqlalchemy import select
from tests.contracts.test_history_store import NOON, a_query, accept, answer, complete

from trillm.history import store as history
from trillm.query.schemas import QueryObject
from trillm.sharing import share as sharing
from trillm.sharing import store
from trillm.sharing.share import MAX_SHARES, Sharer, freeze
from trillm.sharing.store import Share, Shared
from trillm.sharing.tables import shares
from trillm.storage.database import Database
from trillm.vocabulary.conversation import Followed
from trillm.vocabulary.errors import Conflict, InvalidInput, NotFound
from trillm.vocabulary.ids import new_id, now
from trillm.vocabulary.question import Caller
from trillm.vocabulary.ranking import Judgement
from trillm.vocabulary.response import Scores

ADA, EVE = Caller("ada"), Caller("eve")
AN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def test_a_share_shows_the_result_as_it_was_when_it_was_made(database: Database):
    query, sharer = await complete(database, a_query()), Sharer(database)
    made = await sharer.share(query.id, ADA)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", made.id)
    later = query.responses[0]
    later.text = "Changed since."
    await database.write(partial(history.save_response, query=query, response=later))
    found = await sharer.find(made.id)
    shown = QueryObject.model_validate_json(found.snapshot)
    assert (found.created_at, shown.id, shown.question) == (made.created_at, made.id, query.question.text)
    assert [r.text for r in shown.responses] == [" Answer 0\n", " Answer 1\n", " Answer 2\n"]
    assert next(r for r in shown.responses if r.id == shown.best).is_best


def test_a_snapshot_names_no_id_that_opens_anything():
    query = answer(a_query())
    first, second = query.responses[0].id, query.responses[1].id
    scores = {first: Scores(90, 90, 90, 90, 90), second: Scores(80, 80, 80, 80, 80)}
    query.judgements = [Judgement(new_id(), "p", "m", "close", "consistent", now(), better=second, scores=scores)]
    query.question = replace(query.question, follows=Followed(new_id(), new_id()))
    snapshot = freeze(query, "the-share")
    assert not AN_ID.search(orjson.dumps(snapshot).decode())
    assert (snapshot["id"], snapshot["best"], snapshot["judgement"]["better"]) == ("the-share", "r1", "r2")
    assert set(snapshot["judgement"]["scores"]) == {"r1", "r2"}


async def test_nobody_but_its_owner_shares_lists_or_revokes_and_all_hear_the_same(database: Database):
    query, sharer = await complete(database, a_query()), Sharer(database)
    made = await sharer.share(query.id, ADA)
    foreign = [sharer.share(query.id, EVE), sharer.shares(query.id, EVE), sharer.revoke(made.id, EVE)]
    unknown = [sharer.share(new_id(), ADA), sharer.shares("nothing", ADA), sharer.revoke("x" * 22, ADA)]
    told = []
    for refused in [*foreign, *unknown]:
        with pytest.raises(NotFound) as error:
            await refused
        told.append(error.value.detail)
    assert told[:3] == told[3:]
    assert [s.id for s in await sharer.shares(query.id, ADA)] == [made.id]


async def test_a_revoked_share_is_as_one_that_never_was(database: Database):
    query, sharer = await complete(database, a_query()), Sharer(database)
    gone, stays = await sharer.share(query.id, ADA), await sharer.share(query.id, ADA)
    await sharer.revoke(gone.id, ADA)
    told = []
    for share_id in (gone.id, "x" * 22, "no id at all"):
        with pytest.raises(NotFound) as error:
            await sharer.find(share_id)
        told.append(error.value.detail)
    assert len(set(told)) == 1
    assert (await sharer.find(stays.id)).id == stays.id
    with pytest.raises(NotFound):
        await sharer.revoke(gone.id, ADA)


async def test_with_the_query_its_shares_are_deleted(database: Database):
    query, sharer = await complete(database, a_query()), Sharer(database)
    made = await sharer.share(query.id, ADA)
    await database.write(partial(history.delete, query_id=query.id, session_id="ada"))
    with pytest.raises(NotFound):
        await sharer.find(made.id)
    with pytest.raises(NotFound):  # as when the query is deleted between the look at it and this
        await database.write(partial(store.add, query_id=query.id, share=Shared("y" * 22, now(), None, "{}")))


async def test_a_share_that_has_expired_is_as_one_that_never_was(database: Database):
    query, sharer = await complete(database, a_query()), Sharer(database)
    tomorrow = now() + timedelta(days=1)
    lives = await sharer.share(query.id, ADA, tomorrow)
    for n in range(MAX_SHARES):
        over = Shared(f"{n:022}", NOON, NOON + timedelta(days=1), "{}")
        await database.write(partial(store.add, query_id=query.id, share=over))
    told = []
    for refused in (sharer.find(f"{0:022}"), sharer.find("x" * 22), sharer.revoke(f"{0:022}", ADA)):
        with pytest.raises(NotFound) as error:
            await refused
        told.append(error.value.detail)
    assert len(set(told)) == 1
    assert await sharer.shares(query.id, ADA) == [Share(lives.id, lives.created_at, tomorrow)]
    assert (await sharer.find(lives.id)).expires_at == tomorrow
    await sharer.share(query.id, ADA)  # what is over counts no more


async def test_what_expired_is_deleted_and_nothing_else(database: Database):
    query, sharer = await complete(database, a_query()), Sharer(database)
    await sharer.purge()  # nothing to do is no mistake
    stay = [await sharer.share(query.id, ADA), await sharer.share(query.id, ADA, now() + timedelta(hours=1))]
    over = Shared("o" * 22, NOON, NOON + timedelta(days=1), "{}")
    await database.write(partial(store.add, query_id=query.id, share=over))
    await sharer.purge()
    kept = await database.read(lambda conn: conn.execute(select(shares.c.id)).scalars().all())
    assert set(kept) == {share.id for share in stay}


async def test_a_link_cannot_end_before_it_begins(database: Database):
    query, sharer = await complete(database, a_query()), Sharer(database)
    with pytest.raises(InvalidInput, match=r"in the past: here it is \d{4}-\d\d-\d\dT") as error:
        await sharer.share(query.id, ADA, now() - timedelta(seconds=1))
    assert error.value.field == "expires_at"


async def test_links_are_listed_newest_first_and_bounded_in_number(database: Database):
    query, sharer = await complete(database, a_query()), Sharer(database)
    for n in range(MAX_SHARES - 1):
        old = Shared(f"{n:022}", NOON + timedelta(minutes=n), None, "{}")
        await database.write(partial(store.add, query_id=query.id, share=old))
    newest = await sharer.share(query.id.upper(), ADA)
    assert [s.id for s in await sharer.shares(query.id, ADA)][:2] == [newest.id, f"{MAX_SHARES - 2:022}"]
    with pytest.raises(Conflict, match="revoke one"):
        await sharer.share(query.id, ADA)


async def test_what_still_runs_or_is_too_long_is_not_shared(database: Database, monkeypatch: pytest.MonkeyPatch):
    sharer = Sharer(database)
    running = await accept(database, a_query())
    with pytest.raises(Conflict, match="still answering"):
        await sharer.share(running.id, ADA)
    monkeypatch.setattr(sharing, "MAX_SNAPSHOT_BYTES", 100)
    long = await complete(database, a_query())
    with pytest.raises(Conflict, match="too long"):
        await sharer.share(long.id, ADA)
