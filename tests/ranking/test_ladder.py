import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint

import pytest

from trillm.ranking.criteria import Criteria
from trillm.ranking.fake import FakeRanker
from trillm.ranking.heuristic import Heuristic
from trillm.ranking.ladder import BrokenRanking, Ladder, check, default_ladder, load_plugins
from trillm.ranking.learned.learned import Learned
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import ResponseStatus

QUESTION = Question("Why is the sky blue?")
ANSWERS = [Candidate(id, "p", "m", ResponseStatus.COMPLETE, f"Because of the air, says {id}.") for id in "abc"]


class Lying(FakeRanker):
    """Leaves one candidate out."""

    name = "lying"

    async def rank(self, question: Question, candidates: list[Candidate]) -> Ranking:  # type: ignore[override]
        ranking = await super().rank(question, candidates)
        return replace(ranking, order=ranking.order[1:])


async def test_the_highest_rung_that_works_decides() -> None:
    ranking = await Ladder([FakeRanker(["c"]), FakeRanker(["b"])]).rank(QUESTION, ANSWERS)
    assert ranking.best == "c"


async def test_a_rung_that_raises_is_recorded_and_the_next_decides(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        ranking = await Ladder([FakeRanker(["c"], [RuntimeError("scripted")]), FakeRanker(["b"])]).rank(
            QUESTION, ANSWERS
        )
    assert ranking.best == "b"
    assert "ranker fake failed" in caplog.text


async def test_a_rung_that_takes_too_long_is_left_behind() -> None:
    ladder = Ladder([FakeRanker(["c"], [60.0]), FakeRanker(["b"])], timeout=0.01)
    assert (await ladder.rank(QUESTION, ANSWERS)).best == "b"


class Waiting(Heuristic):
    """One of ours, made into one that waits."""

    async def rank(self, question: Question, candidates: Sequence[Candidate]) -> Ranking:
        await asyncio.sleep(60)
        return await super().rank(question, candidates)


async def test_a_rung_made_of_one_that_never_waits_has_its_clock_all_the_same() -> None:
    ladder = Ladder([Waiting(), FakeRanker(["b"])], timeout=0.01)
    assert (await asyncio.wait_for(ladder.rank(QUESTION, ANSWERS), 5)).best == "b"


async def test_a_ranking_that_breaks_the_promises_counts_as_a_failure() -> None:
    assert (await Ladder([Lying(["c"]), FakeRanker(["b"])]).rank(QUESTION, ANSWERS)).best == "b"


async def test_when_the_bottom_rung_fails_too_its_error_is_raised() -> None:
    ladder = Ladder([FakeRanker(failures=[RuntimeError("first")]), FakeRanker(failures=[RuntimeError("last")])])
    with pytest.raises(RuntimeError, match="last"):
        await ladder.rank(QUESTION, ANSWERS)


def test_a_ladder_without_rungs_is_refused() -> None:
    with pytest.raises(ValueError, match="rung"):
        Ladder([])


def test_the_default_ladder_ends_in_the_learned_rung_the_criteria_and_the_heuristic() -> None:
    assert [type(rung) for rung in default_ladder().rungs[-3:]] == [Learned, Criteria, Heuristic]


def test_a_broken_plugin_is_reported_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    group = "trillm.rankers"
    points = [
        EntryPoint("missing", "trillm.no_such_module:Ranker", group),
        EntryPoint("good", "trillm.ranking.fake:FakeRanker", group),
        EntryPoint("raises", "trillm.ranking.ladder:Ladder", group),
    ]
    with caplog.at_level(logging.ERROR):
        rankers = load_plugins(points)
    assert [ranker.name for ranker in rankers] == ["fake"]
    assert "missing" in caplog.text
    assert "raises" in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        {"order": ("a", "a", "b")},
        {"probabilities": {"a": 0.5, "b": 0.5}},
        {"probabilities": {"a": 0.9, "b": 0.9, "c": 0.0}},
        {"probabilities": {"a": float("nan"), "b": 0.1, "c": 0.0}},
        {"best": "c"},
        {"why": " "},
    ],
)
async def test_each_broken_promise_is_found(change: dict[str, object]) -> None:
    ranking = await FakeRanker().rank(QUESTION, ANSWERS)
    check(ranking, ANSWERS)
    with pytest.raises(BrokenRanking):
        check(replace(ranking, **change), ANSWERS)  # type: ignore[arg-type]
