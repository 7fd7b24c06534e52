"""Journeys go through a real `trillm serve` in a process of its own, with vendors by script on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
from bench.rendering import find_browser
from tests.journeys.forked import Forked
from tests.journeys.staged_query import StagedQuery
from tests.providers.vendors import Script, ScriptedVendor

PANEL = ("openai:gpt-6.1-terra", "gemini:gemini-3.8-flash", "anthropic:claude-sonnet-5-5")
QUESTION = "What is the capital of France?"
START_SECONDS = SECONDS = 60

Trillm = Callable[..., "subprocess.CompletedProcess[str]"]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
ANSWERS = {
    "gpt-6.1-terra": Script(
        ["The capital of France ", "is **Paris**. ", "It has been ", "the seat of government ", "since 987."],
        between=0.03,
    ),
    "gemini-3.8-flash": Script(["It is ", "Paris."], between=0.03),
    "claude-sonnet-5-5": Script(
        ["Paris is the capital of France.\n\n", "- It lies on the Seine\n", "- About two million people live there\n"],
        between=0.05,
    ),
}


class Vendors:
    """A ScriptedVendor that runs in a thread, for tests and servers outside its event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.server = ScriptedVendor()
        self._call(self.server.__aenter__())
        self.script(**ANSWERS)

    def script(self, **scripts: Script | list[Script]) -> None:
        for model, script in scripts.items():
            self.server.script(model, *([script] if isinstance(script, Script) else script))

    def calls(self, model: str) -> int:
        return sum(model in request.path or request.json.get("model") == model for request in self.server.requests)

    def close(self) -> None:
        self._call(self.server.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    @property
    def environment(self) -> dict[str, str]:
        root = self.server.root
        return {
            "OPENAI_API_KEY": "sk-test-openai",
            "OPENAI_BASE_URL": f"{root}/v1",
            "ANTHROPIC_API_KEY": "sk-ant-test",
            "ANTHROPIC_BASE_URL": root,
            "GEMINI_API_KEY": "AIza-test",
            "GOOGLE_GEMINI_BASE_URL": root,
            "TRILLM_PANEL": ",".join(PANEL),
        }


def clean_environment(**given: str) -> dict[str, str]:
    """The machine's environment without anybody's keys or settings."""
    secret = re.compile(r"^(TRILLM_|OLLAMA_)|_(API_KEY|BASE_URL)$")
    return {name: value for name, value in os.environ.items() if not secret.search(name)} | given


class Server:
    """One `trillm serve`, restartable over the same data."""

    def __init__(self, data_dir: Path, vendors: Vendors, **settings: str) -> None:
        self.data_dir, self.vendors = data_dir, vendors
        self.settings = {"TRILLM_LIMIT_PER_MINUTE": "0", "TRILLM_MODERATION": "off"} | settings
        self.log: list[str] = []
        self.url = ""
        self.start()

    def start(self) -> None:
        environment = clean_environment(
            **{
                **self.vendors.environment,
                "TRILLM_DATA_DIR": str(self.data_dir),
                "TRILLM_PORT": "0",
                **self.settings,
            }
        )
        reading, writing = os.pipe()
        with Path(os.devnull).open("r+b") as nothing:
            self.process = Forked(["serve"], environment, (nothing.fileno(), nothing.fileno(), writing))
        os.close(writing)
        lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(reading, lines), daemon=True)
        self._reader.start()
        while True:
            line = lines.get(timeout=START_SECONDS)
            assert line, "\n".join(self.log)
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                self.url = found[0]
                return

    def _read(self, errors: int, lines: queue.Queue[str]) -> None:
        with open(errors, encoding="utf-8") as told:
            for line in told:
                self.log.append(line.rstrip())
                sys.stderr.write(line)  # which pytest shows where a test has failed
                lines.put(line)
        lines.put("")

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(30)
        self._reader.join(5)

    def kill(self) -> None:
        self.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Chromium for every test of this process, as the address to connect to: its start costs a second of CPU."""
    config = tmp_path_factory.mktemp("chromium") / "config.json"
    config.write_text(json.dumps({"executablePath": find_browser(), "args": FLAGS}))
    command = [sys.executable, "-m", "playwright", "launch-server", "--browser", "chromium", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        os.killpg(process.pid, signal.SIGTERM)


@pytest.fixture(scope="session")
def session_vendors() -> Iterator[Vendors]:
    vendors = Vendors()
    yield vendors
    vendors.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, session_vendors: Vendors) -> Iterator[Server]:
    """A server for tests that share it, change no scripts and give no verdict, from which it would learn."""
    server = Server(tmp_path_factory.mktemp("data"), session_vendors)
    yield server
    server.stop()


Stage = Callable[[dict[str, Any]], StagedQuery]
StartServer = Callable[..., Server]


@pytest.fixture
def vendors() -> Iterator[Vendors]:
    vendors = Vendors()
    yield vendors
    vendors.close()


@pytest.fixture
def start_server(tmp_path: Path, vendors: Vendors) -> Iterator[StartServer]:
    """Start a server of the test's own; settings are TRILLM_ variables."""
    with ExitStack() as stack:

        def start(**settings: str) -> Server:
            server = Server(tmp_path / "data", vendors, **settings)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def environment(tmp_path: Path, vendors: Vendors) -> dict[str, str]:
    """The environment of a command on a terminal, with vendors and data of its own."""
    settings = {"TRILLM_DATA_DIR": str(tmp_path / "data"), "TRILLM_MODERATION": "off", "TERM": "xterm-256color"}
    given = {**vendors.environment, **settings}
    return {k: v for k, v in clean_environment(**given).items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}


@pytest.fixture
def trillm(environment: dict[str, str]) -> Trillm:
    """Run a command without a terminal and wait for it."""

    def run(*arguments: str, stdin: bytes = b"", **settings: str) -> subprocess.CompletedProcess[str]:
        with TemporaryFile() as given, TemporaryFile() as output, TemporaryFile() as errors:
            given.write(stdin)
            given.seek(0)
            files = (given.fileno(), output.fileno(), errors.fileno())
            ended = Forked(arguments, environment | settings, files).wait(SECONDS)
            told = [os.pread(file, os.fstat(file).st_size, 0).decode() for file in files[1:]]
        return subprocess.CompletedProcess(arguments, ended, *told)

    return run


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Put a query on a stage; its stream ends with the test."""
    with ExitStack() as stack:

        def staged(first: dict[str, Any]) -> StagedQuery:
            query = StagedQuery(first)
            stack.callback(query.close)
            return query

        yield staged


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.02)
