"""PostgreSQL over asyncpg."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from trillm.storage.types import dump

_MIGRATION_LOCK = 0x7472696C6C6D
"""The advisory lock of those who migrate: "trillm" in ASCII."""


class Postgres:
    """A database that many processes share. Nothing connects before the first piece of work."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: URL) -> Postgres:
        """Prepare a pool for the URL; libpq's `sslmode` is understood."""
        if mode := url.query.get("sslmode"):
            url = url.difference_update_query(["sslmode"]).update_query_pairs([("ssl", str(mode))])
        engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            pool_size=10,
            pool_timeout=10,
            json_serializer=dump,
            json_deserializer=orjson.loads,
        )
        return cls(engine)

    async def write(self, work: Callable[[Connection], Any]) -> Any:
        """Run the work in a transaction; it is committed when this returns."""
        return await self._run(work)

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        """Run the work in a transaction that cannot write."""
        return await self._run(work, postgresql_readonly=True)

    async def _run(self, work: Callable[[Connection], Any], **options: bool) -> Any:
        """Run the work and commit it, once more on a new connection when the server had cut the one from the pool.

        Before the commit nothing is done, so nothing is done twice. (SQLAlchemy's own check of every connection before
        its use takes three round trips.)
        """
        for last in (False, True):
            async with self._engine.connect() as connection:
                if options:
                    await connection.execution_options(**options)
                try:
                    result = await connection.run_sync(work)
                except DBAPIError as error:
                    if error.connection_invalidated and not last:
                        continue
                    raise
                await connection.commit()
                return result
        return None

    async def migrate(self, work: Callable[[Connection], None]) -> None:
        """Run the work in a transaction that holds the migration lock."""

        def locked(connection: Connection) -> None:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            work(connection)

        await self.write(locked)

    async def ping(self) -> None:
        """Ask for a sign of life."""
        await self.read(lambda connection: connection.execute(text("SELECT 1")).scalar())

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()
