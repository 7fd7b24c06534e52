"""What the list of a session's questions promises, on every database."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from tests.contracts.test_history_store import MINUTE, NOON, a_query, accept, answer, complete

from trillm.history import store
from trillm.history.listing import store as listing
from trillm.history.listing.store import GRACE, NOBODY, Asked, Wanted
from trillm.storage.database import Database
from trillm.vocabulary.conversation import Followed
from trillm.vocabulary.errors import InvalidInput, NotFound
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import Query, QueryStatus
from trillm.vocabulary.response import Response


async def listed(database: Database, **wanted: object) -> list[str]:
    """The texts of Ada's questions that are wanted."""
    page = partial(listing.page, session_id="ada", wanted=Wanted(**wanted), before=None, limit=9)  # type: ignore[arg-type]
    return [query.question.text for query in await database.read(page)]


async def answered(database: Database, text: str, best: int, *, at: int = 0, **told: object) -> Query:
    """Keep a question that ended, won by the answer at `best`."""
    query = answer(a_query(text, at=NOON + MINUTE * at), best=best)
    assert query.ranking is not None
    query.ranking = replace(query.ranking, **{"too_close": False, **told})  # type: ignore[arg-type]
    return await accept(database, query)


async def test_pages_go_from_the_newest_to_the_oldest_without_gap_or_repetition(database: Database):
    ids = [(await accept(database, a_query(at=NOON + MINUTE * (n // 2)))).id for n in range(7)]
    await accept(database, a_query("Something else?", at=NOON + MINUTE))
    await accept(database, a_query(session="bob"))
    seen: list[str] = []
    before = None
    page = partial(listing.page, session_id="ada", wanted=Wanted(search="sky", model="one:m:1"), limit=2)
    while found := await database.read(partial(page, before=before)):
        assert len(found) <= 2
        assert all(len(query.responses) == 3 for query in found)
        seen += [query.id for query in found]
        before = (found[-1].created_at, found[-1].id)
    assert seen == ids[::-1]


@pytest.mark.parametrize(
    ("search", "found"),
    [("SKY", 1), ("100%", 1), ("%", 1), ("_", 0), ("äpfel", 1), ("GRÖSSE", 1), ("\\", 1), ("zebra", 0), ("\x00", 0)],
)
async def test_search_is_literal_and_knows_no_capitals(database: Database, search: str, found: int):
    for text in ("The sky?", "100% sure", "ÄPFEL und Grösse", "back\\slash"):
        await accept(database, a_query(text))
    assert len(await listed(database, search=search)) == found


async def test_a_cursor_that_is_not_ours_is_refused(database: Database):
    with pytest.raises(InvalidInput):
        await database.read(
            partial(listing.page, session_id="ada", wanted=Wanted(), before=(NOON, "x"), limit=2),
        )


async def test_questions_are_found_by_winner_and_what_nobody_won_by_that(database: Database):
    await answered(database, "one won", 0)
    await answered(database, "two won", 1)
    await answered(database, "close", 0, too_close=True)
    await accept(database, a_query("failed", status=QueryStatus.FAILED))
    again = await answered(database, "two won, asked again", 1)
    await database.write(partial(store.reopen, query_id=again.id, owner="x", lease_until=NOON))
    assert await listed(database, winner="one:m:1") == ["one won"]
    assert await listed(database, winner="two:m:1") == ["two won"]
    assert sorted(await listed(database, winner=NOBODY)) == ["close", "failed"]
    for nobody in ("three:m:1", "one:m", "one", "\x00:\x00"):
        assert await listed(database, winner=nobody) == []


async def test_questions_are_found_by_who_was_asked_by_time_and_by_all_at_once(database: Database):
    alone = a_query("alone", at=NOON - MINUTE)
    alone.responses = [Response(new_id(), "four", "m")]
    await accept(database, alone)
    await answered(database, "early", 0)
    await answered(database, "late", 0, at=1)
    assert await listed(database, model="four:m") == ["alone"]
    assert await listed(database, since=NOON) == ["late", "early"]
    assert await listed(database, since=NOON, model="two:m:1", winner="one:m:1", search="EARLY") == ["early"]


async def test_the_models_of_a_session_are_told_with_how_often_they_were_asked_and_won(database: Database):
    again = await answered(database, "one won", 0)
    again.responses.append(Response(new_id(), "three", "m:1", attempt=2))
    await database.write(partial(store.save_response, query=again, response=again.responses[-1]))
    await answered(database, "close", 1, too_close=True)
    alone = a_query("alone")
    alone.responses = alone.responses[2:]
    await accept(database, alone)
    await complete(database, a_query(session="bob"))
    assert await database.read(partial(listing.models, session_id="ada")) == [
        Asked("three", "m:1", 3, 0),
        Asked("one", "m:1", 2, 1),
        Asked("two", "m:1", 2, 0),
    ]


async def test_a_pin_is_kept_until_it_is_taken_away(database: Database):
    pinned, other = [await accept(database, a_query(text, owner="host:1")) for text in ("pinned", "other")]
    await database.write(partial(listing.pin, query_id=pinned.id, pinned=True))
    await database.write(partial(store.finish, query=answer(pinned)))
    assert await listed(database, pinned=True) == ["pinned"]
    assert await listed(database, pinned=False) == [other.question.text]
    kept = await database.read(partial(store.load, query_id=pinned.id))
    assert kept is not None
    assert kept.pinned
    await database.write(partial(listing.pin, query_id=pinned.id, pinned=False))
    assert await listed(database, pinned=True) == []


async def test_what_is_thrown_away_is_nowhere_until_it_is_fetched_back(database: Database):
    query = await complete(database, a_query())
    follow = partial(store.follow, question=replace(query.question, follows=Followed(query.responses[0].id)))
    await database.write(partial(listing.discard, query_id=query.id, moment=NOON))
    assert await listed(database) == []
    assert await database.read(partial(listing.models, session_id="ada")) == []
    assert await database.read(partial(store.load, query_id=query.id)) is None
    assert await database.read(partial(store.load, query_id=query.id, discarded=True)) is not None
    assert await database.read(partial(store.find_answered, fingerprint="f", since=None)) is None
    assert await database.write(partial(store.reopen, query_id=query.id, owner="x", lease_until=NOON)) is None
    with pytest.raises(NotFound):
        await database.read(follow)
    await database.write(partial(listing.restore, query_id=query.id))
    assert await listed(database) == [query.question.text]
    assert (await database.read(follow)).conversation


async def test_only_what_was_thrown_away_long_enough_ago_is_purged(database: Database):
    old, young, restored, kept = [await complete(database, a_query(text)) for text in ("old", "young", "back", "kept")]
    for query, moment in ((old, NOON), (young, NOON + MINUTE), (restored, NOON)):
        await database.write(partial(listing.discard, query_id=query.id, moment=moment))
    again = partial(listing.discard, query_id=old.id, moment=NOON + MINUTE)
    await database.write(again)  # the first time counts
    overdue = await database.read(partial(listing.overdue, moment=NOON + GRACE))
    assert sorted(overdue) == sorted([old.id, restored.id])
    await database.write(partial(listing.restore, query_id=restored.id))  # while the purge was on its way
    await database.write(partial(listing.purge, query_ids=overdue))
    for query in (old, young, restored, kept):
        left = await database.read(partial(store.load, query_id=query.id, discarded=True))
        assert (left is None) == (query is old)
