"""Where the claims of an answer stand."""

from __future__ import annotations

import pytest

from trillm.language.sentence.split import pieces


def said(text: str) -> list[str]:
    return [text[piece.start : piece.end] for piece in pieces(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "It is 3.5 m. It is e.g. red, or blue. Dr. Who left.",
            ["It is 3.5 m.", "It is e.g. red, or blue.", "Dr. Who left."],
        ),
        ("- one is red\n- **two is blue.**\n3. [x] three is done", ["one is red", "two is blue.", "three is done"]),
        (
            "# Title\n\nText here.\n\n| a | b |\n|---|---|\n\n```py\nx = 1.\n```\n\nMore text.",
            ["Text here.", "More text."],
        ),
        ("~~~\n```\nstill code.\n~~~\nProse again.", ["Prose again."]),
        ("```\nnever closed. So all is code.", []),
        ("Shall we begin? Here are three tips:\n\nLet me know if it helps. Iron rusts.", ["Iron rusts."]),
        ("1. **Use a sharp knife:** A dull one slips.", ["Use a sharp knife", "A dull one slips."]),
        ("> Quoted words are said.\n> > And these.", ["Quoted words are said.", "And these."]),
        ("光速很快。它是最快的！", ["光速很快。", "它是最快的！"]),
        ("", []),
    ],
)
def test_sentences_and_list_items_of_prose(text: str, found: list[str]) -> None:
    assert said(text) == found


def test_a_line_that_only_wraps_goes_on_and_a_short_one_ends() -> None:
    wrapped = "A tower of wrought iron that stands on the Champ de Mars, in\nParis since 1889."
    assert said(wrapped) == [wrapped]
    assert said("A short line\nAnother line") == ["A short line", "Another line"]
