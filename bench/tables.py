"""Tables of what was measured: Markdown that also reads well in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.figures import StreamRow, WholeRow
from bench.first_run import RunRow
from bench.memory import MemoryRow
from bench.suite import DIRECT, LITELLM, TRILLM, Results

TOKENS_PER_S = 50
"""The pace of one stream."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, its columns aligned for reading as text."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    lines.insert(1, ["-" * width for width in widths])
    cells = (" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "".join(f"| {line} |\n" for line in cells)


def number(value: float) -> str:
    """Return a figure with as many digits as it deserves."""
    if value != value:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _times(row: StreamRow | WholeRow, other: StreamRow | WholeRow | None, column: str) -> str:
    """Return the figure, and how many times our own it is."""
    value, own = getattr(row, column), getattr(other, column, 0.0)
    return f"{number(value)} ({number(value / own)}x ours)" if own and row is not other else number(value)


def _streams(results: Results) -> Iterable[tuple[str, str, StreamRow, StreamRow | None]]:
    for name, rows in results.rows.items():
        ours = rows.get(TRILLM)
        for subject in (DIRECT, TRILLM, LITELLM):
            if isinstance(row := rows.get(subject), StreamRow):
                yield name, subject, row, ours if isinstance(ours, StreamRow) else None


def latency_table(results: Results) -> str:
    """Return the latencies of all streaming runs."""
    rows: list[Sequence[str]] = []
    for name, who, row, _ in _streams(results):
        first = f"{number(row.first_p50)} / {number(row.first_p99)}"
        token = f"{number(row.token_p50)} / {number(row.token_p99)}"
        final = f"{number(row.final_p50)} / {number(row.final_p99)}"
        rows.append((name, who, first, token, final, f"{row.failed}/{row.questions}", number(row.load_average)))
    return table(("questions", "who", "first", "token", "final", "failed", "load average"), rows)


def cost_table(results: Results) -> str:
    """Return CPU and memory of all streaming runs."""
    rows: list[Sequence[str]] = []
    for name, who, row, ours in _streams(results):
        cost = _times(row, None if who == DIRECT else ours, "cpu_us_per_token")
        streams, whole = f"{row.askers * row.streams}", number(1e6 / (row.cpu_us_per_token * TOKENS_PER_S))
        used = f"{row.core:.0%}", number(row.tokens_per_s), number(row.rss_mb), f"{row.load_core:.0%}"
        rows.append((name, who, streams, cost, whole, *used))
    head = (
        "questions",
        "who",
        "streams",
        "CPU µs/token",
        "streams a core",
        "its core",
        "tokens/s",
        "RSS MB",
        "load's core",
    )
    return table(head, rows)


def waited_table(results: Results) -> str:
    """Return the runs that are waited for."""
    rows: list[Sequence[str]] = []
    for name, some in results.rows.items():
        for who in (DIRECT, TRILLM, LITELLM):
            if isinstance(row := some.get(who), WholeRow):
                cost = _times(row, None if who == DIRECT else some.get(TRILLM), "cpu_ms_per_request")
                rate = number(row.requests_per_cpu_s), number(row.requests_per_s)
                waits = f"{number(row.total_p50)} / {number(row.total_p99)}"
                rows.append((f"{name}, {row.askers} askers", who, cost, *rate, waits, f"{row.failed}/{row.questions}"))
    head = ("one model", "who", "CPU ms/request", "requests/CPU-s", "requests/s", "p50 / p99 ms", "failed")
    return table(head, rows)


def start_table(results: Results) -> str:
    """Return start time and idle memory."""
    starts = results.starts.items()
    rows = [(who, number(row.start_s), number(row.rss_mb), number(row.load_average)) for who, row in starts]
    return table(("who", "seconds to healthy", "RSS idle MB", "load average"), rows)


def runs_table(rows: Iterable[RunRow]) -> str:
    """Return how long `make run` took."""
    cells = [(row.which, number(row.api_s), number(row.page_s), number(row.load_average)) for row in rows]
    return table(("make run", "seconds to the API", "to the page", "load average"), cells)


def memory_table(rows: Iterable[MemoryRow]) -> str:
    """Return memory by number of questions."""
    cells = [(f"{r.questions:,}", number(r.rss_mb), str(r.failed), number(r.load_average)) for r in rows]
    return table(("questions since start", "RSS MB", "failed", "load average"), cells)
