"""Reasons are codes with values; `why` is what they are in English, and the page has each of them in its languages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from trillm.ranking.heuristic import Heuristic
from trillm.ranking.judge.settle import Panel, ranking_after
from trillm.ranking.ladder import default_ladder
from trillm.ranking.ranker import Candidate
from trillm.ranking.reasons.told import CLAUSES, FATES, SENTENCES, in_english
from trillm.vocabulary.ids import now
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Judgement, Ranking, Reason
from trillm.vocabulary.response import ResponseStatus

PAGE = Path(__file__).parents[2] / "clients" / "web" / "src" / "text" / "reasons.ts"


async def ranked(question: str, *answers: str) -> Ranking:
    panel = [
        Candidate(str(n), "p", f"m{n}", ResponseStatus.COMPLETE, answer, 100.0 + n) for n, answer in enumerate(answers)
    ]
    return await default_ladder().rank(Question(question), panel)


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("How much is 6 * 7?", ("It is 42.", "It is 42.", "It is 41.")),
        ("How much is 6 * 7?", ("It is 40.", "It is 42.", "It is 41.")),
        ("Why is the sky blue?", ("Air scatters blue light more than red light.", "It just is.")),
        ("Why is the sky blue?", ("Air scatters blue light more than red light.", "", "I'm sorry, I can't help.")),
        ("Why is the sky blue?", ("", "")),
        ("Why is the sky blue?", ("Air scatters blue light more than red light.",)),
    ],
)
async def test_what_a_pick_says_in_words_it_says_in_codes(question: str, answers: tuple[str, ...]) -> None:
    ranking = await ranked(question, *answers)
    assert ranking.reasons
    assert in_english(ranking.reasons) == ranking.why


async def test_the_bottom_rung_says_it_in_codes_too() -> None:
    candidate = Candidate("a", "p", "m", ResponseStatus.COMPLETE, "Air scatters blue light.", 10.0)
    ranking = await Heuristic().rank(Question("Why is the sky blue?"), [candidate, replace(candidate, id="b")])
    assert [reason.code for reason in ranking.reasons] == ["by-form"]


def test_two_things_that_the_first_does_better_make_one_sentence() -> None:
    reasons = [Reason("near", {"others": 2}), Reason("says-more"), Reason("repeats-less"), Reason("close")]
    assert in_english(reasons) == (
        "It says what your reference says, and the other two do not. It says more about it and repeats itself less. "
        "It is close: the next one is nearly as good."
    )


def test_the_fates_of_the_others_are_counted() -> None:
    told = in_english([Reason("only-sound", {"refused": 1, "cut-off": 2})])
    assert told == "It is the only sound answer: one refused and two broke off."


async def test_a_judge_adds_a_code_only_where_there_are_codes() -> None:
    ranking = await ranked("How much is 6 * 7?", "It is 42.", "It is 41.")
    undecided = Judgement("j", "p", "m", "close", "undecided", now())
    after = ranking_after(ranking, Panel(["0", "1"], ["0", "1"]), undecided)
    assert [reason.code for reason in after.reasons] == [*(r.code for r in ranking.reasons), "judge-unsettled"]
    words_only = replace(ranking, why="A plugin's words.", reasons=())
    after = ranking_after(words_only, Panel(["0", "1"], ["0", "1"]), undecided)
    assert (after.reasons, after.why.startswith("A plugin's words. A judge")) == ((), True)


async def test_a_judge_that_is_to_be_taken_with_care_says_so_in_codes_where_it_agrees() -> None:
    ranking = await ranked("Why is the sky blue?", "Air scatters blue light more than red light.", "It just is.")
    own = Judgement(
        "j", "p", "m", "asked", "consistent", now(), "0", caution="With care.", cautions=(Reason("judge-own"),)
    )
    after = ranking_after(ranking, Panel(["0", "1"], ["0", "1"]), own)
    assert [reason.code for reason in after.reasons][-2:] == ["judge-too", "judge-own"]


def test_the_page_has_every_code_in_its_languages() -> None:
    text = PAGE.read_text(encoding="utf-8")
    told = set(re.findall(r'^  "?([a-z-]+)"?: \(', text, re.MULTILINE))
    assert told == {*SENTENCES, *CLAUSES, *FATES, "covers"}
