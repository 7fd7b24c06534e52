"""While answers come: side by side on a terminal, a line for each thing that happens in a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
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

NARROW = 26
"""Cells below which an answer gets a row instead of a column."""
BORDERS, PADDINGS = 2, 4
"""Rows and cells of a panel that are not its text."""
HEAD = 1
STARTING_HEIGHT = 6
FRAMES_A_SECOND = 12
MOST_DRAWN = 20_000
"""Characters of an answer's end that are wrapped for a frame: more than a screen holds."""

NameOf = Callable[[str], str]


@dataclass(slots=True)
class _Answer:
    name: str
    text: str = ""
    state: str = "waiting"


class Columns:
    """Draws the answers of one query on a terminal until it is left; then nothing of it remains."""

    def __init__(self, console: Console, name_of: NameOf) -> None:
        self._console = console
        self._name_of = name_of
        self._answers: dict[str, _Answer] = {}
        self._best: str | None = None
        self._judge = ""
        self._begun = time.monotonic()
        self._live = Live(
            console=console,
            refresh_per_second=FRAMES_A_SECOND,
            transient=True,
            vertical_overflow="crop",
            get_renderable=self._draw,
        )

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.__exit__(kind, error, at)

    def show(self, events: Sequence[Event]) -> None:
        """Take in events; the next frame shows them."""
        for event in events:
            self._take(event.type, orjson.loads(event.data))

    def _take(self, kind: EventType, data: dict[str, Any]) -> None:
        match kind:
            case EventType.RESPONSE_STARTED:
                self._answers[data["id"]] = _Answer(self._name_of(_key(data)))
            case EventType.RESPONSE_DELTA:
                answer = self._answers[data["response_id"]]
                answer.text += for_terminal(data["text"])
                answer.state = "answering"
            case EventType.RESPONSE_COMPLETED | EventType.RESPONSE_FAILED if data["id"] in self._answers:
                self._answers[data["id"]].state = ended(data)
            case EventType.RANKING:
                self._best = data["best"]
            case EventType.JUDGE:
                self._judge = judged(data, self._name_of)
            case EventType.SYNTHESIS_STARTED:
                self._judge = merging(data, self._name_of)
            case _:
                pass

    def _draw(self) -> RenderableType:
        seconds = time.monotonic() - self._begun
        judge = f"{self._judge} · " if self._judge else ""  # first: what does not fit is cut at the right
        head = Text(f"{seconds:.0f} s · {judge}Ctrl-C stops and keeps what arrived", style="dim", no_wrap=True)
        count = max(1, len(self._answers))
        width, height = self._console.width // count, self._console.height - HEAD - 1
        if width < NARROW:
            return Group(head, *(self._panel(i, self._console.width, height // count) for i in self._answers))
        table = Table.grid(expand=True)
        shown = {i: self._tail(self._answers[i], width, height) for i in self._answers}
        needed = max([STARTING_HEIGHT, *(len(lines) + BORDERS for lines in shown.values())])
        for _ in shown:
            table.add_column(ratio=1)
        table.add_row(*(self._panel(i, width, min(height, needed)) for i in shown))
        return Group(head, table)

    def _panel(self, response_id: str, width: int, height: int) -> RenderableType:
        answer = self._answers[response_id]
        leads = response_id == self._best
        title = Text(("★ " if leads else "") + answer.name, style="bold green" if leads else "bold", no_wrap=True)
        if height <= BORDERS:
            return title + Text(f" {answer.state}", style="dim")
        return Panel(
            Text("\n").join(self._tail(answer, width, height)),
            title=title,
            subtitle=Text(("best so far · " if leads else "") + answer.state, style="dim"),
            height=height,
            border_style="green" if leads else "dim",
        )

    def _tail(self, answer: _Answer, width: int, height: int) -> list[Text]:
        """Return the last lines that fit. Only as many paragraphs are wrapped as there are rows."""
        rows = max(1, height - BORDERS)
        paragraphs = answer.text.rstrip("\n")[-MOST_DRAWN:].split("\n")[-rows:]
        return list(Text("\n".join(paragraphs)).wrap(self._console, max(8, width - PADDINGS)))[-rows:]


class Progress:
    """Prints a line for each start, end and change of the best: for logs, pipes and dumb terminals."""

    def __init__(self, console: Console, name_of: NameOf) -> None:
        self._console = console
        self._name_of = name_of
        self._names: dict[str, str] = {}
        self._said = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, events: Sequence[Event]) -> None:
        """Print what is worth a line."""
        for event in events:
            line = self._line(event.type, orjson.loads(event.data))
            if line and line != self._said:
                self._said = line
                self._console.print(Text(line))

    def _line(self, kind: EventType, data: dict[str, Any]) -> str:
        match kind:
            case EventType.RESPONSE_STARTED:
                self._names[data["id"]] = self._name_of(_key(data))
                return ""
            case EventType.RESPONSE_FAILED if data["error"] and data["error"]["type"] == "not-configured":
                return ""  # nothing happened: the outcome says once what is missing
            case EventType.RESPONSE_COMPLETED | EventType.RESPONSE_FAILED:
                self._names[data["id"]] = self._name_of(_key(data))
                return f"{self._names[data['id']]}: {ended(data)}"
            case EventType.RANKING if data["best"] in self._names:
                return f"{'best so far' if data['provisional'] else 'best'}: {self._names[data['best']]}"
            case EventType.JUDGE:
                return judged(data, self._name_of)
            case EventType.SYNTHESIS_STARTED:
                return merging(data, self._name_of)
            case _:
                return ""


def ended(response: dict[str, Any]) -> str:
    """Return how an answer ended, in a few words."""
    seconds = f" in {response['response_time_ms'] / 1000:.1f} s" if response["response_time_ms"] is not None else ""
    problem = f": {for_terminal(response['error']['detail'])}" if response["error"] else ""
    return f"{response['status']}{seconds}{problem}"


def judged(judgement: dict[str, Any], name_of: NameOf) -> str:
    """Return what the judge does or has done, in a few words."""
    name = name_of(_key(judgement))
    match judgement["status"]:
        case "asked":
            return f"{name} compares the answers"
        case "consistent":
            return f"{name} preferred one in both orders"
        case "undecided":
            return f"{name} changed its mind with the order"
        case _:
            return f"{name} could not judge: {for_terminal(judgement['error']['detail'])}"


def merging(synthesis: dict[str, Any], name_of: NameOf) -> str:
    """Return what whoever merges does, in a few words."""
    return f"{name_of(_key(synthesis))} merges the answers"


def _key(told: dict[str, Any]) -> str:
    return f"{told['provider']}:{told['model']}"
