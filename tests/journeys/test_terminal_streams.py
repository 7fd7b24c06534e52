"""What becomes of a command whose streams are not as a terminal's: full, closed, left early, without our signs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.journeys.conftest import QUESTION, SECONDS, Trillm

COMMAND = (sys.executable, "-m", "trillm")
COMMANDS = [("--help",), ("models",), ("models", "--json"), ("ask", "--json", QUESTION), ("ask", QUESTION)]


def in_shell(line: str, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of sh in which `$@` is the command, and return with what its status was."""
    command = ["sh", "-c", line, "sh", *COMMAND, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, timeout=SECONDS, check=False)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_what_cannot_be_written_is_a_sentence_and_a_failure(
    environment: dict[str, str], arguments: tuple[str, ...]
) -> None:
    done = in_shell('"$@" > /dev/full', environment, *arguments)
    assert done.returncode == 1
    assert done.stderr.decode().endswith("trillm: the output: No space left on device.\n")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", COMMANDS[1:], ids=" ".join)
def test_a_reader_that_has_seen_enough_is_no_failure(environment: dict[str, str], arguments: tuple[str, ...]) -> None:
    done = in_shell('{ "$@"; echo "ended with $?" >&2; } | true', environment, *arguments)
    assert done.stderr.decode().endswith("ended with 0\n")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_command_without_its_streams_does_its_work(environment: dict[str, str], trillm: Trillm, closed: str) -> None:
    done = in_shell(f'"$@" {closed}', environment, "ask", "--json", QUESTION)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    again = trillm("ask", "--json", QUESTION)
    assert json.loads(again.stdout)["cached_at"], "it was asked and kept"


def test_a_question_from_a_closed_stdin_is_an_empty_one(environment: dict[str, str]) -> None:
    done = in_shell('"$@" <&-', environment, "ask", "-")
    assert (done.returncode, done.stderr.decode()) == (2, "trillm: The question is empty.\n")


@pytest.mark.parametrize(
    ("encoding", "arguments"),
    [
        ("ascii", ("models",)),
        ("ascii", ("doctor",)),
        ("ascii", ("ask", QUESTION)),
        ("ascii", ("ask", "--json", "Où ? ☃")),
        ("latin-1", ("ask", QUESTION)),
        ("cp1252", ("ask", QUESTION)),
    ],
)
def test_where_no_terminal_has_a_say_the_output_is_utf8(
    environment: dict[str, str], encoding: str, arguments: tuple[str, ...]
) -> None:
    done = in_shell('"$@"', environment | {"PYTHONIOENCODING": encoding}, *arguments)
    assert done.returncode == 0
    assert any(sign in done.stdout.decode() for sign in ("★", "✓", "☃"))
    assert b"Traceback" not in done.stderr


def test_a_place_without_home_is_named(trillm: Trillm, tmp_path: Path) -> None:
    at_home = trillm("doctor", HOME=str(tmp_path), TRILLM_DATA_DIR="~/there")
    assert f"data: {tmp_path}/there" in at_home.stdout
    nobody = trillm("doctor", TRILLM_DATA_DIR="~nobody-at-all/there")
    assert nobody.returncode == 2
    assert nobody.stderr.startswith("trillm: TRILLM_DATA_DIR: there is no home directory here")
