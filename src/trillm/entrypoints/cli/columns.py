"""The live view of a terminal: one column an answer, the provisional best marked as it changes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import orjson
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from trillm.safety.clean_text import for_terminal
from trillm.vocabulary.event import Event, EventType

NARROW = 30
"""Columns of the terminal below which an answer gets a row instead of a column."""


@dataclass(slots=True)
class _Answer:
    label: str
    text: str = ""
    state: str = "waiting"


class Columns:
    """Draws the answers of one query on a terminal until it is left."""

    def __init__(self, console: Console, labels: Mapping[str, str]) -> None:
        self._console = console
        self._labels = labels
        self._answers: dict[str, _Answer] = {}
        self._best: str | None = None
        self._begun = time.monotonic()
        self._live = Live(console=console, refresh_per_second=12, transient=True, get_renderable=self._draw)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.__exit__(kind, error, at)

    def show(self, events: Sequence[Event]) -> None:
        """Take in events; the next refresh shows them."""
        for event in events:
            self._take(event.type, orjson.loads(event.data))

    def _take(self, kind: EventType, data: dict[str, Any]) -> None:
        match kind:
            case EventType.RESPONSE_STARTED:
                key = f"{data['provider']}:{data['model']}"
                self._answers[data["id"]] = _Answer(for_terminal(self._labels.get(key, key)))
            case EventType.RESPONSE_DELTA:
                answer = self._answers[data["response_id"]]
                answer.text += for_terminal(data["text"])
                answer.state = "answering"
            case EventType.RESPONSE_COMPLETED | EventType.RESPONSE_FAILED if data["id"] in self._answers:
                self._answers[data["id"]].state = ended(data)
            case EventType.RANKING:
                self._best = data["best"]
            case _:
                pass

    def _draw(self) -> RenderableType:
        width = self._console.width // max(1, len(self._answers))
        head = Text(f"{time.monotonic() - self._begun:.0f} s · Ctrl-C stops and keeps what arrived", style="dim")
        if width < NARROW:
            height = max(3, (self._console.height - 2) // max(1, len(self._answers)))
            return Group(head, *(self._panel(i, self._console.width, height) for i in self._answers))
        table = Table.grid(expand=True)
        for _ in self._answers:
            table.add_column(ratio=1)
        table.add_row(*(self._panel(i, width, self._console.height - 2) for i in self._answers))
        return Group(head, table)

    def _panel(self, response_id: str, width: int, height: int) -> Panel:
        answer = self._answers[response_id]
        leads = response_id == self._best
        lines = Text(answer.text).wrap(self._console, max(10, width - 4))
        title = f"★ {answer.label} (best so far)" if leads else answer.label
        return Panel(
            Text("\n").join(lines[-(height - 2) :]),
            title=Text(title),
            subtitle=Text(answer.state),
            height=height,
            border_style="green" if leads else "dim",
        )


def progress_lines(events: Sequence[Event], labels: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each thing that a log file should hold: starts, ends, the best so far."""
    for event in events:
        data = orjson.loads(event.data)
        if event.type in (EventType.RESPONSE_COMPLETED, EventType.RESPONSE_FAILED):
            key = f"{data['provider']}:{data['model']}"
            yield f"{for_terminal(labels.get(key, key))}: {ended(data)}"
        elif event.type is EventType.RANKING:
            yield f"{'best so far' if data['provisional'] else 'best'}: {data['best'] or 'none'}"


def ended(response: Mapping[str, Any]) -> str:
    """Return how an answer ended, in a few words."""
    seconds = f" in {response['response_time_ms'] / 1000:.1f} s" if response["response_time_ms"] is not None else ""
    problem = f": {for_terminal(response['error']['detail'])}" if response["error"] else ""
    return f"{response['status']}{seconds}{problem}"
