"""A real database for what is learned."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from trillm.storage.database import Database


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    opened = await Database.open(sqlite_url)
    yield opened
    await opened.close()
