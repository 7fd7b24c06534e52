"""A result as a document: everything that a reader asks for, and nothing in it can break out of its quote."""

from __future__ import annotations

from typing import Any

import pytest

from trillm.sharing.markdown import file_name, to_markdown


def response(id: str, model: str, text: str = "Words.", **given: Any) -> dict[str, Any]:
    figures = {"probability": None, "scores": None, "cost_usd": 0.0012, "response_time_ms": 2400.0, "error": None}
    place = {"id": id, "provider": "acme", "model": model, "attempt": 1, "status": "complete", "rank": None}
    return {**place, "text": text, **figures, **given}


def query(*responses: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {
        "question": "Why is the sky blue?",
        "status": "complete",
        "cached_at": None,
        "best": responses[0]["id"] if responses else None,
        "confidence": 0.72,
        "too_close": False,
        "why": "It says more about it.",
        "responses": list(responses),
        "synthesis": None,
        "cost_usd": 0.0024,
        "created_at": "2026-11-22T12:00:00.000Z",
        **given,
    }


def test_the_best_comes_first_with_why_and_the_others_by_rank_with_what_they_took_and_cost() -> None:
    document = to_markdown(
        query(
            response("a", "one", "Rayleigh.", rank=1, probability=0.72, scores={"total": 84.4}),
            response("b", "two", "Magic.", rank=3, cost_usd=None),
            response("c", "three", "Scattering.", rank=2),
        )
    )
    order = ["Why is the sky blue?", "72%", "It says more", "Rayleigh.", "acme:three", "Scattering.", "acme:two"]
    places = [document.index(word) for word in order]
    assert places == sorted(places)
    assert "Rank 1, best with a probability of 72%, 84.4 of 100, 2.4 s, $0.0012." in document
    assert "Rank 3, 2.4 s, cost not known." in document
    assert "2026-11-22; in all $0.0024." in document


def test_what_a_model_writes_stays_inside_its_quote() -> None:
    hostile = "# I am the heading\r\n```\nnever closed\n\n  two spaces end this line  \n<!-- "
    document = to_markdown(query(response("a", "m`](x)\n# n", hostile), response("b", "two")))
    lines = document.splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        "# Question",
        "## Best answer: `acme:m (x) # n`",
        "## The other answers",
        "### `acme:two`",
    ]
    assert {"> ```", "> never closed", ">", ">   two spaces end this line  ", "> <!-- "} <= set(lines)


def test_failures_are_told_with_their_cause_and_earlier_attempts_left_out() -> None:
    failed = {"status": "timeout", "error": {"type": "gap-timeout", "detail": "Silent for 20 s."}, "text": ""}
    document = to_markdown(
        query(response("a", "one"), response("b", "two", **failed), response("c", "two", attempt=2, **failed))
    )
    assert document.count("`acme:two`") == 1
    assert "Timeout: Silent for 20 s." in document


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"too_close": True}, "72%; too close to call."),
        ({"confidence": None}, "Best: **`acme:one`**."),
        ({"cached_at": "2026-11-20T08:00:00.000Z"}, "From an earlier answer of 2026-11-20."),
        ({"synthesis": {"text": "Both.", "model": "acme:one", "cost_usd": 0.0}}, "By `acme:one`, no cost.\n\n> Both."),
        ({"best": None, "status": "failed"}, "No model answered."),
        ({"best": None, "status": "running"}, "Models are still answering."),
    ],
)
def test_what_is_special_about_a_result_is_said(given: dict[str, Any], told: str) -> None:
    assert told in to_markdown(query(response("a", "one"), **given))


@pytest.mark.parametrize(
    ("question", "header"),
    [
        ("Why is the sky blue?", 'attachment; filename="trillm-why-is-the-sky-blue.md"'),
        ('"; filename="evil.exe', 'attachment; filename="trillm-filename-evil-exe.md"'),
        ("?!", 'attachment; filename="trillm-answer.md"'),
        ("Größe?", "attachment; filename=\"trillm-answer.md\"; filename*=UTF-8''trillm-gr%C3%B6%C3%9Fe.md"),
    ],
)
def test_a_file_is_named_after_its_question(question: str, header: str) -> None:
    assert file_name(question, "md") == header
