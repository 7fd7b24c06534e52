"""The learner keeps the learned rung at what the tables say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from tests.ranking.learning.panels import MINUTE, NOON, believed, delete, keep, near, panel, verdict, vote

from trillm.history import store as history
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.learnt import Learnt
from trillm.ranking.learning import learner as module
from trillm.ranking.learning import store
from trillm.ranking.learning.learner import FIT_AFTER, Learner
from trillm.storage.database import Database
from trillm.vocabulary.ids import now
from trillm.vocabulary.question import Query


class Watched(Learned):
    """Remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.adopted: list[Learnt] = []

    def adopt(self, learnt: Learnt) -> None:
        self.adopted.append(learnt)
        super().adopt(learnt)


async def preferred(database: Database, better: int = 1, minutes: int = 0) -> Query:
    """Keep a question on which a person named the better answer."""
    query = panel()
    return await keep(database, query, vote(query, 0, -1, better=better, created_at=NOON + minutes * MINUTE))


async def test_with_nothing_said_the_shipped_numbers_stay(database: Database):
    learner = Learner(database, Learned())
    await learner.start()
    assert learner.learnt == Learnt()
    assert learner.newest is None


async def test_a_vote_teaches_at_once(database: Database):
    learned = Watched()
    learner = Learner(database, learned)
    query = await preferred(database)
    await learner.learn(query.id)
    assert learner.learnt.winners == 1
    assert believed(learner.learnt, "b") > 0 > believed(learner.learnt, "a")
    assert learned.adopted == [learner.learnt]


async def test_a_question_that_nobody_judged_teaches_nothing(database: Database):
    learner = Learner(database, Learned())
    await learner.learn((await keep(database, panel())).id)
    await learner.learn("no-such-id")
    assert learner.learnt == Learnt()


async def test_the_same_question_is_learned_once_however_often_it_is_told(database: Database):
    learner = Learner(database, Learned())
    query = await preferred(database)
    for _ in range(3):
        await learner.learn(query.id)
    assert learner.learnt.winners == 1


async def test_a_changed_vote_takes_the_place_of_the_first(database: Database):
    learner, fresh = Learner(database, Learned()), Learner(database, Learned())
    await learner.learn((await preferred(database, 2)).id)
    query = await preferred(database, 1)
    await learner.learn(query.id)
    changed = vote(query, 0, -1, better=2, created_at=NOON + MINUTE)
    await database.write(partial(history.save_feedback, judgement=changed))
    await learner.learn(query.id)
    await fresh.start()
    near(learner.learnt, fresh.learnt)
    assert believed(learner.learnt, "c") > 0 > believed(learner.learnt, "b")


async def test_a_person_replaces_what_a_judge_taught(database: Database):
    learner = Learner(database, Learned())
    query = panel()
    await keep(database, query, verdict(query, 1))
    await learner.learn(query.id)
    assert believed(learner.learnt, "b") > 0
    await database.write(partial(history.save_feedback, judgement=vote(query, 0, -1, better=2)))
    await learner.learn(query.id)
    assert learner.learnt.winners == 1
    assert believed(learner.learnt, "c") > 0 > believed(learner.learnt, "b")


async def test_a_vote_that_is_older_than_what_was_learned_is_learned_in_its_place(database: Database):
    learner, fresh = Learner(database, Learned()), Learner(database, Learned())
    for minutes, better in ((5, 1), (1, 2), (7, 1), (3, 2)):  # another process kept the older ones later
        await learner.learn((await preferred(database, better, minutes)).id)
    await fresh.start()
    assert learner.learnt == fresh.learnt


async def test_others_go_on_while_many_votes_are_learned_again(database: Database):
    learner = Learner(database, Learned())
    queries = [await preferred(database, 1, minutes) for minutes in range(30)]
    await learner.start()
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    running = asyncio.create_task(others())
    changed = vote(queries[0], 0, -1, better=2, created_at=NOON + 60 * MINUTE)
    await database.write(partial(history.save_feedback, judgement=changed))
    labelled = turns
    await learner._take({queries[0].id: store.Mark(changed.created_at, changed.id)}, set())  # pyright: ignore[reportPrivateUsage]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert turns - labelled >= 30


async def test_a_vote_on_a_copy_teaches_nothing_and_makes_no_fit_due(database: Database):
    learner = Learner(database, Learned())
    for minutes in range(FIT_AFTER):
        query = panel(cached_at=NOON)
        await keep(database, query, vote(query, 0, -1, better=1, blind=True, created_at=NOON + minutes * MINUTE))
        await learner.learn(query.id)
    assert learner.learnt == Learnt()
    assert not await learner.is_fit_due()


async def test_a_process_that_starts_knows_what_the_one_before_learned(database: Database):
    before, after = Learner(database, Learned()), Learner(database, Learned())
    for minutes in range(4):
        await before.learn((await preferred(database, 1 + minutes % 2, minutes)).id)
    await after.start()
    near(after.learnt, before.learnt)


async def test_learning_online_and_then_fitting_is_fitting_from_the_tables(database: Database):
    one, other = Learner(database, Learned()), Learner(database, Learned())
    for minutes in range(12):
        await one.learn((await preferred(database, minutes % 3, minutes)).id)
    online = one.learnt
    await one.fit()
    fitted = one.learnt
    await other.fit()
    assert other.learnt == fitted == Learnt.of_object(fitted.as_object())
    assert (online.winners, fitted.winners) == (12, 12)
    for model in "abc":  # learned one by one it is nearly the same
        assert believed(online, model) == pytest.approx(believed(fitted, model), abs=0.15)


async def test_a_fit_is_kept_and_a_process_that_starts_goes_on_from_it(database: Database):
    learner, fresh = Learner(database, Learned()), Learner(database, Learned())
    for minutes in range(3):
        await preferred(database, 1, minutes)
    fit = await learner.fit()
    assert (fit.labels, fit.last and fit.last.at) == (3, NOON + 2 * MINUTE)
    later = await preferred(database, 2, 3)
    await learner.learn(later.id)
    await fresh.start()
    assert fresh.newest == fit
    assert fresh.learnt == learner.learnt
    assert learner.learnt.winners == 4


async def test_another_process_takes_up_the_fit_and_the_labels_of_the_first(database: Database):
    first, second = Learner(database, Watched()), Learner(database, Watched())
    await second.start()
    await preferred(database)
    await first.fit()
    await second.catch_up()
    assert second.newest == first.newest
    assert second.learnt == first.learnt
    await first.learn((await preferred(database, 2, 1)).id)
    await second.catch_up()
    assert second.learnt == first.learnt
    assert second.learnt.winners == 2


async def test_catching_up_with_nothing_new_changes_and_adopts_nothing(database: Database):
    learned = Watched()
    learner = Learner(database, learned)
    await preferred(database)
    await learner.fit()
    await learner.learn((await preferred(database, 2, 1)).id)
    adopted = len(learned.adopted)
    await learner.catch_up()
    assert len(learned.adopted) == adopted


async def test_what_a_deleted_question_taught_online_is_forgotten(database: Database):
    learner, fresh = Learner(database, Learned()), Learner(database, Learned())
    stays, goes = await preferred(database, 2), await preferred(database, 1, 1)
    for query in (stays, goes):
        await learner.learn(query.id)
    await delete(database, goes)
    await learner.catch_up()
    await fresh.start()
    assert learner.learnt == fresh.learnt
    assert learner.learnt.winners == 1


async def test_the_next_fit_forgets_what_a_deleted_question_taught(database: Database):
    learner = Learner(database, Learned())
    goes = await preferred(database, 1)
    await learner.fit()
    first = learner.newest
    assert first is not None
    assert believed(learner.learnt, "b") > 0
    await delete(database, goes)
    await learner.fit()
    assert learner.learnt == Learnt()
    newest = await database.read(store.newest_fit)
    assert newest is not None
    assert (newest.labels, newest.numbers) == (0, Learnt().as_object())
    assert newest.id != first.id


async def test_a_fit_is_due_after_enough_new_labels(database: Database):
    learner = Learner(database, Learned())
    for minutes in range(FIT_AFTER - 1):
        await preferred(database, 1, minutes)
    await learner.catch_up()
    assert not await learner.is_fit_due()
    await preferred(database, 1, FIT_AFTER)
    assert await learner.is_fit_due()
    await learner.fit()
    assert not await learner.is_fit_due()


async def test_a_fit_is_due_when_what_it_read_was_deleted_or_changed_but_not_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    learner = Learner(database, Learned())
    queries = [await preferred(database, 1, minutes) for minutes in range(3)]
    await learner.fit()
    await delete(database, queries[0])
    assert not await learner.is_fit_due()
    monkeypatch.setattr(module, "FIT_PAUSE", timedelta(0))
    assert await learner.is_fit_due()
    await learner.fit()
    assert not await learner.is_fit_due()
    changed = vote(queries[1], 0, -1, better=2, created_at=now())
    await database.write(partial(history.save_feedback, judgement=changed))
    assert await learner.is_fit_due()


async def test_a_fit_reads_many_questions_and_says_how_far_it_is(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    for minutes in range(5):
        await preferred(database, 1, minutes)
    seen: list[tuple[int, int]] = []
    learner = Learner(database, Learned())
    fit = await learner.fit(lambda read, of: seen.append((read, of)))
    assert seen == [(0, 5), (2, 5), (4, 5)]
    assert (fit.labels, learner.learnt.winners) == (5, 5)


async def test_what_is_replayed_is_bounded_to_the_newest(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "REPLAYED", 3)
    for minutes in range(5):
        await preferred(database, 1 if minutes < 2 else 2, minutes)
    learner = Learner(database, Learned())
    await learner.start()
    assert learner.learnt.winners == 3
    assert believed(learner.learnt, "c") > 0 > believed(learner.learnt, "b")


async def test_a_fit_of_another_version_is_as_good_as_none(database: Database, caplog):
    await preferred(database)
    fit = await Learner(database, Learned()).fit()
    strange = replace(fit, numbers={"format": 999}, created_at=now(), id="01a20419-2c39-7573-8d41-2d1cb5c7bb6e")
    await database.write(partial(store.save_fit, fit=strange))
    learner = Learner(database, Learned())
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            await learner.catch_up()
    assert caplog.text.count("cannot be used until the next fit") == 1
    assert (learner.newest, learner.learnt.winners) == (None, 1)
    await learner.fit()
    assert learner.newest is not None


async def test_a_database_out_of_reach_is_recorded_and_stops_nothing(database: Database, caplog):
    learner = Learner(database, Learned())
    await database.close()
    with caplog.at_level(logging.WARNING):
        await learner.start()
        await learner.learn("01a20419-2c39-7573-8d41-2d1cb5c7bb6e")
    assert learner.learnt == Learnt()
    assert "what was learned could not be read" in caplog.text
    assert "a label could not be learned from" in caplog.text


async def test_a_defect_in_learning_is_recorded_and_the_next_vote_is_learned(
    database: Database, caplog, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    learner = Learner(database, Learned())
    query = await preferred(database)
    with monkeypatch.context() as patched:
        patched.setattr(module, "labels_of", broken)
        await learner.learn(query.id)
    assert "through a defect of ours" in caplog.text
    assert learner.learnt == Learnt()
    await learner.learn(query.id)
    assert learner.learnt.winners == 1


async def test_left_to_itself_it_learns_from_others_and_fits_when_due(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "FIT_AFTER", 2)
    learner = Learner(database, Learned())
    await preferred(database)
    running = asyncio.create_task(learner.forever(pause=0.01))
    await until(lambda: learner.learnt.winners == 1)
    assert learner.newest is None
    await preferred(database, 2, 1)
    await until(lambda: learner.newest is not None)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert learner.learnt.winners == 2


async def until(so: Callable[[], bool]) -> None:
    for _ in range(500):
        if so():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come to that")
