"""What all tests share: the event loops that they run on, and logging as they found it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping

import pytest
import uvloop

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The client of HTTP is proved on both loops, as their transports differ; everything else on asyncio's own."""
    both = item.path.name in ("test_client.py", "test_wire.py")
    return LOOPS if both else {"asyncio": LOOPS["asyncio"]}


@pytest.fixture(autouse=True)
def _logging_stays_as_it_was() -> Iterator[None]:
    """A command that a test calls sets up the logs of its process: here that is the process of every later test."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    logging.captureWarnings(False)
    root.setLevel(level)
    root.handlers[:] = [handler for handler in root.handlers if handler in handlers]
