import os
import subprocess
import sys

import pytest

from trillm.language.final_answer import Expected, final_answer, marks_result, normalise
from trillm.language.results.amount import comparable
from trillm.language.results.literal import printed_in


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
        [
            "14 million",
            "14,000,000",
            "$14M",
            "14e6",
            "1.4 \\times 10^7",
            "14 Millionen Euro",
            "0.014 billion",
            "1400万",
        ],
        ["2 1/2", "2.5", "2,5", "2\\frac{1}{2}", "5/2"],
        ["1,000", "1 000", "10^3", "1 thousand"],
        ["3 hours", "3 hrs", "3 Stunden"],
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
    "values",
    [
        ["14 million", "14 billion", "14"],
        ["3 hours", "3 days"],
        ["5 km", "5 cm", "5 miles"],
        ["1e6", "1"],
        ["2 1/2", "21/2"],
        ["3,5", "35", "3,500"],
        ["3-4 days", "-4", "4 days"],
        ["5x", "5"],
        ["1 2 3", "123"],
        ["5 apples and 3 pears", "5"],
    ],
)
@pytest.mark.parametrize("expected", [Expected.OPEN, Expected.NUMBER])
def test_amounts_that_differ_by_scale_unit_or_form_are_not_equal(values: list[str], expected: Expected) -> None:
    assert len({normalise(value, expected) for value in values}) == len(values)


def test_a_unit_counts_only_beside_another_one_and_a_bare_number_is_of_the_usual_one() -> None:
    assert comparable(["3 hours", "3", None, "paris"]) == ["3", "3", None, "paris"]
    hours, minutes, days, bare = comparable(["3 hours", "180 minutes", "3 days", "3"])
    assert hours == minutes
    assert len({hours, days, bare}) == 3
    hours, _, days, bare = comparable(["3 hours", "4 hours", "3 days", "3"])
    assert bare == hours != days


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It takes 3-4 days.", "3-4days"),
        ("About 14 million people live there.", "14000000"),
        ("That makes 2 1/2 cups", "5/2"),
        ("So x=-3", "-3"),
    ],
)
def test_the_last_number_of_a_text_has_its_scale_and_is_no_part_of_a_range(text: str, value: str) -> None:
    assert final_answer(text, Expected.NUMBER) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("No doubt about it: 51 is a prime number.", None),
        ("True to form, it isn't.", None),
        ("Si vous voulez savoir, non.", None),
        ("Non è dubbio", None),
        ("No it isn't", "no"),
        ("**No** - it has a factor", "no"),
        ("True.", "yes"),
        ("Yes it is", "yes"),
        ("Sí, claro", "yes"),
    ],
)
def test_yes_or_no_is_a_first_word_that_stands_alone(text: str, value: str | None) -> None:
    assert final_answer(text, Expected.YES_NO) == value


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("A) Mars is small. B) Jupiter is the largest. C) Venus is hot. So it is B.", "B"),
        ("A) Mars is small.\nB) Jupiter is large.", None),
        ("It's B, Jupiter.", "B"),
        ("It is B because of its mass", "B"),
        ("The answer is B, Jupiter", "B"),
        ("A", "A"),
    ],
)
def test_a_list_of_the_options_is_no_choice_of_the_first(text: str, letter: str | None) -> None:
    assert final_answer(text, Expected.CHOICE) == letter


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


@pytest.mark.parametrize(
    "text",
    [
        "[3, 2, 1]",
        "The output is [3, 2, 1].",
        "It prints `[3, 2, 1]`, because `sorted` sorts.",
        "The output will be:\n\n[3,2,1]",
        "The result is **[3, 2, 1]**.",
        "1. `sorted` gives [1, 2, 3].\n2. Reversed, that makes [3, 2, 1].",
        "assert f(2) == [3, 2, 1]",
    ],
)
def test_what_code_prints_is_found_without_a_mark(text: str) -> None:
    assert final_answer(text, Expected.LITERAL) == "[3, 2, 1]"


def test_the_name_of_a_function_is_not_what_code_prints() -> None:
    assert final_answer("It calls `sorted` and `reversed`, in this order.", Expected.LITERAL) is None


@pytest.mark.parametrize(
    ("block", "value"),
    [
        ("[3, 2, 1]\n", "[3, 2, 1]"),
        ("hello world", "hello world"),
        ("print(x)", None),
        ("x = 3\nprint(x)", None),
        ("", None),
        ("a" * 300, None),
    ],
)
def test_a_fenced_block_shows_what_is_printed_unless_it_is_a_program(block: str, value: str | None) -> None:
    assert printed_in(block) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9.9 is bigger than 9.11.", "99/10"),
        ("**9.9** is larger than **9.11**.", "99/10"),
        ("9,9 ist größer als 9,11.", "99/10"),
        ("It is more than 5.", "5"),
        ("31 pens are left. (He started with 36.)", "31"),
        ("(17)", "17"),
    ],
)
def test_of_numbers_that_are_compared_the_first_is_the_result_and_an_aside_is_none(text: str, value: str) -> None:
    assert final_answer(text, Expected.NUMBER) == value


def test_a_set_has_one_spelling_in_every_process() -> None:
    said = "Final answer: [{'pear', 'fig', 'plum'}, ({2: {'b', 'a'}},), (1, 2)]"
    ask = f"from trillm.language.final_answer import *; print(final_answer({said!r}, Expected.LITERAL))"
    told = {
        subprocess.run(
            [sys.executable, "-c", ask], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert told == {b"[{'fig', 'pear', 'plum'}, ({2: {'a', 'b'}},), (1, 2)]\n"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It joins them.\n\nFinal answer: *ume;*vo", "*ume;*vo"),
        ("Final answer: __a_b", "__a_b"),
        ("**Final answer:** `*x`", "*x"),
        ("Final answer: **[1, 2]**", "[1, 2]"),
        ("Final answer: moo######", "moo######"),
        ("The result is as follows.\n\nFinal answer:", ""),
    ],
)
def test_marks_that_code_prints_are_part_of_its_output(text: str, value: str) -> None:
    assert final_answer(text, Expected.LITERAL) == value


@pytest.mark.parametrize(
    "text",
    [
        "So we have it.\n\n## Final Answer:\n\n42",
        "**Final answer**\n\n**42**",
        "The answer is 42. Now that is the final answer.",
        "There are 42 of them.\n\nFinal answer:",
        "6 * 7 is\n#### 42",
    ],
)
def test_a_cue_marks_what_stands_behind_it_on_whatever_line_or_nothing(text: str) -> None:
    assert final_answer(text, Expected.NUMBER) == "42"


@pytest.mark.parametrize(
    "line", ["Step 2: Compare", "1. Introduction", "Regular review", "2024 in numbers: a look back"]
)
def test_a_heading_of_the_fourth_level_is_no_result(line: str) -> None:
    text = f"We look at it.\n\n#### {line}\n\nMost of it goes well."
    assert final_answer(text) is None
    assert not marks_result(text)


@pytest.mark.parametrize("line", ["42", "**42**", "$42.00", "42 apples", "\\(42\\)", "x = 42", "Final answer: 42"])
def test_four_marks_of_number_before_a_number_mark_it_as_the_result(line: str) -> None:
    text = f"6 * 7 it is.\n#### {line}"
    assert final_answer(text) == "42"
    assert marks_result(text)


def test_the_only_number_of_a_phrase_is_its_result_but_a_formula_is_not() -> None:
    assert final_answer("Final answer: there are 12 ways", Expected.NUMBER) == "12"
    assert final_answer("Final answer: 5\\pi", Expected.NUMBER) != "5"
    assert final_answer("Final answer: 5 pieces", Expected.NUMBER) == "5"
    roots = {final_answer(f"Final answer: {told}", Expected.NUMBER) for told in ("$2\\sqrt{3}$", "2√3", "2 sqrt(3)")}
    assert len(roots) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Das Ergebnis ist 42. Probe: 42 - 30 = 12.",
        "Endergebnis: 42\n\nSchritt 3",
        "La respuesta es 42. Comprobación: 30",
        "Respuesta final: **42**\nPaso 3",
        "La bonne réponse est 42, car 30",
        "Réponse finale : 42\n3",
        "答案：42。因为30加12",
        "最终答案是 **42**，验证12",
        "答案为42。步骤1",
        "答えは42です。確認 30",
        "正解：42。手順3",
        "الإجابة الصحيحة هي ٤٢. لأن ٣٠",
        "الجواب النهائي: 42، 30",
        "Answer: 42 (30 and 12 more)",
        "The answer is 42. Check: 30",
    ],
)
def test_a_cue_of_any_language_of_the_page_marks_the_number_behind_it_and_not_what_follows(text: str) -> None:
    assert final_answer(text, Expected.NUMBER) == "42"


@pytest.mark.parametrize(
    "text",
    [
        "Die richtige Antwort ist Option B, weil A falsch ist",
        "答案是B。",
        "应选B。",
        "选择B",
        "La opción correcta es la B.",
        "La réponse correcte est la B",
        "正解はBです。",
        "الإجابة الصحيحة هي B",
        "正确答案：（B）",
        "\\boxed{\\textbf{(B)}}",
        "Option (b)",
    ],
)
def test_the_letter_of_an_option_is_found_in_any_language_of_the_page(text: str) -> None:
    assert final_answer(text, Expected.CHOICE) == "B"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("是的，巴黎在法国。", "yes"),
        ("不是。", "no"),
        ("はい、そうです", "yes"),
        ("نعم، باريس", "yes"),
        ("لا، ليست", "no"),
    ],
)
def test_yes_and_no_are_told_in_scripts_that_do_not_space(text: str, verdict: str) -> None:
    assert final_answer(text, Expected.YES_NO) == verdict


@pytest.mark.parametrize(
    "spellings",
    [
        ["\\frac12", "\\tfrac{1}2", "\\dfrac 12", "0.5", "\xbd", "\\frac{1}{2}"],
        ["1{,}234", "1\\,234", "1,234", "1234", "1\u066c234"],
        ["1.234.567", "1,234,567", "1 234 567"],
        ["1.234,5", "1,234.5"],
        ["1.2 \xd7 10\xb3", "1.2\\times10^3", "1.2 x 10^{3}", "1200"],
        ["2, 1", "1 and 2", "x = 1 or x = 2", "1, 2"],
        ["\\{2, 1\\}", "{1, 2}"],
    ],
)
def test_numbers_have_one_spelling_however_tex_and_other_countries_write_them(spellings: list[str]) -> None:
    assert len({normalise(spelling, Expected.NUMBER) for spelling in spellings}) == 1


def test_an_ordered_pair_is_no_list_and_a_city_is_not_cut_at_its_abbreviation() -> None:
    assert normalise("(2, 1)") != normalise("(1, 2)")
    assert final_answer("The answer is St. Louis. It lies on a river.") == "st. louis"


def test_the_last_number_keeps_its_power_of_ten_and_its_dots() -> None:
    assert final_answer("so that it is $1.2\\times10^3$", Expected.NUMBER) == "1200"
    assert final_answer("zusammen 1.234.567 Euro", Expected.NUMBER) == "1234567"
    assert final_answer("from 2.5,3.5", Expected.NUMBER) == "7/2"
