"""What all tests share: the event loops that they run on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest
import uvloop

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The client of HTTP is proved on both loops, as their transports differ; everything else on asyncio's own."""
    both = item.path.name in ("test_client.py", "test_wire.py")
    return LOOPS if both else {"asyncio": LOOPS["asyncio"]}
