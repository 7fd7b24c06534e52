"""When one cheap answer is doubtful: by what is asked more than by what it says."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from trillm.ranking.learned.doubt import DOUBTFUL, RAISES, BrokenDoubt, Doubt, DoubtWeights
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question
from trillm.vocabulary.response import ResponseStatus

DOUBT = Doubt()


def of(question: str, answer: str, *, status: ResponseStatus = ResponseStatus.COMPLETE) -> float:
    return DOUBT.of(Question(question), Candidate("a", "fake", "small", status, answer))


SUM = "How many apples are 17 apples and 25 apples?"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("", ResponseStatus.EMPTY),
        ("I'm sorry, but I can't help with that request.", ResponseStatus.COMPLETE),
        ("17 and 25 apples make 42.", ResponseStatus.TRUNCATED),
        ("Internal Server Error", ResponseStatus.COMPLETE),
    ],
)
def test_what_hygiene_rejects_is_doubtful_without_question(answer: str, status: ResponseStatus) -> None:
    assert of(SUM, answer, status=status) == 1


def test_a_calculation_without_a_result_is_more_doubtful_than_one_with_it() -> None:
    told = of(SUM, "17 apples and 25 apples are 42 apples.")
    assert 0 < told < of(SUM, "Apples and apples are added like anything else that can be counted and added.")


def test_a_sum_that_does_not_hold_raises_the_doubt() -> None:
    plain, fails = (of(SUM, told) for told in ("17 + 25 = 44, no more.", "17 + 25 = 44 apples."))
    assert plain < fails


def test_mathematical_notation_and_open_questions_are_more_doubtful_than_plain_sums() -> None:
    plain = of(SUM, "17 apples and 25 apples are 42 apples.")
    hard = of("Find $\\sum_{k=1}^{8} k^2$ apples.", "The sum of apples: $\\sum_{k=1}^{8} k^2$ = 204. Answer: 204")
    assert plain < hard
    assert plain < of("Why is the sea blue?", "The sea is blue.")


def test_in_prose_the_thinner_answer_is_the_more_doubtful() -> None:
    asked = "Why is the sea blue?"
    rich = (
        "The sea looks blue because water takes in red light more than blue, so that what comes back from the depth "
        "has lost its red. A glass of it is too thin for that to show, which is why it looks clear in the hand. The "
        "sky adds its own colour at the surface, most of all when the sun is high and the air is dry. Where rivers "
        "bring mud, or small plants drift in great numbers, the same water turns brown or green instead."
    )
    assert of(asked, rich) < of(asked, "It is the light.")


def test_an_answer_that_objects_to_the_premise_is_the_less_doubtful() -> None:
    asked = "What is the effect of desk colour on quarterly revenue, and how do we model it?"
    tail = "Desk colour, quarterly revenue and how to model it have been looked at by many people before."
    assert of(asked, f"There is no evidence of such an effect. {tail}") < of(
        asked, f"The effect is a strong one. {tail}"
    )


def test_an_answer_that_gives_the_callers_reference_is_beyond_doubt() -> None:
    question = Question(SUM, reference="42")
    assert DOUBT.of(question, Candidate("a", "f", "m", ResponseStatus.COMPLETE, "They are 42.")) == 0
    assert DOUBT.of(question, Candidate("a", "f", "m", ResponseStatus.COMPLETE, "They are 43.")) == 1


@pytest.mark.parametrize(("text", "doubtful"), [("It is Sydney.", True), ("It is Canberra.", False)])
def test_an_answer_in_prose_that_does_not_say_the_reference_is_doubtful(text: str, doubtful: bool) -> None:
    question = Question("What is the capital of Australia?", reference="Canberra")
    doubt = DOUBT.of(question, Candidate("a", "f", "m", ResponseStatus.COMPLETE, text))
    assert (doubt == 1) is doubtful


def test_the_default_asks_the_rest_about_hard_mathematics_and_prose() -> None:
    assert of("Find $\\frac{1}{2}$ of $x^2$ for x = 4.", "Half of 16 is 8. The answer is $\\boxed{8}$.") >= DOUBTFUL
    assert of("Why is the sea blue?", "Because of the light.") >= DOUBTFUL


WHOLE = {"format": 1, "bias": -1.0, "weights": dict.fromkeys(RAISES, 0.0)}


@pytest.mark.parametrize(
    "held",
    [
        "{",
        "[]",
        json.dumps({**WHOLE, "format": 1}),
        json.dumps({**WHOLE, "weights": {}}),
        json.dumps({**WHOLE, "bias": float("nan")}),
        json.dumps({**WHOLE, "weights": {**WHOLE["weights"], "missing": -1}}),
        json.dumps({**WHOLE, "weights": {**WHOLE["weights"], "objects": 1}}),
    ],
)
def test_weights_that_cannot_be_used_make_every_answer_doubtful(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, held: str
) -> None:
    file = tmp_path / "doubt.json"
    file.write_text(held)
    with pytest.raises(BrokenDoubt, match=r"doubt\.json"):
        DoubtWeights.load(file)
    with caplog.at_level(logging.ERROR):
        broken = Doubt(file)
        assert broken.of(Question(SUM), Candidate("a", "f", "m", ResponseStatus.COMPLETE, "They are 42.")) == 1
    assert "every answer is" in caplog.text


def test_weights_survive_being_written_and_read(tmp_path: Path) -> None:
    file = tmp_path / "doubt.json"
    file.write_text(json.dumps(DoubtWeights.load().as_object()))
    assert DoubtWeights.load(file) == DoubtWeights.load()
