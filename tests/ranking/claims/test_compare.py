"""The disagreement map on answers that were written for it; how good it is in general is measured in evals."""

from __future__ import annotations

import random
import time

import pytest

from trillm.ranking.claims.claim import Agreement, ClaimMap, Difference, MappedClaim
from trillm.ranking.claims.compare import Answer, compare

QUESTION = "Tell me about the Eiffel Tower."
LISTED = (
    "## The tower\n\nThe Eiffel Tower was finished in 1889. It is not painted every year.\n\n"
    "- **Height**: the Eiffel Tower is 330 metres tall.\n- Lifts carry visitors to all three floors.\n"
)
AGREEING = "The Eiffel Tower was finished in 1889.\nThe Eiffel Tower is 330 m tall. 😀 It was meant to last 20 years."


def told(*texts: str, question: str = QUESTION) -> ClaimMap:
    return compare(question, [Answer(f"r{place}", text) for place, text in enumerate(texts)])


def of(found: ClaimMap, agreement: Agreement) -> list[MappedClaim]:
    return [claim for claim in found.claims if claim.agreement is agreement]


def utf16(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


def test_what_all_say_is_told_with_the_passage_of_each() -> None:
    year, height = of(told(LISTED, AGREEING), Agreement.ALL)
    assert [utf16(AGREEING, p.start, p.end) for p in (year.sides[0].passages[1], height.sides[0].passages[1])] == [
        "The Eiffel Tower was finished in 1889.",
        "The Eiffel Tower is 330 m tall.",
    ]
    assert height.sides[0].text == "Height: the Eiffel Tower is 330 metres tall."
    assert 0.5 < height.sure <= 1


def test_what_only_one_says_is_told_too_and_places_count_as_javascript_counts() -> None:
    alone = of(told(LISTED, AGREEING), Agreement.ONE)
    (meant,) = [claim for claim in alone if claim.sides[0].passages[0].response_id == "r1"]
    (passage,) = meant.sides[0].passages
    assert utf16(AGREEING, passage.start, passage.end) == "😀 It was meant to last 20 years."


def test_a_contested_claim_comes_first_with_a_side_for_each_thing_that_is_said() -> None:
    first = told(LISTED, AGREEING, "The Eiffel Tower is 312 metres tall.").claims[0]
    assert (first.agreement, first.differs_in) == (Agreement.CONTESTED, Difference.NUMBER)
    assert [[p.response_id for p in side.passages] for side in first.sides] == [["r0", "r1"], ["r2"]]


@pytest.mark.parametrize(
    ("count", "agreement"), [(5, Agreement.ALL), (3, Agreement.MOST), (2, Agreement.SOME), (1, Agreement.ONE)]
)
def test_agreement_counts_the_answers(count: int, agreement: Agreement) -> None:
    texts = ["Iron rusts in damp air within days."] * count + ["Nobody knows who built the harbour."] * (5 - count)
    claim = next(c for c in told(*texts).claims if "Iron" in c.sides[0].text)
    assert (claim.agreement, len(claim.sides[0].passages)) == (agreement, count)


@pytest.mark.parametrize(
    ("one", "other", "by"),
    [
        ("The pill works against viruses.", "The pill does not work against viruses.", Difference.NEGATION),
        ("The bridge was closed before the flood.", "The bridge was closed after the flood.", Difference.OPPOSITE),
        ("The capital of Australia is Sydney.", "The capital of Australia is Canberra.", Difference.NAME),
        ("Die Brücke ist 120 m lang.", "Die Brücke ist 210 m lang.", Difference.NUMBER),
    ],
)
def test_it_says_what_contradicts(one: str, other: str, by: Difference) -> None:
    assert [(c.agreement, c.differs_in) for c in told(one, other).claims] == [(Agreement.CONTESTED, by)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The tower has 3 floors.", "The tower took 2 years to build."),
        ("Popular editors include Emacs.", "Popular editors include Vim."),
        ("Stay focused and avoid accidents.", "Stay focused."),
        ("If you do not water it, the plant dies soon.", "If you water it, the plant does not die."),
    ],
)
def test_what_is_unsure_is_never_contested(one: str, other: str) -> None:
    assert of(told(one, other), Agreement.CONTESTED) == []


def test_final_answers_are_a_claim_of_their_own() -> None:
    question = "What is 17 * 23? Calculate it."
    texts = ["We multiply 17 by 20 first.\n\nThe answer is 391.", "It comes to $\\boxed{391}$.", "The answer is 381."]
    first = told(*texts, question=question).claims[0]
    assert (first.agreement, first.differs_in) == (Agreement.CONTESTED, Difference.ANSWER)
    assert [[utf16(texts[int(p.response_id[1])], p.start, p.end) for p in side.passages] for side in first.sides] == [
        ["The answer is 391.", "It comes to $\\boxed{391}$."],
        ["The answer is 381."],
    ]


def test_final_answers_are_one_claim_where_they_amount_to_the_same() -> None:
    asked = "How long does it take?"
    hours, minutes = "We add them up.\nThe answer is 2 hours.", "It is a long way.\nThe answer is 120 minutes."
    shared = of(told(hours, minutes, question=asked), Agreement.ALL)
    assert "The answer is 2 hours." in [claim.sides[0].text for claim in shared]
    other = of(told(hours, "It is a long way.\nThe answer is 2 days.", question=asked), Agreement.CONTESTED)
    assert other[0].differs_in is Difference.ANSWER


def test_names_that_differ_are_contested_where_one_is_asked_for_and_most_name_the_same() -> None:
    texts = ("The capital is Canberra, founded in 1913.", "Canberra.", "The capital of Australia is Sydney.")
    first = told(*texts, question="What is the capital of Australia?").claims[0]
    assert (first.agreement, first.differs_in) == (Agreement.CONTESTED, Difference.ANSWER)
    assert [len(side.passages) for side in first.sides] == [2, 1]
    assert first.sides[1].text == "The capital of Australia is Sydney."


def test_an_option_told_in_words_is_contested_by_another_one() -> None:
    asked = "Which is the largest organ?\nA) Liver\nB) Heart\nC) Skin"
    first = told("The liver is the largest organ.", "The correct answer is C.", question=asked).claims[0]
    assert (first.agreement, first.differs_in) == (Agreement.CONTESTED, Difference.ANSWER)


def test_nothing_that_is_made_up_on_request_is_contested_as_a_result() -> None:
    found = told("The answer is 12.", "The answer is 13.", question="Write a riddle: how many moons has the planet?")
    assert not [claim for claim in found.claims if claim.differs_in is Difference.ANSWER]


def test_fewer_than_two_answers_have_no_map() -> None:
    assert told(LISTED) == ClaimMap()
    assert told() == ClaimMap()


def test_an_answer_without_prose_says_nothing() -> None:
    code = "```py\nprint('The tower is 330 m tall.')\n```"
    found = told(code, "| a | b |\n|---|---|\n| 330 m | tall |", "# Title\n\n---")
    assert (found.compared, found.claims) == (("r0", "r1", "r2"), ())


ADVERSARIAL = {
    "one word": "word " * 5_000,
    "no space": "a" * 24_000,
    "one claim again and again": "The tower is 330 metres tall in summer. " * 600,
    "claims that differ in a number": " ".join(f"The tower is {n} metres tall in summer." for n in range(600)),
    "digits": "1," * 12_000,
    "brackets": "[" * 12_000 + "](" * 6_000,
    "fences": "```\n~~~\n" * 3_000,
    "quotes": "> " * 12_000,
    "markers": "- 1. - " * 3_400,
    "marks": ".!?" * 8_000,
    "half a pair": "The tower is \ud83d tall and wide. " * 600,
    "ideographs": "光速约为每秒三十万公里。" * 2_000,
    "same stems": " ".join(f"alpha beta gamma delta epsilon zeta w{n % 40} eta theta iota." for n in range(400)),
}


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_no_text_makes_it_work_long(name: str) -> None:
    begun = time.process_time()
    found = told(*(f"{ADVERSARIAL[name]} The end is {place}." for place in range(9)))
    assert time.process_time() - begun < 20  # a second or two here; what is not linear takes minutes
    assert len(found.claims) <= 1_001


def test_every_passage_lies_within_its_text_whatever_the_text() -> None:
    chance = random.Random(7)
    parts = ["Iron rusts", " 12 km", ". ", "\n- ", "**", "`x`", "😀", "光速", "\n\n", "not ", "# "]
    for _ in range(60):
        texts = ["".join(chance.choices(parts, k=60)) for _ in range(3)]
        for claim in told(*texts).claims:
            for passage in (p for side in claim.sides for p in side.passages):
                said = utf16(texts[int(passage.response_id[1])], passage.start, passage.end)
                assert said
                assert said == said.strip(" \n*")
