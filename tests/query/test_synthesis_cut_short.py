"""A crash while answers are merged: what was accepted is made, what was kept is not made again, nothing is for ever."""

from __future__ import annotations

import asyncio

from tests.query.close_call import until
from tests.query.conftest import ME, Desk, OpenDesk
from tests.query.scripted_merger import ScriptedMerger
from tests.query.test_recover import dead_owner, die
from tests.query.test_synthesis import SAID, SCRIBE

from trillm.query.recover import CUT_SHORT, LEFT, TIMES_ASKED, TOO_OFTEN
from trillm.vocabulary.question import Query, QueryStatus
from trillm.vocabulary.response import ResponseStatus


async def merging(open_desk: OpenDesk, court: ScriptedMerger, owner: str) -> tuple[Desk, Query]:
    """A process that has answered and is being told the merged text."""
    desk = await open_desk(SAID, court=court, owner=owner)
    query = await desk.ask(synthesize=True, synthesizer=SCRIBE)
    await until(lambda: court.open_streams == 1)
    return desk, query


async def test_an_accepted_synthesis_that_was_cut_short_is_made_by_the_next_start(open_desk: OpenDesk) -> None:
    court = ScriptedMerger(stall=True)
    desk, query = await merging(open_desk, court, dead_owner())
    await die(desk)
    court.stall = False
    later = await open_desk(SAID, court=court)
    assert await later.recovery.once() == [query.id]
    ended = await later.reader.finished(query.id)
    assert (later.asked, len(court.calls)) == ([], 2)
    assert [(s.made.status, s.made.error) for s in ended.syntheses] == [
        (ResponseStatus.CANCELLED, CUT_SHORT),
        (ResponseStatus.COMPLETE, None),
    ]
    assert ended.cost_usd is None  # what was cut may be charged
    assert (await later.kept(query.id)).as_object() == ended.as_object()


async def test_one_that_was_wanted_and_not_begun_is_made_by_the_next_start(open_desk: OpenDesk) -> None:
    court = ScriptedMerger()
    desk = await open_desk(SAID, court=court, owner=dead_owner())
    query = await desk.ask(synthesize=True, synthesizer=SCRIBE)
    await asyncio.sleep(0)  # the work has taken its first step
    await die(desk)
    later = await open_desk(SAID, court=court)
    await later.recovery.once()
    ended = await later.reader.finished(query.id)
    assert [s.made.status for s in ended.syntheses] == [ResponseStatus.COMPLETE]


async def test_one_asked_for_later_is_made_by_the_next_start_and_the_pick_stays(open_desk: OpenDesk) -> None:
    court = ScriptedMerger(stall=True)
    desk = await open_desk(SAID, court=court, owner=dead_owner())
    query = await desk.answer()
    await desk.amender.merge(query.id, ME, SCRIBE)
    await until(lambda: court.open_streams == 1)
    await die(desk)
    court.stall = False
    later = await open_desk(SAID, court=court)
    await later.recovery.once()
    ended = await later.reader.finished(query.id)
    assert ended.syntheses[-1].made.status is ResponseStatus.COMPLETE
    assert (ended.ranking and ended.ranking.as_event()) == (query.ranking and query.ranking.as_event())
    assert later.asked == []


async def test_one_that_was_kept_is_never_made_again(open_desk: OpenDesk) -> None:
    court = ScriptedMerger()
    desk = await open_desk(SAID, court=court, owner=dead_owner())
    query = await desk.ask(synthesize=True, synthesizer=SCRIBE)

    async def die_instead(*_: object) -> None:
        await die(desk)

    desk.asker._recorder.record = die_instead  # type: ignore[method-assign]
    await until(lambda: desk.asker.running.get(query.id) is None)
    assert (await desk.kept(query.id)).status is QueryStatus.RUNNING
    later = await open_desk(SAID, court=court)
    await later.recovery.once()
    ended = await later.reader.finished(query.id)
    assert [s.made.status for s in ended.syntheses] == [ResponseStatus.COMPLETE]
    assert len(court.calls) == 1


async def test_a_synthesis_is_not_tried_for_ever_by_a_process_that_always_ends(open_desk: OpenDesk) -> None:
    court = ScriptedMerger(stall=True)
    desk, query = await merging(open_desk, court, dead_owner())
    for times in range(1, TIMES_ASKED + 1):
        await until(lambda times=times: len(court.calls) == times)
        await die(desk)
        desk = await open_desk(SAID, court=court, owner=dead_owner())
        assert await desk.recovery.once() == [query.id]
    ended = await desk.reader.finished(query.id)
    assert len(court.calls) == TIMES_ASKED
    assert ended.syntheses[-1].made.error == TOO_OFTEN
    assert ended.status is QueryStatus.COMPLETE


async def test_for_a_question_whose_command_has_ended_nothing_is_merged(open_desk: OpenDesk) -> None:
    court = ScriptedMerger(stall=True)
    desk, query = await merging(open_desk, court, dead_owner("ask"))
    await die(desk)
    later = await open_desk(SAID, court=court)
    await later.recovery.once()
    ended = await later.reader.finished(query.id)
    assert [s.made.error for s in ended.syntheses] == [LEFT]
    assert len(court.calls) == 1
