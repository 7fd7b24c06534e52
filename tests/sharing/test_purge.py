"""Deleting what has expired goes on, whatever the database does."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.http.asgi import eventually

from trillm.sharing.share import Sharer
from trillm.storage.database import Database


async def test_a_database_that_fails_does_not_end_the_deleting(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    database = await Database.open(f"sqlite:///{tmp_path / 'trillm.db'}")
    sharer = Sharer(database)
    await database.close()
    purging = asyncio.create_task(sharer.purge_forever())
    await eventually(lambda: "links that expired could not be deleted" in caplog.text)
    assert not purging.done()
    purging.cancel()
