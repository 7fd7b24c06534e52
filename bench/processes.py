"""The processes of a run: each started on its core, waited for until healthy, and read for CPU and memory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
START_S = 120.0
"""A peer with a cold cache needs most of it."""


@dataclass(frozen=True, slots=True)
class Cores:
    """The measured process has one core for itself; mock and load share the other (on one core, all share it)."""

    measured: int
    load: int


def cores() -> Cores:
    """Return the first two cores that this process may use."""
    mine = sorted(os.sched_getaffinity(0))
    return Cores(mine[0], mine[-1] if len(mine) < 2 else mine[1])


@dataclass(frozen=True, slots=True)
class Command:
    """What to start: arguments, its whole environment, the path that is 200 when healthy, its output's file."""

    arguments: Sequence[str]
    environment: dict[str, str]
    port: int
    healthy: str
    log: Path
    cwd: Path = ROOT
    patience_s: float = START_S


@dataclass(slots=True)
class Measured:
    """A running process and its children."""

    process: psutil.Process
    port: int
    start_s: float

    def _tree(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def cpu_s(self) -> float:
        """Return CPU seconds used so far, ended children included."""
        total = 0.0
        for process in self._tree():
            with suppress(psutil.NoSuchProcess):
                used = process.cpu_times()
                total += used.user + used.system + used.children_user + used.children_system
        return total

    def rss_mb(self) -> float:
        """Return resident memory in megabytes (10^6 bytes), pages shared within the tree counted for each."""
        total = 0
        for process in self._tree():
            with suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
        return total / 1e6


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(home: Path) -> dict[str, str]:
    """Return an environment without proxies, keys and settings of whoever runs the benchmark."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(home), "LANG": "C.UTF-8"}


@contextmanager
def on_core(core: int | None) -> Iterator[None]:
    """Run what is within, and what it starts, on one core; on all that there are for None."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, before if core is None else {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def started(command: Command, core: int | None) -> Iterator[Measured]:
    """Start the command on `core`, wait until it is healthy, and end it with its children afterwards."""
    begun = time.monotonic()
    with command.log.open("wb") as log, on_core(core):
        child = subprocess.Popen(command.arguments, env=command.environment, stdout=log, stderr=log, cwd=command.cwd)
    try:
        _wait_until_healthy(command, child)
        yield Measured(psutil.Process(child.pid), command.port, time.monotonic() - begun)
    finally:
        _end(child)


def _wait_until_healthy(command: Command, child: subprocess.Popen[bytes]) -> None:
    """Poll the health path; raises RuntimeError with the end of the log where the process ends or stays silent."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + command.patience_s
    while time.monotonic() < until and child.poll() is None:
        with suppress(OSError), opener.open(f"http://127.0.0.1:{command.port}{command.healthy}", timeout=5) as reply:
            if reply.status == 200:
                return
        time.sleep(0.02)
    raise RuntimeError(f"{command.arguments[0]} is not healthy:\n{command.log.read_text(errors='replace')[-3000:]}")


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask the process to end, then make it and what it started."""
    children: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(child.pid).children(recursive=True)
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    for process in children:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(children, 5)


@contextmanager
def mock_vendors(core: int, directory: Path) -> Iterator[Measured]:
    """Run the mock vendors on the load's core."""
    port = free_port()
    arguments = [sys.executable, "-m", "bench.mock_vendors", "--port", str(port)]
    log = directory / "mock.log"
    command = Command(arguments, clean_environment(directory), port, "/_bench/times", log)
    with started(command, core) as mock:
        yield mock
