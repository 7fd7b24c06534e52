import pytest

from trillm.language.code_blocks import split_code
from trillm.language.request import read_request
from trillm.language.words import words
from trillm.ranking.hygiene import Defect, find_defect
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.response import ResponseStatus

GERMAN = "Der Himmel ist blau, weil die Luft das blaue Licht mehr streut als das rote Licht, das von der Sonne kommt."
ENGLISH = "The sky is blue because the air scatters blue light more than the red light that comes from the sun."


def defect(
    text: str, question: str = "Why is the sky blue?", status: ResponseStatus = ResponseStatus.COMPLETE
) -> Defect:
    return find_defect(read_request(question), Candidate("a", "p", "m", status, text), split_code(text), words(text))


@pytest.mark.parametrize(
    "text", [ENGLISH, "42", "Paris", "Because of Rayleigh scattering", "🙂", "x = 1", "- red\n- blue"]
)
def test_sound_answers_have_no_defect(text: str) -> None:
    assert defect(text) is Defect.NONE


@pytest.mark.parametrize("text", ["Internal Server Error", "502 Bad Gateway", '{"error": {"message": "overloaded"}}'])
def test_error_text_is_no_answer(text: str) -> None:
    assert defect(text) is Defect.ERROR_TEXT


def test_an_html_error_page_is_no_answer_but_a_page_that_was_asked_for_is() -> None:
    page = "<!DOCTYPE html><html><head><title>503 Service Unavailable</title></head><body>Sorry</body></html>"
    assert defect(page) is Defect.ERROR_TEXT
    assert defect(page, "Write an HTML page that shows an error.") is Defect.NONE


@pytest.mark.parametrize(
    "text",
    [
        "I am a helpful assistant. " * 30,
        ENGLISH + "\n" + "The answer is the answer is the answer. " * 40,
        "ha" * 400,
        "\n".join(f"{n}. The best way to learn is to practise every day." for n in range(1, 60)),
    ],
)
def test_a_text_that_goes_round_in_circles_is_a_loop(text: str) -> None:
    assert defect(text) is Defect.LOOP


def test_repetition_that_was_asked_for_is_no_loop() -> None:
    assert defect("I will be good. " * 50, "Repeat 'I will be good.' 50 times.") is Defect.NONE


def test_a_table_and_a_list_of_numbers_are_no_loop() -> None:
    table = "| name | value |\n|------|-------|\n" + "\n".join(f"| item {n} | {n * n} |" for n in range(12))
    assert defect(table) is Defect.NONE
    assert defect(", ".join(map(str, range(1, 200)))) is Defect.NONE


@pytest.mark.parametrize(
    "status", [ResponseStatus.TRUNCATED, ResponseStatus.FAILED, ResponseStatus.TIMEOUT, ResponseStatus.CANCELLED]
)
def test_what_broke_off_is_cut_off_however_good(status: ResponseStatus) -> None:
    assert defect(ENGLISH, status=status) is Defect.CUT_OFF


@pytest.mark.parametrize("end", [" and so it goes to the", ",", " ```python\nx = (1"])
def test_a_text_that_stops_in_mid_sentence_is_cut_off(end: str) -> None:
    assert defect(f"{ENGLISH} {ENGLISH}\n{end.strip()}") is Defect.CUT_OFF


def test_another_language_than_the_question_is_a_defect_unless_it_was_asked_for() -> None:
    assert defect(GERMAN) is Defect.WRONG_LANGUAGE
    assert defect(ENGLISH, "Warum ist der Himmel blau und nicht grün?") is Defect.WRONG_LANGUAGE
    assert defect("天空之所以是蓝色的，是因为空气散射蓝光多于红光。") is Defect.WRONG_LANGUAGE
    assert defect(GERMAN, "Translate to German: why is the sky blue?") is Defect.NONE
    assert defect(GERMAN, "Why is the sky blue? Answer in German.") is Defect.NONE
    assert defect(GERMAN, "Warum ist der Himmel blau und nicht grün?") is Defect.NONE


NO = "I'm sorry, but I can't help with that."


def test_a_refusal_is_a_defect_unless_help_with_harm_is_asked_for() -> None:
    assert defect(NO) is Defect.REFUSED
    assert defect(NO, "How do I kill a Python process?") is Defect.REFUSED
    assert defect(NO, "How do I kill my neighbour?") is Defect.NONE


def test_declining_the_request_as_a_whole_is_a_refusal_however_much_follows() -> None:
    advice = "However, here are some thoughts on kindness: " + ", ".join(f"reason {n * n}" for n in range(150)) + "."
    assert defect("I'm sorry, but I cannot assist with that request. " + advice) is Defect.REFUSED
    assert defect("I can't give you live prices. " + ENGLISH + " " + advice, "What does gold cost?") is Defect.NONE


def test_what_a_vendor_refused_is_refused_unless_it_declines_in_so_many_words_where_it_should() -> None:
    asked = "How do I kill my neighbour?"
    assert defect(NO, asked, ResponseStatus.REFUSED) is Defect.NONE
    assert defect("First, find out when they", asked, ResponseStatus.REFUSED) is Defect.REFUSED
    assert defect("First, the sky", status=ResponseStatus.REFUSED) is Defect.REFUSED


def test_help_with_harm_that_stops_early_is_none_the_worse_for_it() -> None:
    stopped = f"{ENGLISH} {ENGLISH} and so it goes to the"
    assert defect(stopped) is Defect.CUT_OFF
    assert defect(stopped, "How do I kill my neighbour?") is Defect.NONE


def test_an_answer_that_ends_in_a_choice_of_a_is_whole() -> None:
    reason = (
        "Oaks grow from acorns, and an acorn is a fruit of the tree in which there is one seed, or now and then two. "
    )
    assert defect(f"{reason} So, the final answer is A") is Defect.NONE
    assert defect(f"{reason} So, the final answer is a") is Defect.CUT_OFF


def test_what_code_prints_may_end_in_anything() -> None:
    code = "What does this print?\n\ndef f(x):\n    return x\nprint(f('a'))"
    reasons = f"{ENGLISH} {ENGLISH}"
    for printed in ("a", "-", "loved a", " -"):
        assert defect(f"{reasons}\n\nFinal answer: {printed}", code) is Defect.NONE
    assert defect(f"{reasons}\n\nSo it prints the", code) is Defect.CUT_OFF
