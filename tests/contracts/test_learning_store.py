"""What the learner's store promises, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import delete
from tests.contracts.test_history_of_judgements import judge, judgement_of
from tests.contracts.test_history_store import MINUTE, NOON, a_query, accept, answer, complete
from tests.ranking.learning.panels import keep, panel, verdict
from tests.ranking.learning.panels import vote as judged

from trillm.history import store as history
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learning import store
from trillm.ranking.learning.learner import Learner
from trillm.ranking.learning.store import Counts, Fit, Mark, Said
from trillm.ranking.learning.tables import ranker_fits
from trillm.storage.database import Database
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import Feedback, Query, Question


@pytest.fixture(autouse=True)
async def no_fits(database: Database):
    """No fit of another test's: they belong to no query, with which they would go."""
    await database.write(lambda conn: conn.execute(delete(ranker_fits)) and None)


async def vote(database: Database, query: Query, place: int = 0, rating: int = 1, **more: object) -> Feedback:
    made = Feedback(new_id(), query.id, query.responses[place].id, rating, NOON)
    made = replace(made, **more)
    return replace(made, id=await database.write(partial(history.save_feedback, judgement=made)))


async def said(database: Database, mark: Mark | None = None, most: int = 99, query_id: str | None = None) -> list[Said]:
    return await database.read(partial(store.said_after, mark=mark, most=most, query_id=query_id))


async def test_votes_and_verdicts_are_found_newest_first(database: Database):
    one, two = await complete(database, a_query()), await complete(database, a_query())
    first = await vote(database, one)
    last = await vote(database, two, created_at=NOON + 2 * MINUTE)
    verdict = judgement_of(two, created_at=NOON + MINUTE)
    await judge(database, two, verdict)
    expected = [
        Said(two.id, Mark(NOON + 2 * MINUTE, last.id)),
        Said(two.id, Mark(NOON + MINUTE, verdict.id)),
        Said(one.id, Mark(NOON, first.id)),
    ]
    assert await said(database) == expected
    assert await said(database, most=2) == expected[:2]
    assert await said(database, query_id=one.id) == expected[2:]
    assert await said(database, expected[1].mark) == expected[:1]
    assert await said(database, expected[2].mark, query_id=one.id) == []


async def test_of_two_at_the_same_moment_none_is_lost_and_none_is_found_twice(database: Database):
    query = await complete(database, a_query())
    for place in range(3):
        await vote(database, query, place)
    newest = await said(database)
    assert len({one.mark for one in newest}) == 3
    for place, one in enumerate(newest):
        assert await said(database, one.mark) == newest[:place]
        assert await database.read(partial(store.count_said, mark=one.mark)) == (3 - place, place)


async def test_judgements_that_name_nobody_and_all_that_is_said_of_copies_do_not_count(database: Database):
    query = await complete(database, a_query())
    for status in ("undecided", "failed"):
        await judge(database, query, judgement_of(query, status=status, better=None))
    copy = answer(a_query(cached_at=NOON))
    copy.judgements = [judgement_of(copy, cost_usd=0.0)]
    await accept(database, copy)
    await vote(database, copy, 0, -1, better=copy.responses[1].id, blind=True)
    await vote(database, copy, 1)
    assert await said(database) == []
    assert await database.read(partial(store.count_said, mark=None)) == (0, 0)
    assert await database.read(store.counts) == Counts(0, 0, 0, 0, 1, 1)


async def test_of_what_sessions_spoke_until_a_mark_is_found_once_a_question(database: Database):
    queries = [await complete(database, a_query(question=Question("Why?", category="facts"))) for _ in range(4)]
    votes = [await vote(database, query, created_at=NOON + n * MINUTE) for n, query in enumerate(queries[:3])]
    await vote(database, queries[0], 1)
    await judge(database, queries[0], judgement_of(queries[0]))
    until = Mark(votes[1].created_at, votes[1].id)

    async def spoken(*sessions: str):
        return sorted(await database.read(partial(store.spoken_of, until=until, session_ids=sessions)))

    mine = [(query.id, "ada", Question("Why?", category="facts")) for query in queries[:2]]
    assert await spoken("ada", "bob") == sorted(mine)
    assert await spoken("bob") == []


async def test_what_there_is_to_learn_from_is_counted_by_kind(database: Database):
    query = await complete(database, a_query())
    await vote(database, query, 0, -1, better=query.responses[1].id, blind=True)
    await vote(database, query, 1, 1)
    await vote(database, query, 2, -1, blind=True)
    await judge(database, query, judgement_of(query))
    assert await database.read(store.counts) == Counts(1, 2, 2, 1, 0, 0)


async def test_a_changed_vote_moves_to_the_moment_of_its_change(database: Database):
    query = await complete(database, a_query())
    first = await vote(database, query)
    mark = Mark(NOON, first.id)
    assert await database.read(partial(store.count_said, mark=mark)) == (1, 0)
    await vote(database, query, created_at=NOON + MINUTE)
    assert await database.read(partial(store.count_said, mark=mark)) == (0, 1)


async def test_what_was_said_goes_with_its_query(database: Database):
    query = await complete(database, a_query())
    await vote(database, query)
    await judge(database, query, judgement_of(query))
    assert len(await said(database)) == 2
    await database.write(partial(history.delete, query_id=query.id, session_id="ada"))
    assert await said(database) == []
    assert await database.read(partial(store.labelled, query_ids=[query.id])) == []


async def test_labelled_queries_come_whole_with_the_votes_on_them(database: Database):
    queries = [await complete(database, a_query()) for _ in range(3)]
    votes = [await vote(database, queries[0], place) for place in (0, 1)]
    await judge(database, queries[1], judgement_of(queries[1]))
    found = await database.read(partial(store.labelled, query_ids=[q.id for q in queries[:2]] + [new_id()]))
    assert [(query.id, len(query.judgements), mine) for query, mine in found] == [
        (queries[0].id, 0, votes),
        (queries[1].id, 1, []),
    ]
    assert found[0][0] == await database.read(partial(history.load, query_id=queries[0].id))


def a_fit(minutes: int = 0, **more: object) -> Fit:
    made = Fit(new_id(), NOON + minutes * MINUTE, 3, Mark(NOON, new_id()), {"beliefs": [["a:b", "", 0.125, 1e-17, 3]]})
    return replace(made, **more)


async def test_the_newest_fit_is_read_back_as_it_was(database: Database):
    assert await database.read(store.newest_fit) is None
    for fit in (a_fit(), a_fit(1, last=None, labels=0)):
        await database.write(partial(store.save_fit, fit=fit))
        assert await database.read(store.newest_fit) == fit


async def test_a_fit_takes_the_place_of_older_ones_but_not_of_newer_ones(database: Database):
    fits = [a_fit(), a_fit(2), a_fit(1)]
    for fit in fits:
        await database.write(partial(store.save_fit, fit=fit))
    assert await database.read(store.newest_fit) == fits[1]

    def kept(conn):
        return set(conn.execute(ranker_fits.select().with_only_columns(ranker_fits.c.id)).scalars())

    assert await database.read(kept) == {fits[1].id, fits[2].id}
    last = a_fit(3, created_at=NOON + timedelta(hours=1))
    await database.write(partial(store.save_fit, fit=last))
    assert await database.read(kept) == {last.id}


async def test_a_learner_goes_on_from_a_fit_exactly(database: Database):
    for place in (0, 1, 1, 2):
        query = panel()
        await keep(database, query, verdict(query, place), judged(query, 0, -1, better=place))
    first, second = Learner(database, Learned()), Learner(database, Learned())
    await first.fit()
    await second.start()
    assert second.learnt == first.learnt
    assert (second.learnt.winners, second.newest) == (4, first.newest)
    assert not await second.is_fit_due()
