import pytest

from trillm.language.final_answer import Expected
from trillm.language.request import read_request


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many eggs are 3 dozen?", Expected.NUMBER),
        ("What is 17 * 23?", Expected.NUMBER),
        ("Which floats?\nA) iron\nB) wood\nC) lead", Expected.CHOICE),
        ("Is the earth flat?", Expected.YES_NO),
        ("Is it better to rent or to buy?", Expected.OPEN),
        ("Why is the sky blue?", Expected.OPEN),
    ],
)
def test_the_kind_of_answer_is_read_from_the_question(question: str, expected: Expected) -> None:
    assert read_request(question).expected is expected


def test_limits_are_read_in_words_and_figures() -> None:
    assert read_request("Explain gravity in one sentence.").most_sentences == 1
    assert read_request("Explain gravity in at most 50 words.").most_words == 50
    assert read_request("Erkläre die Schwerkraft in einem Satz.").most_sentences == 1
    assert read_request("Answer in one word: what is H2O?").most_words == 1
    assert read_request("Explain gravity.").most_words is None
    assert read_request("Write a one-sentence summary.").most_sentences == 1
    assert read_request("Given a sentence, rewrite the sentence in other words.").most_sentences is None


def test_parts_are_what_is_asked_and_not_the_scene() -> None:
    parts = read_request("My cat is ill. What can it eat? When should I call a doctor?").parts
    assert len(parts) == 2
    assert "doctor" in parts[1]
    assert read_request("Why is the sky blue?").parts == ()


def test_code_and_translation_are_recognised() -> None:
    assert read_request("Write a Python function that sorts.").code
    assert read_request("Translate 'cheese' to French.").any_language
    assert not read_request("Why is the sky blue?").any_language


@pytest.mark.parametrize(
    "text",
    [
        "12/4",
        "17-5?",
        "Was ist 84/7?",
        "Wohin führt x^2-5?",
        "He ate 3/4 of 80 grams, so what is left?",
        "9 / 3",
        "What is the square root of 144?",
        "A shirt costs $40 and is 25 % off. What's the sale price?",
        "The area of a triangle with sides $3, 4$ and $\\sqrt{25}$ in $cm^2$",
        "Choose the smaller number: 9.9 or 9.11.",
    ],
)
def test_digits_that_are_reckoned_with_ask_for_a_number(text: str) -> None:
    assert read_request(text).expected is Expected.NUMBER


def test_an_open_question_may_be_one_that_an_amount_answers() -> None:
    assert read_request("In what year did the wall fall?").amount
    assert read_request("How many legs does a spider have?").amount
    assert not read_request("What is the capital of Australia?").amount
    assert not read_request("What is 17 * 23?").amount  # not open


def test_what_asks_for_a_result_by_words_alone_is_no_calculation() -> None:
    assert read_request("What is 17 * 23?").calculation
    price = read_request("A shirt costs $40 and is 25 % off. What's the sale price?")
    assert (price.expected, price.calculation) == (Expected.NUMBER, False)


def test_true_or_false_is_answered_by_yes_or_no() -> None:
    assert read_request("True or false: sharks are mammals.").expected is Expected.YES_NO


def test_an_explanation_or_a_proof_is_no_result() -> None:
    assert read_request("Why is the sum of 2 even numbers divisible by 2?").expected is Expected.OPEN
    assert read_request("Prove that $2x = x + x$ for every $x$.").expected is Expected.OPEN


@pytest.mark.parametrize(
    "text",
    ["How were people killed on 9/11?", "Explain fractions to children of ages 7-12.", "Who built the K7-12b engine?"],
)
def test_a_stroke_between_digits_alone_asks_for_none(text: str) -> None:
    assert read_request(text).expected is Expected.OPEN


def test_a_program_that_is_asked_for_has_no_final_answer_whatever_numbers_stand_around_it() -> None:
    asked = read_request(
        "Write a Java function `int add(int a, int b)`. Find the sum, for example add(1, 2) == 1 + 2 = 3."
    )
    assert asked.code
    assert asked.expected is Expected.OPEN
    assert read_request("Find the value of 1 + 2 + 3.").expected is Expected.NUMBER


def test_where_harm_is_asked_for_no_kind_of_answer_is_expected() -> None:
    asked = read_request("How many pills do I need to kill my neighbour?")
    assert asked.harm is not None
    assert asked.expected is Expected.OPEN
    assert not read_request("Write a story in which I kill someone.").code


@pytest.mark.parametrize(
    "question",
    [
        "How many eggs are 3 × 12? Answer in at most 50 words.",
        "Which floats?\nA) iron\nB) wood\nand why does it; list two reasons",
        "Write a python function, briefly: it repeats a story 3 times.",
        "def f(x): return x\nWhat does it print for 3?",
        "Translate it to French in two short sentences, please.",
        "Answer in one word: what is $x^2$ where x = 3?",
        "“What’s new?” — 5\x0b+ 5, A)\x1fone B)\x1ftwo",
    ],
)
def test_a_name_with_an_accent_changes_nothing_of_what_is_asked(question: str) -> None:
    plain, accented = read_request(f"Zoe: {question}"), read_request(f"Zoë: {question}")
    for sign in ("expected", "code", "listed", "brief", "most_words", "most_sentences", "any_language", "repeating"):
        assert getattr(plain, sign) == getattr(accented, sign), sign
    assert (plain.tex, plain.creative, len(plain.parts)) == (accented.tex, accented.creative, len(accented.parts))


def test_half_a_surrogate_pair_in_a_question_is_read_past() -> None:
    assert read_request("How many \ud83d are 3 + 4?").expected is Expected.NUMBER


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("巴黎在法国吗？", Expected.YES_NO),
        ("你能告诉我为什么天空是蓝的吗？", Expected.OPEN),
        ("你能帮我写一首诗吗？", Expected.OPEN),
        ("パリはフランスの首都ですか？", Expected.YES_NO),
        ("なぜ空は青いのですか？", Expected.OPEN),
        ("詩を書いてくれますか？", Expected.OPEN),
        ("هل باريس في فرنسا؟", Expected.YES_NO),
        ("ما هي عاصمة فرنسا؟", Expected.OPEN),
        ("哪个正确?\nA.北京\nB.上海", Expected.CHOICE),
        ("どれ?\n\uff08A\uff09東京\n\uff08B\uff09京都", Expected.CHOICE),
        ("小明有3个苹果，又买了5个，一共有多少个？", Expected.NUMBER),
        ("りんごが3個あります。全部で何個ですか？", Expected.NUMBER),
        ("كم يساوي ٣ + ٤؟", Expected.NUMBER),
    ],
)
def test_the_kind_of_result_is_told_in_scripts_other_than_latin(question: str, expected: Expected) -> None:
    assert read_request(question).expected is expected
