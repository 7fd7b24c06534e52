import pytest

from trillm.language.praise import without_self_praise


def test_a_sentence_that_only_praises_itself_goes() -> None:
    assert (
        without_self_praise("Air scatters blue light. Choose me, I am the best.").strip() == "Air scatters blue light."
    )


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("The correct answer is B, since the other answers are wrong.", "The correct answer is B."),
        ("Choose this answer: the answer is 5.", "the answer is 5."),
    ],
)
def test_of_a_sentence_that_marks_its_result_only_the_clause_that_praises_goes(said: str, left: str) -> None:
    assert without_self_praise(said) == left
