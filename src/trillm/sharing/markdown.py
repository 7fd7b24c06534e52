"""A result as a Markdown document: the question, the best answer and why, the others, what they took and cost."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

_MAX_NAME = 48


def file_name(question: str, ending: str) -> str:
    """Return the `Content-Disposition` of a download that is named after its question."""
    words = re.sub(r"[^\w]+", "-", question[: 2 * _MAX_NAME].lower()).strip("-_")[:_MAX_NAME].strip("-_") or "answer"
    ascii_words = words if words.isascii() else "answer"
    plain = f'attachment; filename="trillm-{ascii_words}.{ending}"'
    return plain if words.isascii() else f"{plain}; filename*=UTF-8''{quote(f'trillm-{words}.{ending}')}"


def to_markdown(query: dict[str, Any]) -> str:
    """Return the document of a query object.

    What people and models wrote stands in quotes: no heading or open code fence of theirs reaches beyond its own.
    """
    best = next((r for r in query["responses"] if r["id"] == query["best"]), None)
    others = sorted(latest(query, best), key=lambda r: (r["rank"] is None, r["rank"] or 0))
    parts = ["# Question", _quoted(query["question"]), *_head(query, best)]
    if best is not None:
        parts += [f"## Best answer: {_code(best)}", _figures(best), _quoted(best["text"])]
    parts += _synthesis(query)
    if others:
        parts.append("## The other answers" if best is not None else "## Answers")
    for response in others:
        parts += [f"### {_code(response)}", _figures(response), *_failure(response)]
        if response["text"]:
            parts.append(_quoted(response["text"]))
    parts.append(f"---\n\nAsked with TriLLM on {query['created_at'][:10]}; in all {cost(query['cost_usd'])}.")
    return "\n\n".join(parts) + "\n"


def latest(query: dict[str, Any], without: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the newest attempt of each model of a query object, without this one."""
    newest = {(r["provider"], r["model"]): r for r in sorted(query["responses"], key=lambda r: r["attempt"])}
    return [r for r in newest.values() if without is None or r["id"] != without["id"]]


def _head(query: dict[str, Any], best: dict[str, Any] | None) -> list[str]:
    if best is None:
        return ["Models are still answering." if query["status"] == "running" else "No model answered."]
    verdict = f"Best: **{_code(best)}**"
    if query["confidence"] is not None:
        verdict += f", with a probability of {query['confidence']:.0%}"
    verdict += "; too close to call." if query["too_close"] else "."
    told = [verdict] + ([_quoted(query["why"])] if query["why"] else [])
    return told + ([f"From an earlier answer of {query['cached_at'][:10]}."] if query["cached_at"] else [])


def _synthesis(query: dict[str, Any]) -> list[str]:
    merged = query["synthesis"]
    if not merged or not merged.get("text"):
        return []
    return [
        "## Merged from all answers",
        f"By `{_inline(merged['model'])}`, {cost(merged['cost_usd'])}.",
        _quoted(merged["text"]),
    ]


def _failure(response: dict[str, Any]) -> list[str]:
    error = response["error"]
    return [f"{response['status'].capitalize()}: {_inline(error['detail'])}"] if error else []


def _figures(response: dict[str, Any]) -> str:
    told: list[str] = []
    if response["rank"] is not None:
        told.append(f"rank {response['rank']}")
    if response["probability"] is not None:
        told.append(f"best with a probability of {response['probability']:.0%}")
    if response["scores"]:
        told.append(f"{response['scores']['total']:.1f} of 100")
    if response["response_time_ms"] is not None:
        told.append(f"{response['response_time_ms'] / 1000:.1f} s")
    told.append(cost(response["cost_usd"]))
    return ", ".join(told).capitalize() + "."


def cost(usd: float | None) -> str:
    """Return what something cost, in words; None is not known."""
    if usd is None:
        return "cost not known"
    if 0 < usd < 0.0001:
        return "under $0.0001"
    return f"${usd:.4f}" if usd else "no cost"


def _code(response: dict[str, Any]) -> str:
    return f"`{_inline(response['provider'])}:{_inline(response['model'])}`"


def _inline(text: str) -> str:
    """Return the text on one line, without what would end a code span or begin markup."""
    return re.sub(r"[`*_<>\[\]\\\s]+", lambda found: "_" if found[0] == "_" else " ", text).strip()


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in re.split(r"\r\n|\r|\n", text))
