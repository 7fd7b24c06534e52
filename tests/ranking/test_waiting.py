"""What is lost when late answers are not waited for: nothing where they cannot change the pick."""

from __future__ import annotations

import json
import logging
from itertools import groupby
from pathlib import Path

import pytest

from trillm.ranking.learned import waiting
from trillm.ranking.learned.grounds import Ground
from trillm.ranking.learned.waiting import GAINING, TOLERATED_LOSS, BrokenGains, Gains, expected_loss, shipped
from trillm.vocabulary.ranking import Ranking

EVEN = Gains({ground.value: 0.3 for ground in GAINING})


def ranking(ranked: str, ground: str, confidence: float = 0.3) -> Ranking:
    """A ranking of answers told by their final answers, such as "aab"; those that give none, or are rejected, are -."""
    groups = tuple(len(list(alike)) for final, alike in groupby(ranked) if final != "-")
    names = tuple(map(str, range(len(ranked))))
    shares = dict.fromkeys(names, 0.05)
    return Ranking(names, shares, "0", confidence, False, "learned", "", ground=ground, groups=groups)


def test_the_loss_is_the_late_ones_share_times_what_such_a_ground_gains() -> None:
    assert expected_loss(ranking("ab", "prose"), ["c"], gains=EVEN) == pytest.approx(0.1)
    assert expected_loss(ranking("abcd", "divided"), ["e"], gains=EVEN) == pytest.approx(0.06)
    assert expected_loss(ranking("ab", "prose"), ["c", "d"], gains=EVEN) == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("ranked", "ground", "late", "settled"),
    [
        ("aa", "unanimous", 1, True),
        ("aa", "unanimous", 2, True),
        ("aa", "unanimous", 3, False),
        ("aa-", "unanimous", 3, False),
        ("aab", "majority", 1, True),
        ("aab", "majority", 2, False),
        ("aab-", "majority", 2, False),
        ("aaab", "majority", 2, True),
        ("aaabc", "majority", 2, True),
        ("aaaaaabb", "majority", 4, True),
        ("aaaaaaaaaaaabbb", "majority", 9, True),
        ("aaaaaaaaaaaabbb", "majority", 10, False),
        ("ab", "divided", 1, False),
        ("ab", "reference", 6, True),
        ("ab", "prose", 0, True),
    ],
)
def test_those_who_cannot_outvote_the_leading_answer_cost_nothing(ranked, ground, late, settled) -> None:
    names = [f"late {n}" for n in range(late)]
    assert (expected_loss(ranking(ranked, ground), names, gains=EVEN) == 0) is settled


def test_a_late_model_that_weighs_more_than_those_who_agree_is_waited_for() -> None:
    agreed = ranking("aa", "unanimous", 0.9)
    strong = {"0": -0.5, "1": -0.5, "c": 1.0}
    assert expected_loss(agreed, ["c"], strong, EVEN) == pytest.approx(0.1)
    assert expected_loss(agreed, ["c"], {"c": 1.0}, EVEN) == 0
    assert expected_loss(agreed, ["c"], {"c": -9.0}, EVEN) == 0


def test_waiting_gains_no_more_than_the_chance_that_the_pick_is_wrong() -> None:
    assert expected_loss(ranking("ab", "prose", confidence=0.99), ["c"], gains=EVEN) == pytest.approx(0.01)


def test_a_ranking_without_a_ground_and_a_lone_answer_count_as_prose() -> None:
    told = Gains({**EVEN.by_ground, "prose": 0.5})
    for one in (ranking("ab", ""), ranking("ab", "a plugin's own")):
        assert expected_loss(one, ["c"], gains=told) == pytest.approx(0.5 / 3)
    assert expected_loss(ranking("a", "unanimous"), ["b"], gains=told) == pytest.approx(0.25)


def test_what_ships_lets_a_trio_end_early_where_two_agree_and_nowhere_else() -> None:
    losses = {ground: expected_loss(ranking("aa", ground), ["c"]) for ground in Ground}
    assert {ground for ground, loss in losses.items() if loss <= TOLERATED_LOSS} == {
        Ground.UNANIMOUS,
        Ground.MAJORITY,
        Ground.REFERENCE,
    }


@pytest.mark.parametrize(
    "held",
    [
        "{",
        "[]",
        '{"format": 2, "gains": {}}',
        '{"format": 1, "gains": {"prose": 0.1}}',
        '{"format": 1, "gains": {"no such ground": 0.1}}',
        json.dumps({"format": 1, "gains": dict.fromkeys(GAINING, 1.5)}),
        json.dumps({"format": 1, "gains": dict.fromkeys(GAINING, float("nan"))}),
    ],
)
def test_a_file_of_gains_that_cannot_be_used_is_refused(tmp_path: Path, held: str) -> None:
    file = tmp_path / "waiting.json"
    file.write_text(held)
    with pytest.raises(BrokenGains, match=r"waiting\.json"):
        Gains.load(file)


def test_gains_survive_being_written_and_read(tmp_path: Path) -> None:
    file = tmp_path / "waiting.json"
    file.write_text(json.dumps(EVEN.as_object()))
    assert Gains.load(file) == EVEN


def test_with_a_broken_file_everybody_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Gains:
        raise BrokenGains("waiting.json: gone")

    shipped.cache_clear()
    monkeypatch.setattr(waiting.Gains, "load", staticmethod(broken))
    try:
        with caplog.at_level(logging.ERROR):
            assert expected_loss(ranking("ab", "prose"), ["c"]) == pytest.approx(1 / 3)
            assert expected_loss(ranking("aa", "unanimous"), ["c"]) == 0
    finally:
        shipped.cache_clear()
    assert "every answer is waited for" in caplog.text
