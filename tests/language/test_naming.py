import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trillm.language.naming.alike import Named, alike
from trillm.language.naming.asked import Names
from trillm.language.naming.said import named
from trillm.language.request import read_request

CAPITAL = "What is the capital of Australia?"


@pytest.mark.parametrize(
    ("question", "names"),
    [
        (CAPITAL, Names.NAME),
        (f"{CAPITAL} Answer in one word.", Names.NAME),
        ("Who wrote Middlemarch?", Names.NAME),
        ("Which planet is the largest?", Names.NAME),
        ("Wer schrieb den Faust?", Names.NAME),
        ("¿Cuál es la capital de Chile?", Names.NAME),
        ("Qui a peint la Joconde ?", Names.NAME),
        ("澳大利亚的首都是哪里？", Names.NAME),
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
        (CAPITAL, "As of my last update, the capital of Australia is Canberra.", "Canberra"),
        (CAPITAL, "1. The capital of Australia is Canberra.", "Canberra"),
        ("What is the largest ocean?", "The Pacific Ocean is the largest ocean on Earth.", "Pacific"),
        ("Where is Hitler buried?", "Adolf Hitler's body was burnt in the garden of the Chancellery.", "Chancellery"),
        ("Who wrote the Iliad?", "The Iliad is attributed to Homer (8th century BC).", "Homer"),
        ("When was the battle?", "The battle took place on 14 October 1066, near Hastings.", "14 October 1066"),
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
    naming = read_request(CAPITAL).naming
    assert named(text, naming).words == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Sugeno", "Michio Sugeno", True),
        ("Elizabeth", "Elizabeth II", False),
        ("Henry VII", "Henry VIII", False),
        ("1945", "2 September 1945", True),
        ("2 September 1945", "8 May 1945", False),
        ("Canberra", "Sydney", False),
    ],
)
def test_a_name_is_the_same_as_one_that_it_is_a_part_of(one: str, other: str, same: bool) -> None:
    told = [Named(said, tuple(said.lower().split()), frozenset(said.lower().split())) for said in (one, other)]
    assert (alike(told) != [None, None]) is same


PARTS = st.sampled_from(
    ["Canberra", "Sydney", "the", "is", "not", "capital", "of", "Australia", "(A)", "**", "1945,", "两"]
)
TEXTS = st.lists(PARTS, max_size=30).map(" ".join) | st.text(max_size=200)


@given(TEXTS, TEXTS)
def test_whatever_is_asked_and_answered_what_is_named_stands_in_the_answer(question: str, text: str) -> None:
    for naming in (read_request(question).naming, read_request(CAPITAL).naming):
        found = named(text, naming)
        assert all(word in text.casefold() or word.isdecimal() for word in found.words)


@given(st.lists(TEXTS, min_size=2, max_size=6), st.integers())
def test_what_is_the_same_does_not_depend_on_the_order_of_answers(texts: list[str], seed: int) -> None:
    naming = read_request(CAPITAL).naming
    places = list(range(len(texts)))
    random.Random(seed).shuffle(places)
    told = alike([named(text, naming) for text in texts])
    shuffled = alike([named(texts[place], naming) for place in places])
    assert [told[place] for place in places] == shuffled
