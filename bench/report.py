"""The report: what was measured as tables, each figure beside the floor's and the peer's of the same run."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson

from bench.first_run import RunRow
from bench.memory import FULL, MemoryRow
from bench.processes import ROOT
from bench.subjects import LITELLM_VERSION
from bench.suite import LITELLM, TRILLM, WHOLE, Results
from bench.tables import cost_table, latency_table, memory_table, number, runs_table, start_table, table, waited_table
from bench.yardstick import REFERENCE_US

HEAD = """# Performance

Written by `python -m bench full`; do not edit. Read ratios rather than absolutes: machines differ, ratios less.

{about}. The minute's load average is beside the rows: whatever else runs makes all of them slower.

The measured process has one core for itself; mock vendors and load generator share another one. A question goes to
three vendors; each streams 150 tokens at 50 tokens a second, one TCP segment a token, the first after 300, 350 and
400 ms (one asker alone: 50 tokens). Askers start spread over the length of an answer. Limits by address are off;
storage (SQLite) and ranking are on, the judge is off: it would be one more vendor to wait for. *direct* is the
floor: the load generator asks the mock itself for as many streams. LiteLLM is the proxy of version {litellm} from
PyPI, one worker with a master key for any model of its vendor, without database or telemetry, asked in its own dialect.
Floor, TriLLM and LiteLLM take turns, and every figure is the median of the turns.
"""
GOALS_HEAD = """## Goals

The yardstick, a bare aiohttp client that reads 20 streams of the mock, took {us} µs a token in this run and
{reference:g} where the goals were set. Goals that are an amount of work are set for this machine by that ratio
(docs/decisions/0025-yardstick.md); shares, ratios and memory stand as they are.
"""
LATENCY = """## Latency added to the vendors' own time

*first*: from sending the question to reading the first visible text, less the fastest vendor's time to its first
token. *token*: from a vendor's sending of a token to its being read, the flush window included. *final*: from the last
vendor's last byte to the final event. Milliseconds, p50 / p99.
"""
COST = """## Cost of streaming

CPU of the measured process for each token that the vendors sent (for *direct*, of the mock); the share of its core;
the share that mock and load generator used of theirs (near 100 %, the latencies above are theirs). *streams a core*:
so many of 50 tokens a second would fill the measured process's core at that cost.
"""
WAITED = """## One model, waited for

`Accept: application/json` with one model of the panel; LiteLLM and the mock as a chat completion without `stream`.
TriLLM streams from the vendor all the same, since a stream can be cut short and kept. With as many askers as here a
process is never idle, which is how the goal was set (docs/decisions/0036-waited-for-when-busy.md).
"""
FIRST_RUN = """## First run

`make run` on a fresh clone of the commit, on all cores: what it needs, the local model with it, is fetched and the
page built.
"""


@dataclass(frozen=True, slots=True)
class About:
    """Where and when the figures were taken."""

    taken_at: str
    commit: str
    cpu: str
    cores: int
    python: str

    def __str__(self) -> str:
        return f"Taken {self.taken_at} at commit {self.commit} on {self.cores} cores ({self.cpu}), Python {self.python}"


@dataclass(frozen=True, slots=True)
class Report:
    """All that one command measured."""

    about: About
    results: Results = field(default_factory=Results)
    memory: list[MemoryRow] = field(default_factory=list[MemoryRow])
    runs: list[RunRow] = field(default_factory=list[RunRow])


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure to reach: what it is, its bound, how to read it, whether less is better, and whether the bound is an
    amount of work, which a machine does in as much more time as the yardstick says."""

    what: str
    bound: float
    read: Callable[[Report], float]
    at_most: bool = True
    work: bool = False

    def here(self, report: Report) -> float:
        """Return the bound for the machine of this report."""
        return self.bound * (report.results.yardstick_us / REFERENCE_US if self.work else 1)


def about() -> About:
    """Return this machine and this moment."""
    git = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    named = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    cpu = named[0].partition(":")[2].strip() if named else platform.machine()
    taken = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return About(taken, git.stdout.strip() or "unknown", cpu, len(os.sched_getaffinity(0)), platform.python_version())


def _stream(name: str, subject: str, column: str) -> Callable[[Report], float]:
    return lambda report: getattr(report.results.rows[name][subject], column)


def _ratio(name: str, column: str, over: str, under: str) -> Callable[[Report], float]:
    def read(report: Report) -> float:
        rows = report.results.rows[name]
        return getattr(rows[over], column) / getattr(rows[under], column)

    return read


def _growth(report: Report) -> float:
    after = {row.questions: row.rss_mb for row in report.memory}
    return max(after[FULL + 10_000] - after[FULL], after[FULL + 20_000] - after[FULL + 10_000])


def _page_s(which: int) -> Callable[[Report], float]:
    return lambda report: report.runs[which].page_s


GOALS = (
    Goal("added to the first visible token, one question, p50 ms", 5, _stream("1 at once", TRILLM, "first_p50"),
         work=True),
    Goal("the same with 40 at once, p50 ms", 12, _stream("40 at once", TRILLM, "first_p50"), work=True),
    Goal("final event after the last byte, 40 at once, p50 ms (33 of a window + 15)", 48,
         _stream("40 at once", TRILLM, "final_p50")),
    Goal("CPU a token, 40 at once, µs", 80, _stream("40 at once", TRILLM, "cpu_us_per_token"), work=True),
    Goal("CPU a token, 100 at once, µs", 60, _stream("100 at once", TRILLM, "cpu_us_per_token"), work=True),
    Goal("share of one core that 100 questions (300 streams) need", 1, _stream("100 at once", TRILLM, "core")),
    Goal("LiteLLM's CPU a token over ours, 40 at once", 10, _ratio("40 at once", "cpu_us_per_token", LITELLM, TRILLM),
         at_most=False),
    Goal("our requests per CPU-second over LiteLLM's, one model waited for", 6,
         _ratio(WHOLE, "requests_per_cpu_s", TRILLM, LITELLM), at_most=False),
    Goal("resident memory, idle, MB", 110, lambda report: report.results.starts[TRILLM].rss_mb),
    Goal("growth of memory over 10,000 queries, its bounded caches full, MB", 2, _growth),
    Goal("`make run` with empty caches, downloads included, until the page answers, s", 60, _page_s(0)),
    Goal("the second `make run`, s", 5, _page_s(1)),
)  # fmt: skip
"""The figures that the product promises; a bound of 2 MB for "no growth" is what readings of RSS scatter by."""


def goals_table(report: Report) -> str:
    """Return every promised figure with what was measured; what was not measured says so."""
    rows: list[Sequence[str]] = []
    for goal in GOALS:
        try:
            value = goal.read(report)
        except LookupError:
            rows.append((goal.what, *_bounds(goal, report), "not measured", ""))
            continue
        met = value <= goal.here(report) if goal.at_most else value >= goal.here(report)
        rows.append((goal.what, *_bounds(goal, report), number(value), "yes" if met else "no"))
    return table(("figure", "goal", "on this machine", "measured", "met"), rows)


def _bounds(goal: Goal, report: Report) -> tuple[str, str]:
    return f"{'at most' if goal.at_most else 'at least'} {goal.bound:g}", f"{goal.here(report):.3g}"


def page(report: Report) -> str:
    """Return the performance page."""
    results = report.results
    parts = [
        HEAD.format(about=report.about, litellm=LITELLM_VERSION),
        GOALS_HEAD.format(us=number(results.yardstick_us), reference=REFERENCE_US) + "\n" + goals_table(report),
        LATENCY + "\n" + latency_table(results),
        COST + "\n" + cost_table(results),
        WAITED + "\n" + waited_table(results),
        "## Start\n\n" + start_table(results),
        FIRST_RUN + "\n" + runs_table(report.runs),
        "## Memory\n\nTen askers, three answers of five tokens at full speed to each question.\n\n"
        + memory_table(report.memory),
    ]
    return "\n".join(parts)


def write(report: Report, directory: Path) -> None:
    """Write `performance.md` and the figures behind it as `performance.json`."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "performance.md").write_text(page(report), encoding="utf-8")
    data = orjson.dumps(report, option=orjson.OPT_INDENT_2)
    (directory / "performance.json").write_bytes(data + b"\n")
