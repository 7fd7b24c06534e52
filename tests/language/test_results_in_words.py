import pytest

from trillm.language.final_answer import Expected, final_answer, normalise
from trillm.language.results.numerals import in_digits

NUMBERS = {
    0: "zero cero nul zéro 零 صفر",
    3: "three drei 三 ثلاثة ثلاث",
    7: "seven sieben siete sept sette sete zeven 七 سبعة سبع",
    10: "ten zehn 十 عشرة عشر",
    12: "twelve|zwölf|十二|اثنا عشر|اثني عشر|اثنتا عشرة",
    16: "sixteen sechzehn dieciséis seize sedici dezesseis zestien",
    21: "twenty-one|einundzwanzig|veintiuno|vingt et un|ventuno|vinte e um|eenentwintig|二十一|واحد وعشرون|أحد وعشرين",
    23: "twenty-three|dreiundzwanzig|veintitrés|vingt-trois|ventitré|vinte e três|drieëntwintig|drieentwintig",
    48: "forty-eight|achtundvierzig|cuarenta y ocho|quarante-huit|quarantotto|quarenta e oito|achtenveertig",
    71: "soixante et onze|soixante-onze|einundsiebzig|settantuno",
    80: "eighty|achtzig|ochenta|quatre-vingts|ottanta|oitenta|tachtig",
    97: "quatre-vingt-dix-sept|ninety-seven|siebenundneunzig|noventa y siete|zevenennegentig|九十七|سبعة وتسعون",
    100: "a hundred|one hundred|hundert|einhundert|cien|cem|cento|honderd|cent|一百|مئة|مائة",
    200: "two hundred|zweihundert|二百|两百|兩百|مئتان|مئتين|مائتين",
    500: "five hundred|fünfhundert|vijfhonderd|cinquecento|五百|خمسمئة|خمسمائة",
    1_000: "a thousand|one thousand|tausend|eintausend|mil|mille|duizend|一千|ألف",
    2_000: "two thousand|zweitausend|两千|二千|ألفان|ألفين",
    3_000: "three thousand|dreitausend|三千|ثلاثة آلاف",
    24_000: "twenty-four thousand|vierundzwanzigtausend|veinticuatro mil|vingt-quatre mille|ventiquattromila|二万四千"
    "|أربعة وعشرون ألفا|أربعة وعشرين ألفًا",
}
WORDED = [
    (value, name) for value, names in NUMBERS.items() for name in (names.split("|") if "|" in names else names.split())
]


@pytest.mark.parametrize(("value", "name"), WORDED, ids=[name for _, name in WORDED])
def test_a_number_in_words_is_the_number(value: int, name: str) -> None:
    assert in_digits(name) == in_digits(name.upper()) == str(value)
    assert final_answer(f"So it is.\n\nThe answer is **{name}**.") == str(value)


def test_a_number_in_words_may_have_a_unit_or_one_word_behind_it() -> None:
    assert normalise("Twenty-four hours") == normalise("24 hours")
    assert normalise("Six apples", Expected.NUMBER) == normalise("6")
    assert normalise("three million") == normalise("3,000,000")
    assert normalise("fifty cents", Expected.NUMBER) == "50"
    assert normalise("二十四个", Expected.NUMBER) == normalise("أربعة وعشرون كتابا", Expected.NUMBER) == "24"


@pytest.mark.parametrize(("value", "name"), [(1_005, "一千零五"), (110, "一百一十"), (90_210, "九万零二百一十")])
def test_in_chinese_a_number_in_words_is_read_whatever_its_size(value: int, name: str) -> None:
    assert in_digits(name) == str(value)
    assert final_answer(f"答案是{name}。") == str(value)


def test_null_is_a_number_only_where_one_is_asked_for() -> None:
    assert normalise("null") == normalise("NULL") == "null"
    assert normalise("Null", Expected.NUMBER) == "0"


def test_a_name_that_begins_with_a_number_is_none() -> None:
    assert normalise("Seven Samurai") == normalise("the Seven Samurai") == "seven samurai"


@pytest.mark.parametrize(
    "text",
    [
        "one of them is blue",
        "oneself",
        "tenable",
        "hundreds",
        "once upon a time",
        "a",
        "the",
        "万",
        "十百",
        "一二",
        "三国演义",
        "ألفية",
    ],
)
def test_what_only_begins_like_a_number_is_none(text: str) -> None:
    assert in_digits(text) is None


MARCH = [
    "3 March 2024", "3rd March 2024", "the 3rd of March, 2024", "March 3, 2024", "March 3rd, 2024", "Mar. 3, 2024",
    "Sunday, March 3, 2024", "on Sunday, 3 March 2024", "2024-03-03", "2024/3/3", "3. März 2024",
    "3 de marzo de 2024", "le 3 mars 2024", "3 marzo 2024", "3 de março de 2024", "Sonntag, 3. März 2024",
    "3 maart 2024", "2024年3月3日",
]  # fmt: skip


@pytest.mark.parametrize("written", MARCH)
def test_a_day_is_the_same_however_it_is_written(written: str) -> None:
    assert normalise(written) == "2024-03-03"
    assert final_answer(f"It was then.\n\nFinal answer: {written}") == "2024-03-03"


def test_there_is_no_thirteenth_month() -> None:
    assert normalise("2024/13/01") != normalise("2024-13-01")


def test_a_day_without_a_year_is_another_one_than_with_it() -> None:
    assert normalise("July 4") == normalise("4th of July") == normalise("the 4th of July") == "07-04"
    assert normalise("July 4") != normalise("July 4, 1776") != normalise("July 5, 1776")


@pytest.mark.parametrize("written", ["3/4/2024", "45 March 2024", "March 2024", "May", "3 marbles", "2024"])
def test_what_may_be_two_days_or_is_none_stays_what_it_is(written: str) -> None:
    assert "-0" not in (normalise(written) or "")


def test_a_question_that_asks_for_a_number_takes_it_in_words() -> None:
    assert final_answer("The answer is twenty-four.", Expected.NUMBER) == final_answer("24", Expected.NUMBER)
