"""Who works out a sum that does not hold is no witness of the result; the reason tells the sum."""

from __future__ import annotations

import pytest

from trillm.ranking.judge.policy import is_close
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.weights import Weights
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import ResponseStatus

APPLES = "A shop has 17 boxes of 24 apples. How many apples is that?"
WRONG = "17 * 24 = 418, so there are 418 apples."
WRONG_TOO = "That is 17 × 24 = 418.\n\nAnswer: 418"
RIGHT = "17 * 24 = 408, so there are 408 apples."
TOLD = "There are 408 apples."


async def rank(*texts: str, question: str = APPLES, reference: str | None = None) -> Ranking:
    panel = [Candidate(str(n), "p", f"m{n}", ResponseStatus.COMPLETE, text, 1.0) for n, text in enumerate(texts)]
    return await Learned().rank(Question(question, reference=reference), panel)


async def test_where_all_differ_who_reckons_wrongly_comes_last_and_the_reason_tells_the_sum() -> None:
    ranking = await rank(WRONG, "There are 400 apples.", RIGHT)
    assert ranking.order == ("2", "1", "0")
    assert ranking.why == (
        "The final answers all differ, and one of the others works out a sum that does not hold (17 × 24 = 418)."
    )
    two = await rank(WRONG, "17 * 24 = 428, so it is 428.", RIGHT)
    assert two.why.startswith("The final answers all differ, and two of the others work out sums that do not hold")


async def test_where_all_differ_sums_that_hold_come_first() -> None:
    ranking = await rank("There are 400 apples.", "17 * 20 = 340 and 17 * 4 = 68, so there are 408.", "It is 410.")
    assert ranking.best == "1"
    assert ranking.why.endswith("this one works out the most sums that hold.")


async def test_two_that_agree_by_sums_that_fail_lose_to_one_whose_sum_holds_and_a_judge_may_be_asked() -> None:
    ranking = await rank(WRONG, WRONG_TOO, RIGHT)
    assert (ranking.best, ranking.ground, ranking.groups) == ("2", "divided", (1, 2))
    assert ranking.why == "Two agree on another final answer, both of them by sums that do not hold (17 × 24 = 418)."
    assert is_close(ranking.ground, ranking.confidence, too_close=ranking.too_close)


async def test_two_whose_sums_hold_beat_three_of_whom_two_reckon_wrongly() -> None:
    ranking = await rank("It is 418.", WRONG, WRONG_TOO, RIGHT, TOLD)
    assert (ranking.best, ranking.groups) == ("3", (2, 3))
    assert ranking.why == ("Three agree on another final answer, two of them by sums that do not hold (17 × 24 = 418).")


async def test_one_of_two_whose_sum_fails_leaves_the_majority_but_less_sure() -> None:
    ranking = await rank(WRONG, "There are 418 apples.", "There are 408 apples.")
    agreed = await rank("It is 418.", "There are 418 apples.", "There are 408 apples.")
    assert (ranking.best, ranking.ground, agreed.ground) == ("1", "majority", "majority")
    assert (ranking.confidence or 1) < (agreed.confidence or 0)


async def test_of_those_who_agree_the_one_whose_sums_hold_is_shown() -> None:
    long_and_wrong = f"We multiply the boxes by the apples in each, step by step. 17 * 20 = 350. {TOLD}"
    assert (await rank(long_and_wrong, TOLD, "It is 418.")).best == "1"


async def test_agreement_on_sums_that_fail_is_too_close_to_call_and_says_with_what_care_to_take_it() -> None:
    ranking = await rank(WRONG, WRONG_TOO)
    assert ranking.confidence == pytest.approx(Weights.load().agreement["broken"]["1"], abs=1e-3)
    assert ranking.too_close
    assert ranking.why.endswith("Take it with care: a sum in it does not hold (17 × 24 = 418).")


async def test_a_lone_answer_whose_sum_fails_says_so() -> None:
    alone, beside = await rank(WRONG), await rank(WRONG, "I'm sorry, but I can't help with that request.")
    sound = await rank(RIGHT)
    for ranking in (alone, beside):
        assert [reason.code for reason in ranking.reasons][-1] == "sum-fails"
        assert (ranking.confidence or 1) < (sound.confidence or 0)
    assert [reason.code for reason in sound.reasons] == ["only-answer"]


async def test_a_sum_too_long_to_show_is_not_shown() -> None:
    ranking = await rank(f"{'17 + ' * 23}17 = 418, so there are 418 apples.", TOLD)
    assert ranking.best == "1"
    assert ranking.why.endswith("works out a sum that does not hold.")


async def test_a_reference_settles_it_whatever_the_sums() -> None:
    ranking = await rank(WRONG, RIGHT, TOLD, reference="418")
    assert (ranking.best, ranking.ground) == ("0", "reference")
    assert ranking.why == "Its final answer is the one you gave as reference."


async def test_decimal_commas_and_points_for_thousands_lose_no_right_answer() -> None:
    asked = "Was kosten 4 Hefte zu je 2,50 Euro? Berechne den Preis."
    ranking = await rank("2,50 * 4 = 10,00 Euro. Antwort: 10", "2,5 · 4 = 10. Also 10", "Es sind 12.", question=asked)
    assert ranking.best in ("0", "1")
    asked = "Was kosten 1.250 Euro plus 980 Euro zusammen? Berechne die Summe."
    ranking = await rank("1.250 + 980 = 2.230\n\nAntwort: 2230", "Antwort: 2230", "Antwort: 2130", question=asked)
    assert ranking.best in ("0", "1")


async def test_sums_are_read_only_where_the_question_asks_to_reckon() -> None:
    code = "What does this print?\n```python\nprint(17 * 24)\n```"
    ranking = await rank("17 * 24 = 418. Output: `408`", "Output: `400`", question=code)
    assert "sum" not in ranking.why
