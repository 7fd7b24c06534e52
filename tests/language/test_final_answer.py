import pytest

from trillm.language.final_answer import Expected, final_answer, normalise


@pytest.mark.parametrize(
    ("text", "expected", "value"),
    [
        ("So we get \\boxed{42}.", Expected.OPEN, "42"),
        ("Thus \\boxed{\\frac{1}{2}}", Expected.OPEN, "1/2"),
        ("I first thought the answer is 7.\nFinal answer: **18**", Expected.OPEN, "18"),
        ("#### 1,234", Expected.OPEN, "1234"),
        ("The answer is $18.00.", Expected.OPEN, "18"),
        ("Die Antwort ist 5", Expected.OPEN, "5"),
        ("答案是：12", Expected.OPEN, "12"),
        ("Final answer: [(4, 1),(2, 3)]", Expected.OPEN, "[(4, 1), (2, 3)]"),
        ("B) because it floats", Expected.CHOICE, "B"),
        ("It floats, so (c) is right", Expected.CHOICE, "C"),
        ("The correct answer is (B).", Expected.CHOICE, "B"),
        ("**Yes**, it does.", Expected.YES_NO, "yes"),
        ("Nein, das stimmt nicht.", Expected.YES_NO, "no"),
        ("3 + 4 makes 7 eggs", Expected.NUMBER, "7"),
        ("There were 7 of them in 1999.", Expected.OPEN, None),
        ("The answer is that nobody can really know, since the records of that time burned down", Expected.OPEN, None),
        ("", Expected.NUMBER, None),
    ],
)
def test_the_final_answer_is_found(text: str, expected: Expected, value: str | None) -> None:
    assert final_answer(text, expected) == value


@pytest.mark.parametrize(
    "spellings",
    [
        ["18", "$18", "18.00", "18 dollars", "+18".lstrip("+"), "x = 18", "`18`", "\\$18", "18."],
        ["1/2", "0.5", ".5", "\\frac{1}{2}", "\\dfrac{1}{2}", "2/4"],
        ["-3", "\u22123", "-3.0", "$-3$"],
        ["Paris", "paris.", "**Paris**", "  PARIS "],
        ["[1, 2]", "[1,2]"],
        ["15 - 42\\sqrt{2}", "$15-42\\sqrt{2}$"],
        ["10 pm.", "10pm"],
    ],
)
def test_equal_values_have_one_spelling(spellings: list[str]) -> None:
    assert len({normalise(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize("text", ["1/0", "(" * 5_000, "[1, 2", "9" * 5_000, "{" * 300, "0x1for", "'\\d'", "\x00"])
def test_odd_values_are_no_error(text: str) -> None:
    assert normalise(text) is None or isinstance(normalise(text), str)


def test_different_values_stay_different() -> None:
    assert len({normalise(v) for v in ("18", "-18", "1.8", "180", "1/8", "18:30")}) == 6


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Final answer: 'ha'", "Final answer: ha"),
        ("Final answer: [1,2]", "Final answer: [1, 2]"),
        ("Final answer: assert f('x') == 'ha'", "So it returns `'ha'`."),
        ("Final answer: ''", "It is the empty string.\n\nFinal answer:"),
        ("Final answer: ha", "Final answer: `ha`"),
        ('{"answer": 42}', "Final answer: 42"),
    ],
)
def test_literals_of_code_are_equal_however_they_are_quoted(one: str, other: str) -> None:
    found = final_answer(one, Expected.LITERAL)
    assert found is not None
    assert found == final_answer(other, Expected.LITERAL)


def test_case_and_marks_count_in_literals_of_code() -> None:
    assert final_answer("Final answer: 'POO'", Expected.LITERAL) != final_answer(
        "Final answer: 'poo'", Expected.LITERAL
    )
    assert final_answer("Final answer: 'iq!!'", Expected.LITERAL) != final_answer("Final answer: iq", Expected.LITERAL)


def test_the_only_number_of_a_phrase_is_its_result_but_a_formula_is_not() -> None:
    assert final_answer("Final answer: there are 12 ways", Expected.NUMBER) == "12"
    assert final_answer("Final answer: 5\\pi", Expected.NUMBER) != "5"
    assert final_answer("Final answer: 5 pieces", Expected.NUMBER) == "5"
    roots = {final_answer(f"Final answer: {told}", Expected.NUMBER) for told in ("$2\\sqrt{3}$", "2√3", "2 sqrt(3)")}
    assert len(roots) == 1
