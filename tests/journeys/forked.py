"""`trillm` in a process of its own, forked from one that has imported it: four fifths of a start are imports.

What a command does to its streams, its signals and its end is the same; how it starts from nothing is the matter of
`test_terminal`, `test_terminal_stopped` and `test_terminal_streams`.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import reduction
from typing import Any

from trillm.entrypoints.cli import main

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "alembic.operations",
        "alembic.script",
        "uvloop",
        "trillm.entrypoints.cli.ask",
        "trillm.entrypoints.cli.serve",
        "trillm.entrypoints.cli.upkeep",
    ]
)


class Forked:
    """A running command; `files` are the descriptors of its input, output and errors."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], files: Sequence[int]) -> None:
        passed = [_Passed(file) for file in files]
        self._process = _FORKS.Process(target=_run, args=(list(arguments), dict(environment), passed), daemon=True)
        self._process.start()
        self.pid = self._process.pid or 0

    def poll(self) -> int | None:
        """Return how it ended, None while it runs."""
        return self._process.exitcode

    def wait(self, seconds: float) -> int:
        """Wait for its end and return how it ended; what takes longer is killed, and TimeoutError raised."""
        self._process.join(seconds)
        if (ended := self.poll()) is None:
            self.send_signal(signal.SIGKILL)
            raise TimeoutError(f"still running after {seconds} s")
        return ended

    def send_signal(self, how: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, how)


class _Passed:
    """A file descriptor that goes along to a forked process."""

    def __init__(self, file: int) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return _taken, (reduction.DupFd(self.file),)


def _taken(passed: Any) -> int:
    return passed.detach()


def _run(arguments: list[str], environment: dict[str, str], files: list[int]) -> None:
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["trillm", *arguments]
    try:
        main()
    finally:
        atexit._run_exitfuncs()
