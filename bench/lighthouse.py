"""Lighthouse's view of the page on a phone, as its default throttling simulates one; the median of some runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.processes import ROOT
from bench.rendering import find_browser
from trillm.entrypoints.page import Node, find_node

VERSION = "13.5.0"
HOME = ROOT / "build" / f"lighthouse-{VERSION}"
CATEGORIES = ("performance", "accessibility", "best-practices")
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")


@dataclass(frozen=True, slots=True)
class Sight:
    """One look: scores of 0 to 100, times in milliseconds, the layout shift, and the machine at that time."""

    scores: dict[str, float]
    times: dict[str, float]
    shift: float
    load: float
    power: float
    """Lighthouse's own measure of the processor's speed: a run at half of it has twice the blocking time."""


def install() -> tuple[Node, Path]:
    """Install Lighthouse into build/, once: it is larger than all that the page is made with. Return how it is run."""
    node, command = find_node(), HOME / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not command.exists():
        print(f"installing Lighthouse {VERSION} into {HOME.relative_to(ROOT)}", file=sys.stderr)
        HOME.mkdir(parents=True, exist_ok=True)
        (HOME / "package.json").write_text('{"private": true}')
        path = os.pathsep.join([str(node.binary.parent), os.environ.get("PATH", "")])
        wanted = [*node.npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", f"lighthouse@{VERSION}"]
        subprocess.run(wanted, cwd=HOME, env={**os.environ, "PATH": path}, stdout=sys.stderr, check=True)
    return node, command


def look(url: str, directory: Path) -> Sight:
    """Look once; CalledProcessError where Lighthouse fails three times, as it may on a machine that is busy."""
    node, command = install()
    report = directory / "lighthouse.json"
    arguments = ["--quiet", "--output=json", f"--output-path={report}", f"--only-categories={','.join(CATEGORIES)}"]
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    environment = {**os.environ, "CHROME_PATH": find_browser()}
    for attempt in (1, 2, 3):
        run = [str(node.binary), str(command), url, *arguments, flags]
        if not subprocess.run(run, env=environment, check=attempt == 3, timeout=180).returncode:
            break
    told = json.loads(report.read_text())
    audits = told["audits"]
    return Sight(
        scores={name: 100 * told["categories"][name]["score"] for name in CATEGORIES},
        times={name: audits[name]["numericValue"] for name in TIMES},
        shift=audits["cumulative-layout-shift"]["numericValue"],
        load=os.getloadavg()[0],
        power=told["environment"]["benchmarkIndex"],
    )


def middle(sights: list[Sight]) -> Sight:
    """Return the median of each figure."""
    return Sight(
        scores={name: median(one.scores[name] for one in sights) for name in CATEGORIES},
        times={name: median(one.times[name] for one in sights) for name in TIMES},
        shift=median(one.shift for one in sights),
        load=median(one.load for one in sights),
        power=median(one.power for one in sights),
    )
