"""What the plain page shows: the form with this browser's questions, a result, a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trillm.entrypoints.plain.markup import Html, html, joined
from trillm.safety.clean_text import MAX_QUESTION
from trillm.sharing.markdown import cost, latest

REFRESH_SECONDS = 2
"""How soon a result that is not finished is fetched again."""

_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">{refresh}
<link rel="stylesheet" href="/plain/plain.css"><title>{title}</title></head>
<body>
<header><p><a href="/plain"><strong>TriLLM</strong></a></p><p class="soft">the plain page</p></header>
<main>
{content}
</main>
</body></html>
"""


def page(title: str, content: Html, *, refresh: bool = False) -> str:
    """Return a whole document; one that refreshes does so by itself until a later one does not."""
    again = f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">' if refresh else ""
    return html(_PAGE, title=title, content=content, refresh=Html(again))


def home(queries: Sequence[dict[str, Any]], older: str | None, *, draft: str = "", refusal: str = "") -> str:
    """Return the form and this browser's questions; a refusal is told above the draft that it refuses."""
    content = joined(
        [
            html("<h1>Several models. One best answer.</h1>"),
            html('<p class="bad" role="alert">{refusal}</p>', refusal=refusal) if refusal else Html(),
            html(
                '<form method="post" action="/plain"><label for="question">Your question</label>'
                '<textarea id="question" name="question" rows="4" maxlength="{most}" required>\n{draft}</textarea>'
                "<button>Ask</button></form>",
                most=MAX_QUESTION,
                draft=draft,
            ),
            _history(queries, older),
        ]
    )
    return page("TriLLM", content)


def result(query: dict[str, Any], *, shared_at: str | None = None) -> str:
    """Return a result, best first; `shared_at` says when a snapshot was taken."""
    running = query["status"] == "running"
    best = next((r for r in query["responses"] if r["id"] == query["best"]), None)
    others = sorted(latest(query, best), key=lambda r: (r["rank"] is None, r["rank"] or 0))
    parts = [html("<h1>{question}</h1>", question=query["question"])]
    if shared_at is not None:
        parts.append(html('<p class="soft">A snapshot of {day}; it only reads.</p>', day=shared_at[:10]))
    parts.append(_state(query, running))
    if best is not None:
        parts.append(_best(query, best, running))
    if others:
        parts.append(html("<h2>{title}</h2>", title="The other answers" if best else "Answers"))
        parts += [_other(response) for response in others]
    parts.append(html('<p><a href="/plain">Ask your own question</a></p>'))
    return page(f"{query['question'][:60]} - TriLLM", joined(parts), refresh=running)


def refused(detail: str) -> str:
    """Return the page that says why there is nothing to show."""
    content = html('<h1>{detail}</h1><p><a href="/plain">Ask a question</a></p>', detail=detail)
    return page("TriLLM", content)


def _history(queries: Sequence[dict[str, Any]], older: str | None) -> Html:
    rows = [
        html(
            '<li><a href="/plain/{id}">{question}</a><span class="soft">{day}, {status}</span></li>',
            id=query["id"],
            question=query["question"],
            day=query["created_at"][:10],
            status=_STATUS[query["status"]],
        )
        for query in queries
    ]
    more = html('<p><a href="/plain?cursor={older}">Older questions</a></p>', older=older) if older else Html()
    return html("<h2>Asked in this browser</h2><ul>{rows}</ul>{more}", rows=joined(rows), more=more) if rows else Html()


_STATUS = {"running": "answering", "complete": "answered", "partial": "partly answered", "failed": "not answered"}


def _state(query: dict[str, Any], running: bool) -> Html:
    ended = sum(r["status"] not in ("pending", "streaming") for r in query["responses"])
    if running:
        told = f"Answering: {ended} of {len(query['responses'])} done. This page renews itself."
    elif query["status"] == "failed":
        return html('<p class="bad" role="alert">No model answered.</p>')
    elif query["cached_at"]:
        told = f"From an earlier answer of {query['cached_at'][:10]}, at no cost."
    else:
        told = f"Answered in {(query['elapsed_ms'] or 0) / 1000:.1f} s, {cost(query['cost_usd'])}."
    return html('<p class="soft" role="status">{told}</p>', told=told)


def _best(query: dict[str, Any], best: dict[str, Any], running: bool) -> Html:
    sure = "" if query["confidence"] is None else f"Best with a probability of {query['confidence']:.0%}. "
    close = "Too close to call. " if query["too_close"] else ""
    return html(
        '<article class="best"><h2>{title}: {name}</h2><p>{close}{why}</p>'
        '<p class="soft">{sure}{figures}</p><div class="answer" dir="auto">{text}</div></article>',
        title="Best so far" if running else "Best answer",
        name=_name(best),
        close=close,
        why=query["why"],
        sure=sure,
        figures=_figures(best),
        text=best["text"],
    )


def _other(response: dict[str, Any]) -> Html:
    parts = [html('<h3>{name}</h3><p class="soft">{figures}</p>', name=_name(response), figures=_figures(response))]
    if error := response["error"]:
        what = response["status"].capitalize()
        parts.append(html('<p class="bad">{what}: {why}</p>', what=what, why=error["detail"]))
    if response["text"]:
        parts.append(html('<div class="answer" dir="auto">{text}</div>', text=response["text"]))
    return html("<article>{content}</article>", content=joined(parts))


def _name(response: dict[str, Any]) -> str:
    return f"{response['model']} ({response['provider']})"


def _figures(response: dict[str, Any]) -> str:
    if response["status"] in ("pending", "streaming"):
        return "Still answering."
    score = [f"{response['scores']['total']:.1f} of 100"] if response["scores"] else []
    time = [f"{response['response_time_ms'] / 1000:.1f} s"] if response["response_time_ms"] is not None else []
    return ", ".join([*score, *time, cost(response["cost_usd"])]).capitalize() + "."
