"""The database by its URL: pieces of synchronous work, each one transaction, run away from the event loop."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from trillm.storage.sqlite import Sqlite
from trillm.vocabulary.errors import InvalidInput, Unavailable

T = TypeVar("T")

_STATES: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_FULL: "full: its disk takes no more",
    sqlite3.SQLITE_BUSY: "held by another program",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_CANTOPEN: "a file that cannot be opened",
    sqlite3.SQLITE_NOTADB: "a file of another kind",
    sqlite3.SQLITE_CORRUPT: "damaged",
}
"""What people can act on, by SQLite's primary result code: its own sentences may name what is in the database."""


class _Backend(Protocol):
    async def write(self, work: Callable[[Connection], Any]) -> Any: ...
    async def read(self, work: Callable[[Connection], Any]) -> Any: ...
    async def migrate(self, work: Callable[[Connection], None]) -> None: ...
    async def ping(self) -> None: ...
    async def close(self) -> None: ...


class Database:
    """Runs store functions. A database that cannot do its work raises Unavailable; what the work raises comes through.

    Work may be run twice when the database asks for it, so it does nothing but use its connection.
    """

    def __init__(self, backend: _Backend, dialect: str) -> None:
        self._backend = backend
        self.dialect = dialect
        """`sqlite` or `postgresql`."""

    @classmethod
    async def open(cls, url: str) -> Database:
        """Open `sqlite:///path` or `postgresql://…`; anything else is InvalidInput. Secrets are not echoed."""
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):
            raise _unusable("it is not a URL") from None
        match parsed.get_backend_name():
            case "sqlite":
                if not parsed.database or parsed.database == ":memory:":
                    raise _unusable("SQLite needs a file: several connections share it")
                with _translated():
                    return cls(await Sqlite.open(Path(parsed.database)), "sqlite")
            case "postgresql" | "postgres":
                return cls(_postgres(parsed), "postgresql")
            case name:
                raise _unusable(f"{name} is not supported")

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run the work in one transaction; it is committed when this returns."""
        with _translated():
            return await self._backend.write(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run the work in one transaction that cannot write."""
        with _translated():
            return await self._backend.read(work)

    async def migrate(self, work: Callable[[Connection], None]) -> None:
        """Run the work in one transaction while other processes wait to migrate."""
        with _translated():
            await self._backend.migrate(work)

    async def ping(self) -> None:
        """Return when a question could be accepted now, raise Unavailable otherwise."""
        with _translated():
            await self._backend.ping()

    async def close(self) -> None:
        """Finish what was begun and let go."""
        await self._backend.close()


@contextmanager
def _translated() -> Generator[None]:
    """Turn a database that is busy, full, broken or gone into Unavailable; other errors are the work's own."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError):
        raise
    except (DBAPIError, PoolTimeout, sqlite3.Error, OSError) as error:
        state = _state(error) or "busy, full or out of reach"
        raise Unavailable(f"The database is {state}; see TRILLM_DATA_DIR and TRILLM_DATABASE_URL.") from error


def _state(error: Exception) -> str | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return _STATES.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)


def _unusable(reason: str) -> InvalidInput:
    return InvalidInput(
        f"TRILLM_DATABASE_URL cannot be used: {reason}. Give sqlite:///path/to/file.db or postgresql://user@host/name.",
        field="database_url",
    )


def _postgres(url: URL) -> _Backend:
    try:
        from trillm.storage.postgres import Postgres  # noqa: PLC0415  (its driver is an extra)

        return Postgres.open(url)
    except ImportError:
        raise _unusable('PostgreSQL needs the extra: pip install "trillm[postgres]"') from None
