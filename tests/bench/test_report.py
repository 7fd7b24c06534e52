"""The report says what was measured, and only that."""

from pathlib import Path

import orjson
from bench.figures import StreamRow, WholeRow
from bench.first_run import RunRow
from bench.memory import MemoryRow
from bench.report import GOALS, About, Report, goals_table, page, write
from bench.start import StartRow, median_start
from bench.suite import DIRECT, LITELLM, TRILLM, WHOLE, Results
from bench.tables import cost_table, latency_table, number, table, waited_table
from bench.yardstick import REFERENCE_US

GROWTH = "growth of memory over 10,000 queries, its bounded caches full, MB"
ABOUT = About("2026-11-22 12:00 UTC", "abc1234", "a CPU", 2, "3.11.7")


def row(**figures: float) -> StreamRow:
    return StreamRow(**(dict.fromkeys(StreamRow.__dataclass_fields__, 1.0) | {"failed": 0} | figures))  # type: ignore[arg-type]


def whole(cpu_ms: float) -> WholeRow:
    return WholeRow(8, 100, 0, cpu_ms, 1000 / cpu_ms, 50.0, 3.0, 9.0, 0.1)


def report() -> Report:
    rows: dict[str, dict[str, StreamRow | WholeRow]] = {
        "1 at once": {DIRECT: row(), TRILLM: row(first_p50=4.9)},
        "40 at once": {TRILLM: row(first_p50=13.0, cpu_us_per_token=70.0), LITELLM: row(cpu_us_per_token=1400.0)},
        WHOLE: {TRILLM: whole(2.0), LITELLM: whole(13.0)},
    }
    starts = {TRILLM: StartRow(1.0, 90.0, 0.1)}
    grown = [MemoryRow(0, 0, 90.0, 0.1), MemoryRow(2_500, 0, 95.0, 0.1), MemoryRow(12_500, 0, 95.5, 0.1)]
    grown.append(MemoryRow(22_500, 0, 103.5, 0.1))
    runs = [RunRow("first", 20.0, 70.0, 0.1), RunRow("second", 1.0, 4.0, 0.1)]
    return Report(ABOUT, Results(rows, starts), grown, runs)


def verdicts(of: Report | None = None) -> dict[str, tuple[str, str]]:
    lines = goals_table(of or report()).splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {line[0]: (line[3], line[4]) for line in cells}


def test_each_goal_is_set_against_its_own_figure() -> None:
    found = verdicts()
    assert len(found) == len(GOALS)
    assert found["added to the first visible token, one question, p50 ms"] == ("4.90", "yes")
    assert found["the same with 40 at once, p50 ms"] == ("13.0", "no")
    assert found["resident memory, idle, MB"] == ("90.0", "yes")


def test_a_slower_machine_may_take_as_much_longer_as_the_yardstick_does_and_no_ratio_is_eased() -> None:
    slower = report()
    slower.results.yardstick_us = 1.2 * REFERENCE_US
    found = verdicts(slower)
    assert found["the same with 40 at once, p50 ms"] == ("13.0", "yes")
    assert found[GROWTH] == ("8.00", "no")
    ratio = "our requests per CPU-second over LiteLLM's, one model waited for"
    assert found[ratio] == verdicts()[ratio]


def test_a_ratio_is_the_peers_figure_over_ours_and_more_is_better() -> None:
    found = verdicts()
    assert found["LiteLLM's CPU a token over ours, 40 at once"] == ("20.0", "yes")
    assert found["our requests per CPU-second over LiteLLM's, one model waited for"] == ("6.50", "yes")


def test_growth_of_memory_is_counted_from_where_the_caches_are_full() -> None:
    assert verdicts()[GROWTH] == ("8.00", "no")


def test_a_first_run_is_over_when_the_page_is_there() -> None:
    found = verdicts()
    assert found["`make run` with empty caches, downloads included, until the page answers, s"] == ("70.0", "no")
    assert found["the second `make run`, s"] == ("4.00", "yes")


def test_what_was_not_measured_has_no_verdict() -> None:
    assert verdicts()["CPU a token, 100 at once, µs"] == ("not measured", "")


def test_a_peers_cost_is_also_told_as_a_multiple_of_ours() -> None:
    assert "13.0 (6.50x ours)" in waited_table(report().results)


def test_streaming_and_waiting_have_tables_of_their_own() -> None:
    assert WHOLE not in latency_table(report().results)
    assert "40 at once" not in waited_table(report().results)


def test_the_streams_that_fill_a_core_follow_from_the_cost_of_a_token() -> None:
    told = next(line for line in cost_table(report().results).splitlines() if "40 at once" in line and TRILLM in line)
    assert f"| {1e6 / (70 * 50):.0f} " in told


def test_a_table_is_aligned_markdown() -> None:
    assert table(("a", "long"), [("xyz", "1")]) == "| a   | long |\n| --- | ---- |\n| xyz | 1    |\n"


def test_figures_have_the_digits_they_deserve() -> None:
    assert [number(value) for value in (1234.5, 12.34, 1.234, float("nan"))] == ["1,234", "12.3", "1.23", "-"]


def test_a_start_is_the_median_of_all_starts() -> None:
    some = [StartRow(3.0, 80.0, 0.0), StartRow(1.0, 90.0, 0.0), StartRow(1.2, 85.0, 0.0)]
    assert median_start(some) == StartRow(1.2, 85.0, 0.0)


def test_the_page_and_the_figures_behind_it_are_written_together(tmp_path: Path) -> None:
    write(report(), tmp_path / "reference")
    assert (tmp_path / "reference" / "performance.md").read_text() == page(report())
    kept = orjson.loads((tmp_path / "reference" / "performance.json").read_bytes())
    assert kept["results"]["rows"]["40 at once"]["LiteLLM"]["cpu_us_per_token"] == 1400.0
    assert kept["about"]["commit"] == "abc1234"
