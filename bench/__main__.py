"""`python -m bench quick|full|memory|peers|run`: measure, print the tables, write the report."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from bench.first_run import first_runs
from bench.memory import MARKS, memory
from bench.processes import ROOT, cores
from bench.report import Report, about, goals_table
from bench.report import write as write_report
from bench.suite import Results, full, measure, quick, side_by_side
from bench.tables import cost_table, latency_table, memory_table, runs_table, start_table, waited_table
from trillm.entrypoints.page import build_page

ARTIFACTS = ROOT / "artifacts" / "bench"
"""Where everything but the full measurement writes: only that one replaces the published page."""
KINDS = ("quick", "full", "memory", "peers", "run")


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--repeats", default=0, help="Turns of which the median counts; full: 3, else 1.")
@click.option("--to", "target", type=click.Path(path_type=Path, file_okay=False), help="Directory for the report.")
def main(kind: str, repeats: int, target: Path | None) -> None:
    """Measure TriLLM beside a direct call and LiteLLM; exit with 1 if any question failed."""
    report = _measure(kind, repeats or (3 if kind == "full" else 1))
    tables = [section(report.results) for section in (latency_table, cost_table, waited_table, start_table)]
    for rows in (*tables, memory_table(report.memory), runs_table(report.runs), goals_table(report)):
        if rows.count("\n") > 2:  # what was not measured has a head alone
            print(rows)
    write_report(report, target or (ROOT / "docs" / "reference" if kind == "full" else ARTIFACTS / kind))
    sys.exit(1 if report.results.failed + sum(row.failed for row in report.memory) else 0)


def _measure(kind: str, repeats: int) -> Report:
    where = cores()
    build_page(print)  # else the server would build it while it is measured, at its own cost
    with tempfile.TemporaryDirectory(prefix="trillm-bench-") as name:
        directory = Path(name)
        runs = first_runs(directory) if kind in ("full", "run") else []
        scenarios = {"quick": quick, "full": full, "peers": side_by_side}.get(kind)
        results = measure(scenarios(), where, directory, repeats) if scenarios else Results()
        marks = {"quick": (250, 500), "peers": (), "run": ()}.get(kind, MARKS)
        grown = memory(where, directory, marks) if marks else []
        return Report(about(), results, grown, runs)


if __name__ == "__main__":
    main()
