"""The plain page's words: whole in every language of the page, with the same places to fill in."""

from __future__ import annotations

import json
import re
import string
import tomllib
from pathlib import Path

import pytest

from trillm.entrypoints.plain.words import TOLD, words_for
from trillm.vocabulary.question import QueryStatus
from trillm.vocabulary.response import ResponseStatus

LANGUAGES = Path(__file__).parents[2] / "clients" / "web" / "src" / "text" / "languages.ts"


def places(told: dict[str, str]) -> dict[str, set[str | None]]:
    return {name: {place for _, place, _, _ in string.Formatter().parse(text) if place} for name, text in told.items()}


def test_every_language_of_the_page_says_everything() -> None:
    told = tomllib.loads(TOLD.read_text(encoding="utf-8"))
    assert set(told) == set(re.findall(r"^  (\w+): ", LANGUAGES.read_text(encoding="utf-8"), re.MULTILINE))
    for language, said in told.items():
        assert places(said) == places(told["en"]), language
        assert all(text.strip() for text in said.values()), language


def test_every_state_has_a_word() -> None:
    words = words_for("en")
    for status in QueryStatus:
        assert words(status)
    complete = {ResponseStatus.COMPLETE, ResponseStatus.PENDING, ResponseStatus.STREAMING}
    for status in set(ResponseStatus) - complete:
        assert words(f"is-{status}")


@pytest.mark.parametrize(
    ("usd", "said"), [(None, "Kosten unbekannt"), (0.0, "kostenlos"), (0.00002, "unter $0.0001"), (0.5, "$0.5000")]
)
def test_a_cost_that_is_not_known_is_never_nothing(usd: float | None, said: str) -> None:
    assert words_for("de-AT,en;q=0.4").cost(usd) == said


def test_figures_are_those_that_are_known() -> None:
    response = json.loads('{"status": "complete", "scores": null, "response_time_ms": 2400, "cost_usd": null}')
    assert words_for("pt").figures(response) == "2.4 s · cost not known"
    assert words_for("").figures(response | {"status": "streaming"}) == "Still answering."
