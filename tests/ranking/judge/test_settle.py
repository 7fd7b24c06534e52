"""A verdict adds to what the ranking below knows: it does not replace it."""

from datetime import UTC, datetime
from typing import Literal

import pytest
from tests.ranking.judge.scripted_judge import ScriptedJudge, candidates, judge_of, longest

from trillm.ranking import confidence
from trillm.ranking.judge.settle import Panel, ranking_after, share
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Judgement, Ranking

SUM = Question("What is 40 + 2?")


def below(*shares: float, ground: str = "", close: bool = False) -> Ranking:
    order = tuple("abcdefg"[: len(shares)])
    held = dict(zip(order, shares, strict=True))
    return Ranking(order, held, "a", shares[0], close, "learned", "So it is.", ground=ground)


def said(better: str | None, because: Literal["close", "asked", "audit"] = "asked", caution: str = "") -> Judgement:
    status = "undecided" if better is None else "consistent"
    told = "It is right."
    return Judgement("j", "court", "wise", because, status, datetime.now(UTC), better, told, caution=caution)


def after(ranking: Ranking, judgement: Judgement, sound: str = "") -> Ranking:
    ids = sound or "".join(ranking.order)
    return ranking_after(ranking, Panel(ids[:4], ids), judgement)


def test_a_verdict_against_a_measured_majority_does_not_outweigh_it() -> None:
    ranking = after(below(0.78, 0.22, ground="majority"), said("b"))
    assert (ranking.best, ranking.decided_by, ranking.order) == ("a", "learned", ("a", "b"))
    assert ranking.probabilities["b"] == pytest.approx(0.458, abs=1e-3)
    assert ranking.confidence == pytest.approx(0.542, abs=1e-3)
    assert ranking.too_close
    assert ranking.why == (
        "So it is. A judge preferred another answer in both orders; the agreement of most weighs more."
    )


def test_the_answer_that_the_judge_preferred_in_vain_is_second_all_the_same() -> None:
    ranking = after(below(0.78, 0.1, 0.09, ground="majority"), said("c"))
    assert ranking.order == ("a", "c", "b")
    assert sum(ranking.probabilities.values()) == pytest.approx(0.97, abs=1e-3)


@pytest.mark.parametrize("ground", ["unanimous", "reference"])
def test_a_settled_panel_keeps_its_pick(ground: str) -> None:
    ranking = after(below(0.95, 0.02, 0.02, ground=ground), said("c"))
    assert (ranking.best, ranking.decided_by) == ("a", "learned")


def test_a_clear_lead_in_prose_weighs_more_than_a_verdict_where_it_does() -> None:
    ranking = after(below(0.9, 0.1, ground="prose"), said("b"))
    assert (ranking.best, ranking.decided_by) == ("a", "learned")
    assert ranking.why.endswith(
        "A judge preferred another answer in both orders; what speaks for this one weighs more."
    )


def test_a_verdict_that_outweighs_a_clear_lead_decides() -> None:
    ranking = after(below(0.72, 0.28, ground="prose"), said("b"))
    assert (ranking.best, ranking.decided_by, ranking.too_close) == ("b", "judge", True)
    assert ranking.confidence == pytest.approx(0.538, abs=1e-3)
    assert ranking.why == "The judge preferred it in both orders: It is right."


@pytest.mark.parametrize("ground", ["prose", "premise", "divided"])
@pytest.mark.parametrize("shares", [(0.5, 0.46, 0.04), (0.69, 0.3, 0.01), (0.34, 0.33, 0.33), (0.0, 0.0, 0.0)])
@pytest.mark.parametrize("better", ["a", "b", "c"])
def test_on_a_close_call_the_judge_decides_and_is_no_surer_than_the_two_together(
    ground: str, shares: tuple[float, ...], better: str
) -> None:
    ranking = after(below(*shares, ground=ground), said(better))
    assert (ranking.best, ranking.order[0], ranking.decided_by) == (better, better, "judge")
    if better != "a" and any(shares):
        assert 0.35 < (ranking.confidence or 0) < share(2)


def test_of_equal_answers_the_preferred_gets_the_share_of_a_verdict() -> None:
    ranking = after(below(0.5, 0.5, close=True), said("b"))
    assert ranking.confidence == pytest.approx(share(2), abs=1e-3)
    assert confidence.PROSE_CAP < share(2) < 0.8


def test_a_confirmed_pick_is_surer_than_before_and_was_not_decided_by_the_judge() -> None:
    ranking = after(below(0.78, 0.1, 0.1, ground="majority"), said("a", caution="With care."))
    assert (ranking.best, ranking.decided_by) == ("a", "learned")
    assert 0.78 < (ranking.confidence or 0) < 0.95
    assert ranking.why == "So it is. A judge preferred it too, in both orders. With care."


def test_answers_that_the_judge_did_not_see_keep_what_they_had() -> None:
    ranking = after(below(*[1 / 7] * 7, close=True), said("d"))
    assert ranking.best == "d"
    assert all(ranking.probabilities[id] == pytest.approx(1 / 7, abs=1e-3) for id in "efg")
    assert ranking.confidence == pytest.approx(share(4) * 4 / 7, abs=1e-3)


def test_rejected_answers_stay_last_with_what_they_had() -> None:
    ranking = after(below(0.5, 0.4, 0.05, close=True), said("b"), sound="ab")
    assert ranking.order == ("b", "a", "c")
    assert ranking.probabilities["c"] == 0.05


@pytest.mark.parametrize("better", ["a", "b", None])
def test_an_audit_changes_nothing(better: str | None) -> None:
    for ranking in (below(0.51, 0.49, close=True), below(0.78, 0.22, ground="majority")):
        assert after(ranking, said(better, "audit")) is ranking


async def test_an_audit_changes_nothing_when_it_is_made_or_recalled() -> None:
    panel = candidates("It is 42.", "It is 42.", "It is 41, and that is that.")
    ranking = below(0.5, 0.3, 0.2, close=True)
    judge = judge_of(ScriptedJudge(longest))
    found, judgement = await judge.judge(SUM, panel, ranking, "audit")
    assert (judgement.status, judgement.better) == ("consistent", "c")
    assert found is ranking
    assert judge.recall(SUM, panel, ranking, judgement) is ranking


async def test_a_tie_leaves_the_ranking_and_says_so() -> None:
    ranking = below(0.5, 0.3, 0.2, close=True)
    assert (
        after(ranking, said(None)).why
        == f"{ranking.why} A judge looked at it too and did not settle it: what it preferred changed with the order."
    )
