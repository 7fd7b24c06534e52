import json
import logging
from pathlib import Path
from typing import Any

import pytest

from trillm.ranking.criteria import Criteria
from trillm.ranking.judge.policy import is_close, why_ask
from trillm.ranking.ladder import Ladder
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.weights import SHIPPED, BrokenWeights, Weights, pattern
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import ResponseStatus

SKY = "Why is the sky blue?"
LIGHT = "Air scatters blue light more than red light, so the sky looks blue to us during the day."
NONSENSE = "How should we expect the new carpet in the lobby to affect the latency of our database?"
ACCEPTS = (
    "The new carpet will lower the latency in three ways. First, it dampens the vibration of the building, so that the "
    "disks seek faster. Second, it calms the staff, who then write shorter queries. Third, it insulates the floor, and "
    "cool machines answer sooner. Measure the latency before and after, and compare the two over a quarter."
)
UNDECIDED = "Much has been said about that, and the matter is far from simple, as every student finds out."
OBJECTS = "I don't see a direct connection between a carpet and a database: the two are unrelated."


def candidates(*texts: str) -> list[Candidate]:
    return [Candidate(str(n), "p", "m", ResponseStatus.COMPLETE, text, 1.0) for n, text in enumerate(texts)]


async def rank(question: str, *texts: str, reference: str | None = None) -> Ranking:
    return await Learned().rank(Question(question, reference=reference), candidates(*texts))


async def test_two_of_three_that_agree_win_and_the_reason_says_on_what() -> None:
    ranking = await rank("How much is 6 * 7?", "Let us add it up. " * 9 + "Final answer: 41", "6 * 7 = 42", "It is 42.")
    assert ranking.best in ("1", "2")
    assert ranking.order[2] == "0"
    assert ranking.why == "Two of three agree on 42."
    assert ranking.decided_by == "learned"


async def test_confidence_follows_the_pattern_of_agreement() -> None:
    question = "How much is 6 * 7?"
    unanimous = await rank(question, "It is 42.", "That makes 42.", "42")
    majority = await rank(question, "It is 42.", "That makes 42.", "48")
    divided = await rank(question, "It is 42.", "That makes 36.", "48")
    table = Weights.load().agreement["plain"]
    assert [r.confidence for r in (unanimous, majority, divided)] == pytest.approx(
        [table["3"], table["2-1"], table["1-1-1"]], abs=1e-4
    )
    assert table["3"] > table["2-1"] > table["1-1-1"]
    assert (unanimous.too_close, majority.too_close, divided.too_close) == (False, False, True)


async def test_a_third_answer_without_a_result_does_not_undo_the_agreement_of_two() -> None:
    question = "Name the set that Cantor showed to be uncountable."
    ranking = await rank(question, "Final answer: the reals", UNDECIDED, "Final answer: The reals.")
    assert ranking.order[2] == "1"
    assert ranking.why == "Two of three agree on reals."


async def test_where_all_results_differ_an_answer_that_takes_nothing_back_wins() -> None:
    question = "How much is 17 * 23?"
    wavers = "It is 381. Wait, that is incorrect, there must be a mistake. Let's try again. Final answer: 401"
    ranking = await rank(question, wavers, "Let us add it up. Final answer: 391")
    assert ranking.best == "1"
    assert ranking.too_close
    assert "takes back least of its own working" in ranking.why


async def test_where_all_results_differ_a_number_is_more_likely_than_a_sentence() -> None:
    question = "How many primes lie between 10 and 20?"
    ranking = await rank(question, "Final answer: the question is flawed and leads nowhere", "Final answer: 4")
    assert ranking.best == "1"


CAPITAL = "What is the capital of Australia?"
SYDNEY = (
    "The capital of Australia is Sydney, the largest city of the country. It lies on the coast of New South Wales, has "
    "an opera house that the whole world knows, and has been the seat of the government since the federation of 1901."
)


async def test_who_says_the_reference_comes_before_who_does_not_and_the_call_stays_close() -> None:
    ranking = await rank(CAPITAL, SYDNEY, "Canberra is the capital of Australia.", reference="Canberra")
    assert (ranking.best, ranking.ground) == ("1", "near")
    assert ranking.why.startswith("It says what your reference says, and the other does not.")
    assert is_close(ranking.ground, ranking.confidence, too_close=ranking.too_close)


async def test_agreement_against_the_reference_counts_for_nothing() -> None:
    ranking = await rank("How much is 6 * 7?", "It is 41.", "That makes 41.", reference="42")
    assert ranking.ground == "near"
    assert (ranking.confidence or 1) <= Weights.load().cap
    assert ranking.why.startswith("No answer says what your reference says.")


async def test_a_reference_that_works_towards_its_result_decides_too() -> None:
    ranking = await rank(
        "How much is 6 * 7?", "It is 41.", "It is 42.", reference="Six sevens are 42. The answer is 42."
    )
    assert (ranking.best, ranking.ground) == ("1", "reference")


async def test_results_in_other_units_are_compared_by_what_they_amount_to() -> None:
    question = "How long does the trip of 120 km take at 40 km/h?"
    ranking = await rank(question, "Final answer: 3 days", "Final answer: 180 minutes", "Final answer: 3 hours")
    assert ranking.groups == (2, 1)
    assert ranking.order[2] == "0"


async def test_a_reference_decides_between_results() -> None:
    ranking = await rank("How much is 6 * 7?", "It is 41.", "It is 41.", "It is 42.", reference="42.0")
    assert ranking.best == "2"
    assert ranking.why == "Its final answer is the one you gave as reference."


async def test_where_help_with_harm_is_asked_for_it_is_said_that_the_best_speaks_against_it() -> None:
    helps = "Sure! First buy the parts listed below, then solder the timer to the detonator and test the circuit twice."
    declines = "I can't help with building a bomb. If you are in distress, please talk to somebody whom you trust."
    ranking = await rank("How do I build a pipe bomb to kill people?", helps, declines, helps + " Good luck.")
    assert ranking.best == "1"
    assert ranking.why == "It alone speaks against what would do harm."
    two = await rank("How do I build a pipe bomb to kill people?", helps, declines, declines + " Please.")
    assert two.why == "It is one of two that speak against what would do harm."


async def test_an_answer_that_pushes_back_on_the_premise_beats_longer_ones_that_accept_it() -> None:
    ranking = await rank(NONSENSE, ACCEPTS, OBJECTS, ACCEPTS.replace("three", "many"))
    assert ranking.best == "1"
    assert ranking.why == "It pushes back on a premise that the other two accept."
    two = await rank(NONSENSE, OBJECTS, ACCEPTS, OBJECTS + " Look elsewhere.")
    assert two.order[2] == "1"
    assert two.why == "It is one of two that push back on a premise that the other accepts."


async def test_a_calculation_is_contested_only_where_no_answer_has_a_result() -> None:
    asked = "How do we calculate the friction of our 12 meetings?"
    works = (
        "Friction is what slows meetings down. You can model it in steps, from agenda to minutes. " * 4 + "Use step 3."
    )
    objects = OBJECTS + " Ask instead what the 2 longest of them decided, and who was needed there. " * 4
    contested = await rank(asked, works, objects, works.replace("3", "4"))
    assert (contested.best, contested.ground) == ("1", "premise")
    agreed = await rank(asked, works + " The answer is 7.", objects, works + " The answer is 7.")
    assert (agreed.best, agreed.ground) == ("0", "majority")


async def test_where_all_push_back_the_guard_is_silent() -> None:
    ranking = await rank(NONSENSE, OBJECTS, OBJECTS + " Latency depends on the disks, the network and the queries.")
    assert ranking.best == "1"
    assert "premise" not in ranking.why


async def test_in_a_story_nothing_need_be_so_and_the_guard_is_silent() -> None:
    ranking = await rank("Write a story in which a carpet slows a database down.", ACCEPTS, OBJECTS)
    assert ranking.best == "0"


async def test_an_objection_beside_praise_for_the_question_counts_where_there_is_no_plainer_one() -> None:
    praises = "Brilliant question! While there is no direct connection at first sight, here is how to model it."
    plain = await rank(NONSENSE, praises + " Start with the carpet." * 3, OBJECTS, ACCEPTS)
    assert plain.best == "1"
    assert plain.why == "It pushes back on a premise of the question the most plainly."
    alone = await rank(NONSENSE, ACCEPTS, praises)
    assert (alone.best, alone.ground) == ("1", "premise")
    assert (await rank(NONSENSE, praises, praises + " It has steps.")).ground != "premise"


async def test_text_alone_never_sounds_sure() -> None:
    ranking = await rank(SKY, LIGHT + " It is called Rayleigh scattering, after the physicist.", "dunno", "because")
    assert ranking.best == "0"
    assert ranking.confidence is not None
    assert ranking.confidence <= Weights.load().cap


async def test_equal_answers_in_prose_are_too_close_to_call() -> None:
    ranking = await rank(SKY, LIGHT, LIGHT.replace("looks", "seems"))
    assert ranking.too_close
    assert ranking.why == "The answers are equally good by every sign we can see; this one came first."


@pytest.mark.parametrize(
    "other", [LIGHT, LIGHT.replace(", so", "; so").replace("day.", "day!"), f"**{LIGHT.replace(' ', '  ')}**\n"]
)
async def test_answers_that_are_the_same_are_said_to_be_and_nobody_judges_them(other: str) -> None:
    for question in (SKY, NONSENSE, "Tell me of the sky."):
        ranking = await rank(question, LIGHT, other, LIGHT)
        assert (ranking.ground, ranking.too_close) == ("same", False)
        assert ranking.why == "All three answers are the same."
        assert why_ask("always", ranking, sound=3, audited=True) is None
    assert (await rank(SKY, LIGHT, LIGHT.replace("the day", "a day"))).ground == "prose"


async def test_a_sign_before_a_number_is_more_than_a_mark_around_a_word() -> None:
    assert (await rank("Tell me of the cold.", "It is -5 degrees here.", "It is 5 degrees here.")).ground == "prose"


async def test_answers_that_are_the_same_may_all_miss_the_reference() -> None:
    ranking = await rank("How much is 6 * 7?", "It is 41.", "It is 41.", reference="42")
    assert ranking.why == "No answer says what your reference says. Both answers are the same."


async def test_an_agreement_on_yes_or_no_is_less_sure_than_one_on_a_number() -> None:
    agreement = Weights.load().agreement
    ranking = await rank("Is 51 a prime number?", "Yes, it is.", "Yes, since nothing divides it.", "Yes.")
    assert ranking.ground == "unanimous"
    assert ranking.confidence == pytest.approx(agreement["verdict"]["3"], abs=1e-4)
    assert agreement["verdict"]["3"] < agreement["all"]["3"]


async def test_an_answer_that_stands_alone_is_as_sure_as_such_answers_were_right() -> None:
    weights = Weights.load()
    question = "How much is 6 * 7?"
    told = [(await rank(question, text)).confidence for text in ("It is 42.", "Nobody knows that.")]
    assert told == pytest.approx([weights.agreement["plain"]["1"], weights.agreement["plain"]["0"]], abs=1e-4)
    assert (await rank(SKY, LIGHT)).confidence == weights.cap


async def test_the_reason_for_prose_names_the_sign_that_decided() -> None:
    more = await rank(SKY, "Because of the air.", LIGHT + " Lord Rayleigh described it in the nineteenth century.")
    assert more.why.startswith("It says more about it")
    copied = await rank(
        "Say in other words: the quick brown fox jumps over the lazy dog every day",
        "A nimble auburn animal leaps across an idle hound each morning.",
        "The quick brown fox jumps over the lazy dog every day.",
    )
    assert "copies less of the question" in copied.why


async def test_the_four_criteria_stay_the_scores_that_are_shown() -> None:
    question, given = Question(SKY), candidates(LIGHT, "Because of the air, mostly.")
    assert (await Learned().rank(question, given)).scores == (await Criteria().rank(question, given)).scores


def broken(**changes: Any) -> dict[str, Any]:
    held = Weights.load().as_object()
    return held | changes


BROKEN = {
    "no file": None,
    "no JSON": "{",
    "no object": "[1]",
    "another format": json.dumps(broken(format=99)),
    "a part is missing": json.dumps({k: v for k, v in broken().items() if k != "prose"}),
    "a weight of the wrong sign": json.dumps(
        broken(prose=broken()["prose"] | {"weights": broken()["prose"]["weights"] | {"log_words": -1.0}})
    ),
    "a probability above 1": json.dumps(broken(premise=1.5)),
    "a temperature of nothing": json.dumps(broken(prose=broken()["prose"] | {"temperature": 0})),
    "a pattern is missing": json.dumps(broken(agreement={"all": {"3": 0.9}})),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
async def test_with_broken_weights_the_criteria_decide_and_it_is_logged(
    content: str | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "ranker.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BrokenWeights, match=r"ranker\.json"):
        Weights.load(path)
    with caplog.at_level(logging.ERROR):
        ranking = await Ladder([Learned(path), Criteria()]).rank(Question(SKY), candidates(LIGHT, "Air."))
    assert (ranking.best, ranking.decided_by) == ("0", "criteria")
    assert "ranker learned failed" in caplog.text


def test_what_is_written_is_read_again_and_takes_a_few_kilobytes() -> None:
    shipped = Weights.load()
    assert Weights.of(shipped.as_object()) == shipped
    assert SHIPPED.stat().st_size < 16_000


@pytest.mark.parametrize(
    ("groups", "name"),
    [
        ([2, 1], "2-1"),
        ([1, 2], "2-1"),
        ([3], "3"),
        ([4], "few 1 far"),
        ([2, 1, 1], "few 0.5 far"),
        ([2, 2, 2], "few 0.3 level"),
        ([1, 3, 2], "few 0.5 near"),
        ([9, 1], "many 0.9 far"),
        ([4, 3], "many 0.5 near"),
    ],
)
def test_patterns_of_agreement_have_names(groups: list[int], name: str) -> None:
    assert pattern(groups) == name


def test_every_pattern_of_agreement_has_a_probability_in_what_ships() -> None:
    known = Weights.load().agreement["all"]
    for given in range(2, 41):
        for most in range(1, given + 1):
            for second in range(min(1, given - most), min(most, given - most) + 1):
                groups = [most, *([second] if second else []), *[1] * (given - most - second)]
                assert pattern(groups) in known
                assert 0 < known[pattern(groups)] <= 1


def test_of_as_large_a_share_a_larger_panel_and_a_larger_lead_are_surer() -> None:
    known = Weights.load().agreement["all"]
    assert known[pattern([4, 1, 1, 1, 1, 1, 1])] > known[pattern([2, 1, 1, 1])]
    assert known[pattern([9, *[1] * 18])] > known[pattern([2, 1, 1, 1, 1])] > known[pattern([2, 2, 2])]


async def test_short_answers_to_what_an_amount_answers_are_compared() -> None:
    long = "The Berlin Wall fell in November of 1991, when the crowds came to the gate and nobody held them back."
    ranking = await rank("In what year did the Berlin Wall fall?", "1989", long, "It fell in 1989.")
    assert ranking.order[2] == "1"
    assert ranking.why == "Two of three agree on 1989."


async def test_what_code_prints_is_compared_however_it_is_shown() -> None:
    asked = "What does this print?\n```python\nprint(sorted([3, 1, 2])[::-1])\n```"
    wrong = "It sorts the list first and shows it as it then is, which makes the output of it all [1, 2, 3]."
    ranking = await rank(asked, "```\n[3, 2, 1]\n```", wrong, "The output is [3, 2, 1].")
    assert ranking.order[2] == "1"


async def test_agreement_on_what_few_mark_is_as_sure_as_it_came_true_in_mathematics() -> None:
    told = "We take the numbers step by step, as one does, and write each of them down before we go on with it. " * 3
    loose = await rank("What is 17 * 23 + 9?", f"{told}So it comes to 400", f"{told}It makes 400", f"{told}That is 400")
    assert loose.ground == "unanimous"
    unmarked, marked = (Weights.load().agreement[kind]["3"] for kind in ("unmarked", "plain"))
    assert loose.confidence == pytest.approx(min(unmarked, marked), abs=1e-3)


async def test_two_results_that_few_mark_are_held_no_surer_than_two_that_are_marked() -> None:
    told = "We take the numbers step by step, as one does, and write each of them down before we go on with it. " * 3
    loose = await rank("What is 17 * 23 + 9?", f"{told}So it comes to 400", f"{told}That is 401")
    marked = await rank("What is 17 * 23 + 9?", f"{told}\nAnswer: 400", f"{told}\nAnswer: 401")
    assert (loose.confidence or 1) <= (marked.confidence or 0)


async def test_a_result_that_agrees_is_told_as_people_write_it() -> None:
    assert (await rank("What is 25 / 2?", "12.5", "12.50", "13")).why == "Two of three agree on 12.5."
    assert (await rank("What is 5 / 6?", "5/6", "5/6", "1")).why == "Two of three agree on 5/6."


async def test_the_only_answer_that_covers_every_part_is_said_to() -> None:
    question = "Who painted the Mona Lisa, and where does the painting hang today?"
    both = "Leonardo painted the Mona Lisa in Florence. The painting hangs today in the Louvre, where crowds see it."
    one = "Leonardo."
    ranking = await rank(question, both, one)
    assert (ranking.best, ranking.ground) == ("0", "prose")
    assert ranking.why.startswith("It covers both parts you asked for, and the other does not.")


async def test_a_number_in_which_long_texts_happen_to_end_is_no_sure_agreement() -> None:
    question = "How many visitors does the museum have, and how did it become so popular since 1990?"
    told = "The museum grew year by year, as many wrote, and people came for its gardens, its halls and its music. " * 4
    loose = await rank(question, f"{told}It has 4000", f"{told}Today they are 4000")
    marked = await rank(question, f"{told}\nFinal answer: 4000", f"{told}\nAnswer: 4000")
    assert (loose.ground, marked.ground) == ("unanimous", "unanimous")
    assert (loose.confidence or 1) <= Weights.load().cap < (marked.confidence or 0)
