import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trillm.language.naming.alike import Named, alike
from trillm.language.naming.asked import Names, naming_of
from trillm.language.naming.said import named
from trillm.language.request import read_request

CAPITAL = "What is the capital of Australia?"


@pytest.mark.parametrize(
    ("question", "names"),
    [
        (CAPITAL, Names.THING),
        (f"{CAPITAL} Answer in one word.", Names.THING),
        ("Who wrote Middlemarch?", Names.PERSON),
        ("Which planet is the largest?", Names.THING),
        ("Wer schrieb den Faust?", Names.PERSON),
        ("¿Cuál es la capital de Chile?", Names.THING),
        ("Qui a peint la Joconde ?", Names.PERSON),
        ("澳大利亚的首都是哪里？", Names.PLACE),
        ("Where is the Eiffel Tower?", Names.PLACE),
        ("Wo liegt Timbuktu?", Names.PLACE),
        ("When did the war end?", Names.DATE),
        ("In what year was Bach born?", Names.DATE),
        ("Wann wurde Bach geboren?", Names.DATE),
        ("How many planets are there?", Names.AMOUNT),
        ("What is the population of Iceland?", Names.AMOUNT),
    ],
)
def test_what_is_asked_to_be_named_is_read_from_the_question(question: str, names: Names) -> None:
    naming = read_request(question).naming
    assert naming is not None
    assert naming.names is names


@pytest.mark.parametrize(
    "question",
    [
        "Who is Ada Lovelace?",
        "Who were the Beatles?",
        "Which countries border France?",
        "Which are the best players?",
        "Which phone should I buy?",
        "What is the best way to learn the name of every bird?",
        "What is photosynthesis?",
        "Why is the capital of Australia so small?",
        "Who painted the Mona Lisa, and where does the painting hang today?",
        "Write a poem about who you are.",
        "How do I name the columns of a table?",
    ],
)
def test_a_question_for_more_than_a_name_asks_for_none(question: str) -> None:
    assert read_request(question).naming is None


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        (CAPITAL, "Canberra", "Canberra"),
        (CAPITAL, "It is Canberra, not Sydney.", "Canberra"),
        (CAPITAL, "The capital of Australia is Canberra!", "Canberra"),
        (CAPITAL, "As of my last update, the capital of Australia is Canberra.", "Canberra"),
        (CAPITAL, "1. The capital of Australia is Canberra.", "Canberra"),
        ("What is the largest ocean?", "The Pacific Ocean is the largest ocean on Earth.", "Pacific"),
        ("Where is Hitler buried?", "Adolf Hitler's body was burnt in the garden of the Chancellery.", "Chancellery"),
        ("Who wrote the Iliad?", "The Iliad is attributed to Homer (8th century BC).", "Homer"),
        ("When was the battle?", "The battle took place on 14 October 1066, near Hastings.", "1066-10-14"),
        ("What color is the sky", "The sky is blue, for air scatters the light.", "blue"),
        ("How many moons has Mars?", "Mars has **two** moons, Phobos and Deimos.", "2"),
    ],
)
def test_what_an_answer_names_is_found(question: str, text: str, said: str) -> None:
    naming = read_request(question).naming
    assert naming is not None
    assert named(text, naming).said == said


@pytest.mark.parametrize(
    "text",
    ["Great question!", "That is not easy to say, for it depends on much.", "Sure, I can help you with that.", ""],
)
def test_a_text_that_names_nothing_names_nothing(text: str) -> None:
    assert named(text, NAMING).words == ()


@pytest.mark.parametrize(
    ("names", "one", "other", "same"),
    [
        (Names.PERSON, "Sugeno", "Michio Sugeno", True),
        (Names.PERSON, "Dante", "Dante Alighieri", True),
        (Names.PERSON, "Elizabeth", "Elizabeth II", False),
        (Names.PERSON, "Henry VII", "Henry VIII", False),
        (Names.PERSON, "Karl Marx", "Karl Marx and Friedrich Engels", False),
        (Names.THING, "Virginia", "West Virginia", False),
        (Names.DATE, "1945", "1945-09-02", True),
        (Names.DATE, "1945-05-08", "1945-09-02", False),
        (Names.AMOUNT, "120 minutes", "2 hours", True),
        (Names.AMOUNT, "344 km", "344 miles", False),
    ],
)
def test_a_person_is_named_by_a_part_a_day_by_its_year_and_nothing_else_so(
    names: Names, one: str, other: str, same: bool
) -> None:
    assert (alike([Named(one, names), Named(other, names)]) != [None, None]) is same


def test_what_is_the_same_as_two_that_differ_stands_with_neither() -> None:
    told = [Named(said, Names.PERSON) for said in ("Adams", "John Adams", "Samuel Adams")]
    assert alike(told) == [None, None, None]


NAMING = naming_of(CAPITAL, counts=False) or pytest.fail("it asks for a name")
PARTS = st.sampled_from(
    ["Canberra", "Sydney", "the", "is", "not", "capital", "of", "Australia", "(A)", "**", "1945,", "两"]
)
TEXTS = st.lists(PARTS, max_size=30).map(" ".join) | st.text(max_size=200)


@given(TEXTS)
def test_whatever_is_asked_is_read_and_whatever_is_answered_to_a_name(text: str) -> None:
    read_request(text)
    assert named(text, NAMING).words or named(text, NAMING).text == text.strip()[:2_000]


@given(st.lists(TEXTS, min_size=2, max_size=6), st.integers())
def test_what_is_the_same_does_not_depend_on_the_order_of_answers(texts: list[str], seed: int) -> None:
    places = list(range(len(texts)))
    random.Random(seed).shuffle(places)
    told = alike([named(text, NAMING) for text in texts])
    shuffled = alike([named(texts[place], NAMING) for place in places])
    assert [told[place] for place in places] == shuffled
