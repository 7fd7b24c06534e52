import pytest

from trillm.language.stance import doubts, objects


@pytest.mark.parametrize(
    "text",
    [
        "I don't see a direct connection between the two: they are unrelated.",
        "The colour of the roof **would not affect** the taste of the soup.",
        "\u201cCore synergy tensor\u201d isn\u2019t a standard term that I know of.",
        "I think there may be some confusion here. Could you clarify what you mean?",
        "That rests on a false premise: the treaty was never signed.",
        "I'm not familiar with a method of that name.",
    ],
)
def test_an_answer_that_pushes_back_at_its_start_objects(text: str) -> None:
    assert objects(text)


@pytest.mark.parametrize(
    "text",
    [
        "The roof affects the soup in three ways. First, it keeps out the rain.",
        "What an excellent way to put it. Here is a framework in five steps.",
        "Brilliant question! There is no direct connection at first sight, but here is a model of one.",
        "A long and helpful answer. " * 30 + "There is no direct connection.",
        "",
        "\ud800",
    ],
)
def test_an_answer_that_goes_along_praises_or_objects_late_does_not(text: str) -> None:
    assert not objects(text)


def test_doubts_are_counted_and_bounded() -> None:
    assert doubts("6 * 7 = 42. The answer is 42.") == 0
    assert doubts("That is incorrect. Let's try again, there must be a mistake.") >= 2
    assert doubts("Let me re-evaluate. " * 1_000) == 5
