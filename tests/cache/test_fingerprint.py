"""One name for all questions that have the same answer, and no other question's name."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trillm.cache.fingerprint import fingerprint

PANEL = ("openai:a", "anthropic:b")
Asking = tuple[str, str, tuple[str, ...], dict[str, object]]
text = st.text(st.characters(codec="utf-8"), max_size=6)
askings: st.SearchStrategy[Asking] = st.tuples(
    text,
    text,
    st.lists(text, max_size=3).map(lambda panel: tuple(sorted(panel))),
    st.dictionaries(text, text | st.none() | st.booleans(), max_size=2),
)


def test_a_fingerprint_is_a_whole_sha_256_in_hex() -> None:
    assert len(bytes.fromhex(fingerprint("me", "why?", PANEL, {}))) == 32


def test_order_of_panel_and_options_does_not_matter() -> None:
    one = fingerprint("me", "why?", PANEL, {"a": 1, "b": None})
    assert one == fingerprint("me", "why?", reversed(PANEL), {"b": None, "a": 1})


@pytest.mark.parametrize(
    ("owner", "question", "panel", "options"),
    [
        ("you", "why?", PANEL, {}),
        ("me", "why", PANEL, {}),
        ("me", "why?", PANEL[:1], {}),
        ("me", "why?", PANEL, {"category": None}),
        ("me", "why?", (",".join(PANEL),), {}),
        ("mew", "hy?", PANEL, {}),
    ],
)
def test_case_31_another_owner_question_panel_or_option_is_another_fingerprint(
    owner: str, question: str, panel: tuple[str, ...], options: Mapping[str, object]
) -> None:
    assert fingerprint(owner, question, panel, options) != fingerprint("me", "why?", PANEL, {})


@given(askings, askings)
def test_two_askings_share_a_fingerprint_only_if_they_are_equal(one: Asking, other: Asking) -> None:
    assert (fingerprint(*one) == fingerprint(*other)) == (one == other and str(one) == str(other))


def test_an_option_that_is_no_json_value_is_refused() -> None:
    with pytest.raises(TypeError):
        fingerprint("me", "why?", PANEL, {"odd": object()})
