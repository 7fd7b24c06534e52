"""A real database for what is learned."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trillm.storage.database import Database
from trillm.storage.migrate import prepare


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(f"sqlite:///{tmp_path / 'trillm.db'}")
    await prepare(opened)
    yield opened
    await opened.close()
