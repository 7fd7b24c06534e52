"""`python -m bench.page`: what the page costs a browser, and what Lighthouse sees; writes docs/reference/page.md."""

from __future__ import annotations

import json
import sys
import tempfile
import urllib.request
from dataclasses import fields
from pathlib import Path
from statistics import median

import click

from bench.lighthouse import CATEGORIES, TIMES, VERSION, Sight, look, middle
from bench.processes import ROOT, cores, mock_vendors, started
from bench.rendering import GOAL_MS, MODEL, Cost, plain, streamed
from bench.report import about
from bench.subjects import trillm
from bench.tables import table

LEAST = {"/": 95, "/results": 85}
"""The performance that Lighthouse is to see; accessibility and best practices are to be 100."""
HEAD = """# The page in a browser

Written by `make bench-page`; do not edit. {about}. Every figure is the median of {runs} runs.
Pictures of every state: `make screenshots`.
"""
RENDERING = """## Rendering a streamed answer

One answer of 7.9 kB of Markdown (headings, lists, code, tables) in pieces of 12 characters, a hundred a second, through
a server with its usual window for joining them. Milliseconds of CPU of the page's main thread (thread ticks, so that
other processes do not count), from the first word to the page at rest. *plain* is the floor: the same text as one
growing text node, updated as often. *rendering* is script, style and layout; its goal is {goal:.0f} ms.
"""
LIGHTHOUSE = """## Lighthouse

Version {version}, its default phone and its default simulated throttling. The results page is that of three ended
answers. Goals: performance {first} on `/`, {results} on `/results`, the rest 100. *power* is Lighthouse's measure of
the processor; simulated times grow as it falls, and other programs on the machine lower it.
"""


@click.command()
@click.option("--runs", default=3, help="Of which the median counts.")
@click.option("--to", "target", type=click.Path(path_type=Path), default=ROOT / "docs" / "reference" / "page.md")
def main(runs: int, target: Path) -> None:
    """Measure and write."""
    where = cores()
    with tempfile.TemporaryDirectory(prefix="trillm-bench-") as name, mock_vendors(where.load, Path(name)) as mock:
        directory = Path(name)
        with started(trillm(mock.port, directory, TRILLM_PANEL=MODEL), where.measured) as server:
            rendering = _rendering(f"http://127.0.0.1:{server.port}", runs)
        with started(trillm(mock.port, directory), where.measured) as server:
            seen = _lighthouse(f"http://127.0.0.1:{server.port}", directory, runs)
    text = "\n".join(
        [
            HEAD.format(about=about(), runs=runs),
            RENDERING.format(goal=GOAL_MS),
            _rendering_table(rendering),
            LIGHTHOUSE.format(version=VERSION, first=LEAST["/"], results=LEAST["/results"]),
            _lighthouse_table(seen),
        ]
    )
    target.write_text(text)
    print(text)


def _rendering(url: str, runs: int) -> dict[str, Cost]:
    taken: dict[str, list[Cost]] = {"plain": [], "the page": []}
    for run in range(runs):
        for name, measure in (("plain", plain), ("the page", streamed)):
            taken[name].append(measure(url))
            print(f"{run + 1}/{runs} {name}: {taken[name][-1]}", file=sys.stderr)
    parts = [part.name for part in fields(Cost)]
    return {name: Cost(*(median(getattr(one, part) for one in some) for part in parts)) for name, some in taken.items()}


def _lighthouse(url: str, directory: Path, runs: int) -> dict[str, Sight]:
    body = json.dumps({"question": "Why do the tides rise and fall twice a day?"}).encode()
    asked = urllib.request.Request(f"{url}/api/query", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=60) as reply:
        query = json.load(reply)["id"]
    seen: dict[str, Sight] = {}
    for name, path in (("/", "/"), ("/results", f"/results/{query}")):
        sights: list[Sight] = []
        for run in range(runs):
            sights.append(look(url + path, directory))
            print(f"{run + 1}/{runs} {name}: {sights[-1]}", file=sys.stderr)
        seen[name] = middle(sights)
    return seen


def _rendering_table(costs: dict[str, Cost]) -> str:
    rows = [
        [name, *(f"{figure:.0f}" for figure in (one.rendering, one.script, one.style, one.layout, one.task))]
        for name, one in costs.items()
    ]
    return table(["", "rendering", "script", "style", "layout", "whole thread"], rows)


def _lighthouse_table(seen: dict[str, Sight]) -> str:
    rows = [
        [
            f"`{name}`",
            *(f"{one.scores[category]:.0f}" for category in CATEGORIES),
            *(f"{one.times[time]:.0f}" for time in TIMES),
            *(f"{one.shift:.3f}", f"{one.power:.0f}", f"{one.load:.1f}"),
        ]
        for name, one in seen.items()
    ]
    words = [*CATEGORIES, "first paint, ms", "largest, ms", "blocking, ms", "shift", "power", "load average"]
    return table(["", *words], rows)


if __name__ == "__main__":
    main()
