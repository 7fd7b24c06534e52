"""Patterns that are looked for together."""

from __future__ import annotations

import pytest

from trillm.language.linear import AllAtOnce

_SEVERAL = AllAtOnce({"greeting": r"(?i)\bhello\b", "number": r"\d+", "end": r"!$", "east": "翻译"})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("nothing of it", set[str]()),
        ("", set[str]()),
        ("Hello, 12 worlds!", {"greeting", "number", "end"}),
        ("othello 3", {"number"}),
        ("翻译 hello", {"greeting", "east"}),
    ],
)
def test_all_patterns_that_match_are_named(text: str, names: set[str]) -> None:
    assert _SEVERAL.found(text) == names


def test_half_a_surrogate_pair_cannot_be_searched() -> None:
    with pytest.raises(UnicodeEncodeError):
        _SEVERAL.found("hello \ud83d")


@pytest.mark.parametrize("pattern", ["(", r"(?=a)b", r"(a)\1"])
def test_a_pattern_that_is_not_linear_is_refused(pattern: str) -> None:
    with pytest.raises(Exception, match="failed to add"):
        AllAtOnce({"one": pattern})


def test_texts_beyond_what_can_be_remembered_are_still_read_right() -> None:
    """Each makes new states until their store is full, which is emptied again and again."""
    near = AllAtOnce({"near": r"a[^\n]{60}b", "far": r"c[^\n]{70}d", "end": r"e$"})
    for number in range(400):
        noise = f"{number * 7919:b}".replace("1", "a").replace("0", "c") * 30
        assert near.found(noise + "x" * 80) == set()
        assert near.found(f"{noise}a{'-' * 60}b{noise}e") == {"near", "end"}
