"""One session's taste shows, and does not drown the others'."""

from __future__ import annotations

from functools import partial

from tests.ranking.learning.panels import MINUTE, NOON, believed, delete, keep, near, panel, vote

from trillm.history import store as history
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learning.learner import Learner
from trillm.ranking.learning.voices import FULL, share, voice_of
from trillm.storage.database import Database
from trillm.vocabulary.question import Caller, Query


def test_however_much_one_voice_says_it_counts_less_than_twice_what_counts_in_full():
    shares = [share(n) for n in range(1, 5000)]
    assert shares[:FULL] == [1.0] * FULL
    assert shares == sorted(shares, reverse=True)
    assert 1.9 * FULL < sum(shares) < 2 * FULL


def test_a_voice_is_a_session_on_a_category():
    assert voice_of(panel()) == ("ada", "advice")
    assert voice_of(panel("What is 12.5 % of 480? Compute it.", category="my own")) == ("ada", "mathematics")


async def asked_by(database: Database, session: str, minutes: int) -> Query:
    query = panel(caller=Caller(session))
    return await keep(database, query, vote(query, 0, -1, better=1, created_at=NOON + minutes * MINUTE))


async def test_however_many_votes_of_one_session_count_less_than_those_of_a_few_sessions(database: Database):
    alone, few = Learner(database, Learned()), Learner(database, Learned())
    mine = [await asked_by(database, "ada", minutes) for minutes in range(4 * FULL)]
    await alone.start()
    for query in mine:
        await delete(database, query)
    for minutes in range(2 * FULL):
        await asked_by(database, f"one-{minutes}", minutes)
    await few.start()
    assert (alone.learnt.winners, few.learnt.winners) == (4 * FULL, 2 * FULL)
    assert 0 < believed(alone.learnt, "b") < believed(few.learnt, "b")


async def test_what_a_session_said_before_the_fit_makes_what_it_says_after_it_count_less(database: Database):
    fitting = Learner(database, Learned())
    for minutes in range(FULL + 5):
        await asked_by(database, "ada", minutes)
    await fitting.fit()
    learned, base = dict[str, float](), believed(fitting.learnt, "b")
    for minutes, session in enumerate(("ada", "bob")):
        query = await asked_by(database, session, 100 + minutes)
        online, fresh = Learner(database, Learned()), Learner(database, Learned())
        await online.start()
        await fresh.start()
        assert online.learnt == fresh.learnt
        learned[session] = believed(online.learnt, "b") - base
        await delete(database, query)
    assert 0 < learned["ada"] < 0.6 * learned["bob"]


async def test_online_the_turn_of_a_vote_is_counted_on_from_the_fit_as_a_process_that_starts_counts_it(
    database: Database,
):
    learner, fresh = Learner(database, Learned()), Learner(database, Learned())
    read = [await asked_by(database, "ada", minutes) for minutes in range(FULL)]
    await learner.fit()
    for minutes in range(5):
        await learner.learn((await asked_by(database, "ada", 100 + minutes)).id)
    changed = vote(read[0], 0, -1, better=2, created_at=NOON + 200 * MINUTE)
    await database.write(partial(history.save_feedback, judgement=changed))
    await learner.learn(read[0].id)
    await fresh.start()
    near(learner.learnt, fresh.learnt)
