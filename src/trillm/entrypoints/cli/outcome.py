"""What `trillm ask` ends with: the best answer in full, how sure that is and why, and a line for each rival."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from trillm.entrypoints.cli.aligned import aligned, window
from trillm.safety.clean_text import for_terminal
from trillm.vocabulary.ids import now
from trillm.vocabulary.question import Query
from trillm.vocabulary.response import Response, ResponseStatus
from trillm.vocabulary.synthesis import Synthesis

NameOf = Callable[[str], str]
"""Gives the name that people know for `provider:model`."""

_NOT_JUDGED = {
    "nobody": "Not judged: no model that can judge is set up here, or none answers just now.",
    "never": "Not judged: no judge was wanted.",
    "cost": "Not judged: a judge would cost more than is allowed.",
    "time": "Not judged: there was no time left for a judge.",
}
MOST_MARKED_UP = 50_000
"""Characters of an answer beyond which its markup is shown as written: reading a million takes ten seconds."""
HEADS = ("", "", "best", "score", "time", "cost")


def show_outcome(out: Console, query: Query, name_of: NameOf) -> None:
    """Print the best answer and what is known of all."""
    best = best_of(query)
    if best is None or query.ranking is None:
        return
    sure = "" if query.ranking.confidence is None else f" · {query.ranking.confidence:.0%} likely the best"
    close = " · too close to call" if query.ranking.too_close else ""
    out.print(Text(f"★ {name_of(best.key)}{sure}{close}", style="bold green"))
    out.print()
    _show_text(out, for_terminal(best.text))
    out.print()
    _show_panel(out, query, name_of)
    if query.ranking.why:
        out.print(Text("Why: ", style="bold") + Text(for_terminal(query.ranking.why)))
    if query.judgements and (problem := query.judgements[-1].error) is not None:
        judge = f"{query.judgements[-1].provider}:{query.judgements[-1].model}"
        out.print(Text(f"{name_of(judge)} could not judge: {for_terminal(problem.detail)}", style="yellow"))
    for reason in query.ranking.reasons:
        if reason.code == "not-judged":
            out.print(Text(_NOT_JUDGED[str(reason.values["because"])], style="dim"))
    if query.syntheses:
        _show_synthesis(out, query.syntheses[-1], name_of)
    out.print(Text(_footnote(query), style="dim"))


def show_unranked(out: Console, query: Query, name_of: NameOf) -> None:
    """Print what arrived of a query that could not be ranked: nothing that was paid for is lost."""
    for response in query.latest:
        if response.text:
            out.print(Text(name_of(response.key), style="bold"))
            _show_text(out, for_terminal(response.text))


def show_no_answer(out: Console, query: Query, name_of: NameOf) -> None:
    """Print each reason once, with those that it holds for; nothing where an answer arrived."""
    if any(response.text for response in query.latest):
        return
    out.print(Text("No model answered.", style="bold red"))
    reasons: dict[str, list[str]] = {}
    for response in query.latest:
        reasons.setdefault(_reason(response), []).append(name_of(response.key))
    for reason, names in reasons.items():
        whose = "" if len(reasons) == 1 else f"{', '.join(names)}: "
        out.print(Text(f"  {whose}{reason}"))


def best_of(query: Query) -> Response | None:
    """Return the answer that was picked, None when there is none."""
    return next((r for r in query.responses if r.is_best), None)


def ago(moment: datetime) -> str:
    """Return how long ago something was, in a few words."""
    seconds = max(0.0, (now() - moment).total_seconds())
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds / length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "a moment ago"


def _show_text(out: Console, text: str) -> None:
    if out.is_terminal and len(text) <= MOST_MARKED_UP:
        out.print(Padding(Markdown(text, hyperlinks=False), (0, 2)))
    else:
        out.print(Text(text))


def _show_panel(out: Console, query: Query, name_of: NameOf) -> None:
    ordered = sorted(query.latest, key=lambda r: (not r.is_best, r.rank is None, r.rank))
    rows = [HEADS, *((_mark(r), name_of(r.key), *_figures(r)) for r in ordered)]
    heads, *lines = aligned(rows, elastic=1, right={2, 3, 4, 5}, width=window(out))
    out.print(Text(heads, style="dim"))
    for response, line in zip(ordered, lines, strict=True):
        out.print(Text(line, style="green" if response.is_best else ""))
        if response.status is not ResponseStatus.COMPLETE:
            _show_indented(out, _reason(response))


def _show_synthesis(out: Console, synthesis: Synthesis, name_of: NameOf) -> None:
    """Print what was made of the answers, clearly apart from the best, with the sentences that no answer says."""
    made = synthesis.made
    name = name_of(made.key)
    out.print()
    if not made.text:
        out.print(Text(f"{name} could not merge the answers: {_reason(made)}", style="yellow"))
        return
    cut = "" if made.error is None else f" · {_reason(made)}"
    head = f"Merged from {len(synthesis.of)} answers by {name} · {money(made.cost_usd)}{cut}"
    out.print(Text(head, style="bold"))
    out.print()
    _show_text(out, for_terminal(made.text))
    out.print()
    for sentence in synthesis.unsupported:
        out.print(Text("No answer says: ", style="yellow") + Text(for_terminal(sentence)))


def _show_indented(out: Console, text: str) -> None:
    out.print(Padding(Text(text, style="yellow"), (0, 0, 0, 3)) if out.is_terminal else Text(f"   {text}"))


def _mark(response: Response) -> str:
    return "★" if response.is_best else str(response.rank or "-")


def _figures(response: Response) -> tuple[str, str, str, str]:
    chance = "" if response.probability is None else f"{response.probability:.0%}"
    score = "" if response.scores is None else f"{response.scores.total:.1f}"
    taken = "" if response.response_time_ms is None else f"{response.response_time_ms / 1000:.1f} s"
    free = response.status.is_final and not response.may_have_cost  # such as a model that was not even asked
    return chance, score, taken, "" if free and response.cost_usd is None else money(response.cost_usd)


def _reason(response: Response) -> str:
    problem = "" if response.error is None else f": {for_terminal(response.error.detail)}"
    return f"{response.status.value}{problem}"


def _footnote(query: Query) -> str:
    if query.cached_at is not None:
        return f"Answered {ago(query.cached_at)}, shown from the history; --fresh asks again."
    taken = "" if query.elapsed_ms is None else f", {query.elapsed_ms / 1000:.1f} s"
    cost = "cost not known" if query.cost_usd is None else money(query.cost_usd)
    return f"In all: {cost}{taken}."


def money(usd: float | None) -> str:
    """Return a cost; what is not known is said to be unknown, and what is free costs nothing."""
    if usd is None:
        return "unknown"
    return "$0" if usd == 0 else f"${usd:.4f}" if usd >= 0.0001 else "<$0.0001"
