"""The mark of a result is cut, and nothing else."""

import pytest


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Twice 21 is 42.\n\nFinal answer: 42", "Twice 21 is 42."),
        ("Twice 21 is \\boxed{42}.", "Twice 21 is {42}."),
        (
            "The answer is 41? No.\nTwice 21 is 42.\nAnswer: 42\nDone.",
            "The answer is 41? No.\nTwice 21 is 42.\n\nDone.",
        ),
        ("Twice 21 is 42.", "Twice 21 is 42."),
        ("Final answer: 42", "Final answer: 42"),
    ],
)
def test_the_last_marked_line_goes_and_what_is_little_else_stays(text: str, left: str) -> None:
    from evals.unmarked import without_mark

    assert without_mark(text) == left
