"""`trillm ask --synthesize`: the merged text below the best, apart from it, with what no answer says."""

from __future__ import annotations

import json

import pytest
from tests.journeys.conftest import ANSWERS, PANEL, QUESTION, Trillm, Vendors
from tests.providers.vendors import Script

MERGER, KEY = "gemini-3.8-flash", PANEL[1]


@pytest.fixture
def merging(vendors: Vendors) -> None:
    merged = Script(["Paris is the capital of France. ", "The Romans called it Lutetia Parisiorum."])
    vendors.script(**{MERGER: [ANSWERS[MERGER], merged]})


def test_the_merged_text_stands_below_the_best_and_says_what_nobody_said(trillm: Trillm, merging: None) -> None:
    done = trillm("ask", QUESTION, "--judge", "never", "--synthesize", "--synthesizer", KEY)
    assert done.returncode == 0
    best, _, merged = done.stdout.partition("Merged from 3 answers by Gemini 3.8 Flash")
    assert "★" in best
    assert "Lutetia" not in best
    assert "Paris is the capital of France. The Romans called it" in merged
    assert "No answer says: The Romans called it Lutetia Parisiorum." in merged
    assert "No answer says: Paris" not in merged
    assert "Gemini 3.8 Flash merges the answers" in done.stderr


def test_json_carries_the_merged_text(trillm: Trillm, merging: None) -> None:
    done = trillm("ask", QUESTION, "--judge", "never", "--synthesize", "--synthesizer", KEY, "--json")
    synthesis = json.loads(done.stdout)["synthesis"]
    assert (synthesis["status"], synthesis["model"], len(synthesis["of"])) == ("complete", MERGER, 3)


def test_a_merge_that_fails_is_told_and_the_best_answer_stands(trillm: Trillm, vendors: Vendors) -> None:
    vendors.script(**{MERGER: [ANSWERS[MERGER], Script(status=401)]})
    done = trillm("ask", QUESTION, "--judge", "never", "--synthesize", "--synthesizer", KEY)
    assert done.returncode == 0
    assert "★" in done.stdout
    assert "Gemini 3.8 Flash could not merge the answers: failed" in done.stdout
