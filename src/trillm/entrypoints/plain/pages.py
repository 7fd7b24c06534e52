"""What the plain page shows: the form with this browser's questions, a result, a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trillm.entrypoints.plain.markup import Html, html, joined
from trillm.entrypoints.plain.words import Words
from trillm.safety.clean_text import MAX_QUESTION
from trillm.sharing.markdown import latest
from trillm.sharing.store import Share

REFRESH_SECONDS = 2
"""How soon a result that is not finished is fetched again."""

_PAGE = """\
<!doctype html>
<html lang="{language}" dir="{direction}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">{refresh}
<link rel="stylesheet" href="/plain/plain.css"><title>{title}</title></head>
<body>
<header><p><a href="/plain"><strong>TriLLM</strong></a></p><p class="soft">{subtitle}</p></header>
<main>
{content}
</main>
</body></html>
"""


def page(words: Words, title: str, content: Html, *, refresh: bool = False) -> str:
    """Return a whole document; one that refreshes does so by itself until a later one does not."""
    again = f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">' if refresh else ""
    return html(
        _PAGE,
        language=words.language,
        direction=words.direction,
        subtitle=words("subtitle"),
        title=title,
        content=content,
        refresh=Html(again),
    )


def home(
    words: Words, queries: Sequence[dict[str, Any]], older: str | None, *, draft: str = "", refusal: str = ""
) -> str:
    """Return the form and this browser's questions; a refusal is told above the draft that it refuses."""
    content = joined(
        [
            html("<h1>{promise}</h1>", promise=words("promise")),
            html('<p class="bad" role="alert">{refusal}</p>', refusal=_english(words, refusal)) if refusal else Html(),
            html(
                '<form method="post" action="/plain"><label for="question">{label}</label>'
                '<textarea id="question" name="question" rows="4" maxlength="{most}" dir="auto" required>\n{draft}'
                "</textarea><button>{ask}</button></form>",
                label=words("question"),
                most=MAX_QUESTION,
                draft=draft,
                ask=words("ask"),
            ),
            _history(words, queries, older),
        ]
    )
    return page(words, "TriLLM", content)


def result(words: Words, query: dict[str, Any], *, shared: Share | None = None) -> str:
    """Return a result, best first; `shared` is the link that shows it as a snapshot."""
    running = query["status"] == "running"
    best = next((r for r in query["responses"] if r["id"] == query["best"]), None)
    others = sorted(latest(query, best), key=lambda r: (r["rank"] is None, r["rank"] or 0))
    parts = [html('<h1 dir="auto">{question}</h1>', question=query["question"])]
    if shared is not None:
        told = words("snapshot", day=shared.created_at.date())
        ends = words("until", day=shared.expires_at.date()) if shared.expires_at else ""
        parts.append(html('<p class="soft">{told} {ends}</p>', told=told, ends=ends))
    parts.append(_state(words, query, running))
    if best is not None:
        parts.append(_best(words, query, best, running))
    if others:
        parts.append(html("<h2>{title}</h2>", title=words("others" if best else "answers")))
        parts += [_other(words, response) for response in others]
    parts.append(html('<p><a href="/plain">{ask}</a></p>', ask=words("ask-own")))
    return page(words, f"{query['question'][:60]} - TriLLM", joined(parts), refresh=running)


def refused(words: Words, detail: str) -> str:
    """Return the page that says why there is nothing to show."""
    told = _english(words, detail)
    content = html('<h1>{told}</h1><p><a href="/plain">{ask}</a></p>', told=told, ask=words("ask-one"))
    return page(words, "TriLLM", content)


def _english(words: Words, text: str) -> str:
    """Return what the service says in English only, marked as such on a page in another language."""
    return text if words.language == "en" else html('<bdi lang="en" dir="ltr">{text}</bdi>', text=text)


def _history(words: Words, queries: Sequence[dict[str, Any]], older: str | None) -> Html:
    rows = [
        html(
            '<li><a href="/plain/{id}" dir="auto">{question}</a><span class="soft">{day}, {status}</span></li>',
            id=query["id"],
            question=query["question"],
            day=query["created_at"][:10],
            status=words(query["status"]),
        )
        for query in queries
    ]
    if not rows:
        return Html()
    link = '<p><a href="/plain?cursor={older}">{words}</a></p>'
    more = html(link, older=older, words=words("older")) if older else Html()
    return html("<h2>{title}</h2><ul>{rows}</ul>{more}", title=words("asked-here"), rows=joined(rows), more=more)


def _state(words: Words, query: dict[str, Any], running: bool) -> Html:
    ended = sum(r["status"] not in ("pending", "streaming") for r in query["responses"])
    if running:
        told = words("answering", ended=ended, all=len(query["responses"]))
    elif query["status"] == "failed":
        return html('<p class="bad" role="alert">{told}</p>', told=words("nobody"))
    elif query["cached_at"]:
        told = words("cached", day=query["cached_at"][:10])
    else:
        seconds = f"{(query['elapsed_ms'] or 0) / 1000:.1f}"
        told = words("answered", seconds=seconds, cost=words.cost(query["cost_usd"]))
    return html('<p class="soft" role="status">{told}</p>', told=told)


def _best(words: Words, query: dict[str, Any], best: dict[str, Any], running: bool) -> Html:
    sure = "" if query["confidence"] is None else words("sure", percent=f"{query['confidence']:.0%}")
    return html(
        '<article class="best"><h2>{title}: {name}</h2><p>{close} {why}</p>'
        '<p class="soft">{sure} {figures}</p><div class="answer" dir="auto">{text}</div></article>',
        title=words("best-so-far" if running else "best"),
        name=_name(best),
        close=words("close") if query["too_close"] else "",
        why=_english(words, query["why"]),
        sure=sure,
        figures=words.figures(best),
        text=best["text"],
    )


def _other(words: Words, response: dict[str, Any]) -> Html:
    name = html('<h3>{name}</h3><p class="soft">{figures}</p>', name=_name(response), figures=words.figures(response))
    parts = [name]
    if error := response["error"]:
        what, why = words(f"is-{response['status']}"), _english(words, error["detail"])
        parts.append(html('<p class="bad">{what}: {why}</p>', what=what, why=why))
    if response["text"]:
        parts.append(html('<div class="answer" dir="auto">{text}</div>', text=response["text"]))
    return html("<article>{content}</article>", content=joined(parts))


def _name(response: dict[str, Any]) -> Html:
    return html('<bdi dir="ltr">{model} ({provider})</bdi>', model=response["model"], provider=response["provider"])
