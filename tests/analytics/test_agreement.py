"""Votes are compared with what was chosen, each question once, and never with more certainty than they give."""

from __future__ import annotations

import pytest

from trillm.analytics.dashboard.agreement import Agreement, Bin, Proportion, Vote, agreement


def vote(query: str, on: str, rating: int = 1, better: str | None = None, **told: object) -> Vote:
    pick = {"pick": "a", "confidence": 0.7, "judged": None}
    return Vote(query, on, rating, better, **{**pick, **told})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("proportion", "low", "high"),
    [(Proportion(0, 1), 0.0, 0.793), (Proportion(5, 10), 0.237, 0.763), (Proportion(1, 1), 0.207, 1.0)],
)
def test_the_interval_is_wilsons(proportion: Proportion, low: float, high: float):
    assert proportion.interval == pytest.approx((low, high), abs=0.001)


def test_of_nothing_there_is_no_interval_and_no_bin():
    assert Proportion().interval is None
    assert agreement([]) == Agreement(Proportion(), Proportion(), ())


def test_a_thumb_for_another_answer_is_no_word_against_the_pick():
    assert agreement([vote("1", "b"), vote("2", "b", -1)]).with_pick == Proportion()
    assert agreement([vote("1", "a"), vote("2", "a", -1)]).with_pick == Proportion(1, 2)


def test_a_question_counts_once_and_a_named_preference_before_a_thumb():
    newest_first = [vote("1", "a"), vote("1", "a", -1, "b"), vote("1", "c", 1, "c"), vote("2", "b", 1, "a")]
    assert agreement(newest_first).with_pick == Proportion(1, 2)


def test_votes_are_held_against_the_judge_only_where_it_chose():
    votes = [vote("1", "b", judged="b"), vote("2", "a", 1, "a", judged="b"), vote("3", "a")]
    assert agreement(votes).with_judge == Proportion(1, 2)


def test_confidence_is_compared_with_votes_step_by_step():
    votes = [vote("1", "a", confidence=1.0), vote("2", "a", -1, confidence=0.9), vote("3", "a", confidence=0.45)]
    found = agreement([*votes, vote("4", "a", confidence=None)])
    assert found.bins == (Bin(0.4, 0.6, 0.45, Proportion(1, 1)), Bin(0.8, 1.0, 0.95, Proportion(1, 2)))
    assert found.with_pick == Proportion(3, 4)
