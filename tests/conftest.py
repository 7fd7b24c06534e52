"""What all tests share: event loops, logging as they found it, and how long the long suites go on."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import cast

import pytest
import uvloop
from hypothesis import settings

from trillm.storage.database import Database
from trillm.storage.migrate import upgrade

EXAMPLES = 100
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The client of HTTP is proved on both loops, as their transports differ; everything else on asyncio's own."""
    both = item.path.name in ("test_client.py", "test_wire.py")
    return LOOPS if both else {"asyncio": LOOPS["asyncio"]}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the measure of the suites of fuzz, chaos and load."""
    parser.addoption("--scale", type=int, default=1, help="times as much fuzz, chaos and load as before each push")


def scale_of(config: pytest.Config) -> int:
    return cast(int, config.getoption("--scale"))


def pytest_configure(config: pytest.Config) -> None:
    """Let Hypothesis try as many examples as the scale asks for."""
    settings.register_profile("scaled", max_examples=EXAMPLES * scale_of(config), deadline=None)
    settings.load_profile("scaled")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that takes `nth` a case for each of the scale: a number to begin chance with."""
    if "nth" in metafunc.fixturenames:
        metafunc.parametrize("nth", range(scale_of(metafunc.config)))


@pytest.fixture
def scale(request: pytest.FixtureRequest) -> int:
    """How many times as much as before each push is to be done."""
    return scale_of(request.config)


@pytest.fixture(scope="session")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "trillm.db"

    async def make() -> None:
        database = await Database.open(f"sqlite:///{path}")
        await upgrade(database)
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture
def sqlite_url(_made_once: Path, tmp_path: Path) -> str:
    """The URL of an empty SQLite database of the present schema, the test's own: a copy costs less than its making."""
    return f"sqlite:///{shutil.copy(_made_once, tmp_path)}"


@pytest.fixture(autouse=True)
def _logging_stays_as_it_was() -> Iterator[None]:
    """A command that a test calls sets up the logs of its process: here that is the process of every later test."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    logging.captureWarnings(False)
    root.setLevel(level)
    root.handlers[:] = [handler for handler in root.handlers if handler in handlers]
