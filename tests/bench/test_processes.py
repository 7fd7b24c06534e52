"""Processes of a run start on their core, are read for CPU and memory, and leave nothing behind."""

import sys
import time
from pathlib import Path

import psutil
import pytest
from bench.load import Load
from bench.processes import Command, clean_environment, cores, free_port, mock_vendors, on_core, started
from bench.runs import Site, stream_run, take_records, whole_run
from bench.targets import Chat


def test_the_mock_runs_on_the_core_of_the_load_and_ends_with_the_run(tmp_path: Path) -> None:
    with mock_vendors(cores().load, tmp_path) as mock:
        assert mock.process.cpu_affinity() == [cores().load]
        assert mock.start_s > 0
        assert mock.rss_mb() > 1
    assert not mock.process.is_running()


def test_a_run_tells_latency_cost_and_failures(tmp_path: Path) -> None:
    model = "mock-ttft5-tps500-n20"
    with mock_vendors(cores().load, tmp_path) as mock:
        row = stream_run(Site(mock, mock), Chat(model), Load(2, 4), 1)
        whole = whole_run(Site(mock, mock), Chat(model, stream=False), Load(2, 4))
        assert take_records(mock) == [], "each run takes its own records"
    assert (row.questions, row.failed, whole.failed) == (4, 0, 0)
    assert row.first_p50 > 0
    assert row.tokens_per_s > 0
    assert whole.total_p50 >= 5 + 1000 * 19 / 500


def test_a_process_that_ends_before_it_is_healthy_fails_the_run_with_its_last_words(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", "raise SystemExit('no database')"]
    command = Command(arguments, clean_environment(tmp_path), free_port(), "/", tmp_path / "log")
    with pytest.raises(RuntimeError, match="no database"), started(command, cores().measured):
        pass


def test_children_count_and_end_with_their_parent(tmp_path: Path) -> None:
    port = free_port()
    child = "import time; held = bytearray(50_000_000).replace(bytes(1), bytes([1])); time.sleep(60)"
    program = (
        f"import subprocess, sys, http.server as server\nsubprocess.Popen([sys.executable, '-c', {child!r}])\n"
        f"server.test(server.SimpleHTTPRequestHandler, port={port}, bind='127.0.0.1')\n"
    )
    arguments = [sys.executable, "-c", program]
    with started(Command(arguments, clean_environment(tmp_path), port, "/", tmp_path / "log"), 0) as parent:
        until = time.monotonic() + 10
        (started_by_it,) = parent.process.children()
        while parent.rss_mb() < 50 and time.monotonic() < until:
            time.sleep(0.02)
        assert parent.rss_mb() > 50
        assert parent.cpu_s() > 0
    assert not started_by_it.is_running()


def test_the_core_is_given_back() -> None:
    before = psutil.Process().cpu_affinity()
    with on_core(cores().measured):
        assert psutil.Process().cpu_affinity() == [cores().measured]
    assert psutil.Process().cpu_affinity() == before
