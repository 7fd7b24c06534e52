import pytest

from trillm.language.which_language import which_language
from trillm.language.words import sentence_count, sentences, stems, words


def test_words_are_lower_case_and_keep_their_apostrophes() -> None:
    assert words("Don't stop – it’s 'fine', OK?") == ["don't", "stop", "it's", "fine", "ok"]


def test_a_han_character_is_a_word_and_other_scripts_are_spaced() -> None:
    assert words("天空是 blue") == ["天", "空", "是", "blue"]
    assert words("Небо голубое") == ["небо", "голубое"]


def test_stems_leave_out_function_words() -> None:
    assert stems(words("The discovery of the discoverers")) == {"discov"}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("A list:\n1. red\n2. blue", 3),
        ("Use fruit, e.g. apples.", 1),
        ("天是蓝的。海也是。", 2),
        ("One.\n\n", 1),
    ],
)
def test_sentences_and_lines_are_counted(text: str, count: int) -> None:
    assert sentence_count(text) == count


def test_sentences_are_cut_at_their_ends() -> None:
    assert sentences('He said "no." Then he left.\nEnd') == ['He said "no.', "Then he left.", "End"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("What is the meaning of this?", "en"),
        ("Was ist der Sinn von dem Ganzen und warum?", "de"),
        ("¿Cuál es la capital de Francia y por qué?", "es"),
        ("Quelle est la capitale de la France et pourquoi est-ce que nous y sommes ?", "fr"),
        ("Qual è la capitale della Francia e perché non è Lione?", "it"),
        ("Qual é a capital da França e por que não é Lyon?", "pt"),
        ("Wat is de hoofdstad van Frankrijk en waarom is het niet Lyon?", "nl"),
        ("フランスの首都はどこですか", "ja"),
        ("法国的首都是哪里", "zh"),
        ("Какая столица Франции?", "ru"),
        ("ما هي عاصمة فرنسا؟", "ar"),
        ("Is online casino legal in India?", None),
        ("42", None),
        ("Xyzzy plugh", None),
    ],
)
def test_the_language_is_told_or_left_open(text: str, code: str | None) -> None:
    assert which_language(words(text)) == code
