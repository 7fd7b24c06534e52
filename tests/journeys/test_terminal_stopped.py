"""Stopping `trillm ask`: what arrived is shown and kept, and the exit code says whether something was answered."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.journeys.conftest import ANSWERS, QUESTION, SECONDS, Trillm, Vendors, wait_until
from tests.journeys.pseudo_terminal import PseudoTerminal
from tests.providers.vendors import Script


def stalled(vendors: Vendors) -> None:
    """Let one model stall for ever after its first words."""
    vendors.script(**{"claude-sonnet-5-5": Script(["Paris, I", " think"], fault="stall")})


def test_ctrl_c_stops_the_models_and_shows_the_best_of_what_arrived(
    environment: dict[str, str], vendors: Vendors
) -> None:
    stalled(vendors)
    with PseudoTerminal([sys.executable, "-m", "trillm", "ask", QUESTION], environment) as terminal:
        terminal.read_until("think")
        terminal.write("\x03")
        seen = terminal.read_until_end()
    assert terminal.returncode == 0
    assert "likely the best" in seen
    assert "cancelled: Stopped; what had arrived is kept." in seen
    assert "Traceback" not in seen


def test_ctrl_c_twice_leaves_at_once_even_when_nothing_can_be_recorded(
    environment: dict[str, str], trillm: Trillm, vendors: Vendors
) -> None:
    stalled(vendors)
    assert trillm("db", "upgrade").returncode == 0
    with PseudoTerminal([sys.executable, "-m", "trillm", "ask", QUESTION], environment) as terminal:
        seen = terminal.read_until("think")
        with closing(sqlite3.connect(Path(environment["TRILLM_DATA_DIR"]) / "trillm.db")) as database:
            database.execute("BEGIN IMMEDIATE")  # whoever writes now has to wait
            terminal.write("\x03")
            wait_until(lambda: vendors.server.active == 0)
            terminal.write("\x03")
            seen += terminal.read_until_end()
    assert terminal.returncode == 128 + signal.SIGINT
    assert "Stopped." in seen
    assert seen.rindex("\x1b[?25h") > seen.rindex("\x1b[?25l"), "the cursor is to be seen again"
    assert "Traceback" not in seen


def test_sigterm_stops_asking_like_ctrl_c(environment: dict[str, str], vendors: Vendors) -> None:
    stalled(vendors)
    command = [sys.executable, "-m", "trillm", "ask", "--json", QUESTION]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asking:
        assert asking.stderr is not None
        while b"Terra: complete" not in (line := asking.stderr.readline()):
            assert line, "it ended too early"
        asking.terminate()
        out, _ = asking.communicate(timeout=SECONDS)
    assert asking.returncode == 0
    assert json.loads(out)["status"] == "partial"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_what_is_stopped_before_anything_was_answered_ends_by_its_signal(
    environment: dict[str, str], vendors: Vendors, how: signal.Signals
) -> None:
    vendors.script(**dict.fromkeys(ANSWERS, Script(fault="silence")))
    command = [sys.executable, "-m", "trillm", "ask", QUESTION]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asking:
        wait_until(lambda: vendors.server.active == len(ANSWERS) or asking.poll() is not None)
        asking.send_signal(how)
        out, err = asking.communicate(timeout=SECONDS)
    assert asking.returncode == 128 + how
    assert out == b""
    assert b"No model answered." in err
