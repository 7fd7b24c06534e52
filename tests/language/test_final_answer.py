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
