"""`trillm ask`: the answers side by side while they come, then the best one."""

from __future__ import annotations

import asyncio
import getpass
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

import orjson
from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from trillm.entrypoints.cli.columns import Columns, progress_lines
from trillm.entrypoints.settings import Settings
from trillm.entrypoints.status import models_object
from trillm.entrypoints.wiring import House, open_house
from trillm.safety.clean_text import clean_field, clean_question, for_terminal
from trillm.telemetry.logs import configure_logging
from trillm.vocabulary.question import Caller, Query, Question
from trillm.vocabulary.response import Response

NO_KEYS = (
    "No vendor's key is set: a tiny local model answers, and it is often wrong. "
    "Set OPENAI_API_KEY, GEMINI_API_KEY or ANTHROPIC_API_KEY for real answers."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asked for."""

    text: str
    models: tuple[str, ...] = ()
    reference: str | None = None
    fresh: bool = False
    as_json: bool = False

    def question(self) -> Question:
        """Return the question, cleaned; InvalidInput where it is not fit to send."""
        return Question(
            text=clean_question(self.text),
            models=self.models,
            reference=clean_field(self.reference, "reference"),
            use_cache=not self.fresh,
        )


def run_ask(settings: Settings, environ: Mapping[str, str], asked: Asked) -> bool:
    """Ask, show, and return whether any model answered. Ctrl-C stops the models and keeps what arrived."""
    configure_logging(settings.log_level, json=settings.log_format == "json")
    question = asked.question()
    return asyncio.run(_ask(settings, environ, question, as_json=asked.as_json))


async def _ask(settings: Settings, environ: Mapping[str, str], question: Question, *, as_json: bool) -> bool:
    progress = Console(stderr=True, highlight=False)
    async with open_house(settings, environ, "ask") as house:
        labels = {model["key"]: model["label"] for model in models_object(house)["models"]}
        if not question.models and models_object(house)["local_only"]:
            progress.print(Text(NO_KEYS, style="yellow"))
        query = await house.asker.ask(question, Caller(f"cli:{getpass.getuser()}@{socket.gethostname()}"))
        async with AsyncExitStack() as stack:
            _stop_on_interrupt(house, stack)
            await _follow(house, query, progress, labels)
        query = await house.reader.finished(query.id)
    if as_json:
        sys.stdout.write(orjson.dumps(query.as_object()).decode() + "\n")
    else:
        _show(Console(highlight=False), query, labels)
    return query.ranking is not None and query.ranking.best is not None


async def _follow(house: House, query: Query, progress: Console, labels: Mapping[str, str]) -> None:
    batches = await house.reader.events(query.id)
    if not progress.is_terminal:
        async for batch in batches:
            for line in progress_lines(batch, labels):
                progress.print(Text(line))
        return
    with Columns(progress, labels) as columns:
        async for batch in batches:
            columns.show(batch)


def _stop_on_interrupt(house: House, stack: AsyncExitStack) -> None:
    loop = asyncio.get_running_loop()
    stopping: set[asyncio.Task[None]] = set()

    def stop() -> None:
        stopping.add(loop.create_task(house.asker.stop_all()))

    with suppress(
        NotImplementedError
    ):  # Windows: Ctrl-C ends the command, and what was asked stays recorded as running
        loop.add_signal_handler(signal.SIGINT, stop)
        stack.callback(loop.remove_signal_handler, signal.SIGINT)


def _show(out: Console, query: Query, labels: Mapping[str, str]) -> None:
    ranking = query.ranking
    best = next((r for r in query.responses if r.is_best), None)
    if best is None or ranking is None:
        out.print(Text("No model answered.", style="bold red"))
        for response in query.latest:
            out.print(Text(f"  {_label(response, labels)}: {_reason(response)}"))
        return
    sure = "" if ranking.confidence is None else f" · {ranking.confidence:.0%} likely the best"
    close = " · too close to call" if ranking.too_close else ""
    age = "" if query.cached_at is None else f" · answered {query.cached_at:%Y-%m-%d %H:%M} UTC"
    out.print(Text(f"★ {_label(best, labels)}{sure}{close}{age}", style="bold green"))
    out.print()
    text = for_terminal(best.text)
    out.print(Markdown(text, hyperlinks=False) if out.is_terminal else Text(text))
    out.print()
    for response in sorted(query.latest, key=lambda r: (r.rank is None, r.rank)):
        if response is not best:
            out.print(Text(f"{response.rank or '-':>2}  {_label(response, labels)}  {_facts(response)}"))
    out.print(Text(f"Why: {ranking.why}"))
    out.print(Text(f"Best: {_facts(best)} · together {_money(query.cost_usd)}", style="dim"))


def _facts(response: Response) -> str:
    score = "" if response.scores is None else f"score {response.scores.total:.1f} · "
    seconds = "" if response.response_time_ms is None else f"{response.response_time_ms / 1000:.1f} s · "
    problem = "" if response.error is None else f" · {_reason(response)}"
    return f"{score}{seconds}{_money(response.cost_usd)}{problem}"


def _label(response: Response, labels: Mapping[str, str]) -> str:
    return for_terminal(labels.get(response.key, response.key))


def _reason(response: Response) -> str:
    return response.status.value if response.error is None else for_terminal(response.error.detail)


def _money(usd: float | None) -> str:
    return "cost unknown" if usd is None else f"${usd:.4f}"
