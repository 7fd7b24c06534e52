"""`trillm ask`: the answers side by side while they come, then the best one."""

from __future__ import annotations

import asyncio
import getpass
import os
import re
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import orjson
from rich.console import Console
from rich.text import Text

from trillm.entrypoints.cli.aligned import console
from trillm.entrypoints.cli.columns import Columns, Progress
from trillm.entrypoints.cli.exit_codes import ANSWERED, BY_SIGNAL, NOT_ANSWERED
from trillm.entrypoints.cli.outcome import NameOf, best_of, show_no_answer, show_outcome, show_unranked
from trillm.entrypoints.settings import Settings, read_settings
from trillm.entrypoints.wiring import House, open_house
from trillm.safety.clean_text import clean_field, clean_question, for_terminal
from trillm.telemetry.logs import configure_logging
from trillm.vocabulary.conversation import Followed
from trillm.vocabulary.event import EventType
from trillm.vocabulary.question import Caller, JudgePolicy, Query, QueryStatus, Question

NO_KEYS = "No vendor's key is set (OPENAI_API_KEY, GEMINI_API_KEY or ANTHROPIC_API_KEY)."
UNNAMED = "Nobody has named a model of {name}: --models {name}:MODEL or TRILLM_PANEL does."
NO_JUDGE = "Nobody will judge: no model that may judge has a key."
TINY = "A tiny local model answers; it is often wrong."
_LIVE = re.compile("[\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
"""What JSON lets through unescaped and a terminal may obey."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asked for."""

    text: str
    models: tuple[str, ...] = ()
    reference: str | None = None
    fresh: bool = False
    judge: JudgePolicy | None = None
    economy: bool | None = None
    category: str | None = None
    follow: str | None = None
    synthesize: bool = False
    synthesizer: str | None = None
    as_json: bool = False

    def question(self) -> Question:
        """Return the question, cleaned; InvalidInput where it is not fit to send."""
        return Question(
            text=clean_question(self.text),
            models=self.models,
            category=clean_field(self.category, "category"),
            reference=clean_field(self.reference, "reference"),
            use_cache=not self.fresh,
            judge=self.judge,
            economy=self.economy,
            follows=None if self.follow is None else Followed(self.follow),
            synthesize=self.synthesize,
            synthesizer=self.synthesizer,
        )


def run_ask(environ: Mapping[str, str], asked: Asked) -> int:
    """Ask, show, and return the exit code.

    Ctrl-C stops the models and shows the best of what arrived; a second one leaves at once.
    """
    settings = read_settings(environ, log_level="ERROR")
    question = asked.question()
    configure_logging(settings.log_level, json=settings.log_format == "json")
    return asyncio.run(_ask(settings, environ, question, as_json=asked.as_json))


async def _ask(settings: Settings, environ: Mapping[str, str], question: Question, *, as_json: bool) -> int:
    progress = console(stderr=True)
    async with open_house(settings, environ, "ask") as house:
        name_of = _names(house)
        _say_who_answers(progress, house, question)
        _say_if_nobody_judges(progress, house, question)
        query = await house.asker.ask(question, Caller(f"cli:{user_name()}@{socket.gethostname()}"))
        interrupts = Interrupts(house)
        if query.status is QueryStatus.RUNNING:
            with interrupts:
                await _follow(house, query, progress, name_of)
    if as_json:
        sys.stdout.write(inert_json(query) + "\n")
    elif best_of(query) is None:
        show_unranked(console(), query, name_of)
        show_no_answer(progress, query, name_of)
    else:
        show_outcome(console(), query, name_of)
    if best_of(query) is not None:
        return ANSWERED
    return NOT_ANSWERED if interrupts.taken is None else BY_SIGNAL + interrupts.taken


async def _follow(house: House, query: Query, progress: Console, name_of: NameOf) -> None:
    """Show what happens until it has ended. A query that could not be recorded is shown all the same."""
    failures: list[str] = []
    lively = sys.stderr.isatty() and not progress.is_dumb_terminal
    with Columns(progress, name_of) if lively else Progress(progress, name_of) as view:
        async for batch in await house.reader.events(query.id):
            view.show(batch)
            failures += [orjson.loads(e.data)["detail"] for e in batch if e.type is EventType.ERROR]
    for failure in failures:
        progress.print(Text(f"This query could not be recorded: {failure}", style="red"))


def inert_json(query: Query) -> str:
    """Return the query object on one line, with nothing in it that a terminal would obey."""
    text = orjson.dumps(query.as_object()).decode()
    return _LIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class Interrupts:
    """While entered: the first Ctrl-C (or SIGTERM) stops the models and keeps what arrived, the second leaves."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._asking = asyncio.current_task()
        self._stopping: asyncio.Task[None] | None = None
        self._handlers = ExitStack()
        self.taken: int | None = None
        """The signal that stopped the models."""

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows: Ctrl-C ends the command
                loop.add_signal_handler(number, self._take, number)
                self._handlers.callback(loop.remove_signal_handler, number)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._handlers.close()
        if self.taken is not None and kind is asyncio.CancelledError:
            # Closing could wait for a database. What is committed stands, and the server ends the rest.
            print("Stopped.", file=sys.stderr, flush=True)  # noqa: T201
            os._exit(BY_SIGNAL + self.taken)

    def _take(self, number: int) -> None:
        if self.taken is None:
            self.taken = number
            self._stopping = asyncio.create_task(self._house.asker.stop_all())
        elif self._asking is not None:
            self._asking.cancel()


def user_name() -> str:
    """Return who asks: by number where the machine has no name for them, as containers often have not."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _names(house: House) -> NameOf:
    labels = {model.key: model.label for provider in house.rooms.registry for model in provider.models()}
    return lambda key: for_terminal(labels.get(key, key))


def _say_who_answers(progress: Console, house: House, question: Question) -> None:
    mine = f"{house.local.name}:"
    local_only = all(key.startswith(mine) for key in house.asker.terms.panel)
    if local_only and not question.models:
        state = house.local.is_available()
        unnamed = [p.name for p in house.rooms.registry.available() if not p.models()]
        why = UNNAMED.format(name=unnamed[0]) if unnamed else NO_KEYS
        progress.print(Text(f"{why} {TINY if state.ready else state.reason}", style="yellow"))


def _say_if_nobody_judges(progress: Console, house: House, question: Question) -> None:
    """Say that a judge was asked for in vain; where only close calls are judged, the pick alone is no surprise."""
    judge = house.rooms.judge
    wanted = (question.judge or house.asker.terms.judge) == "always"
    if wanted and (judge is None or judge.chosen(()) is None):
        progress.print(Text(NO_JUDGE, style="yellow"))
