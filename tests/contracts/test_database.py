"""What every database promises to those who give it work."""

from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from trillm.history import tables
from trillm.ranking.learning.tables import ranker_fits
from trillm.sharing.tables import shares
from trillm.storage.database import Database
from trillm.storage.migrate import current_revision, is_current, prepare, upgrade
from trillm.storage.migrations import HEAD
from trillm.vocabulary.errors import Unavailable


def _insert(conn: Connection, n: int) -> None:
    conn.execute(text("INSERT INTO counted VALUES (:n)"), {"n": n})


def _numbers(conn: Connection) -> list[int]:
    return list(conn.execute(text("SELECT n FROM counted ORDER BY n")).scalars())


@pytest.fixture
async def counted(database_url: str):
    database = await Database.open(database_url)
    await database.write(lambda conn: conn.execute(text("CREATE TABLE counted (n INTEGER PRIMARY KEY)")) and None)
    yield database
    await database.close()


async def test_what_is_written_is_there_when_write_returns(counted: Database):
    assert await counted.write(lambda conn: (_insert(conn, 1), "done")[1]) == "done"
    assert await counted.read(_numbers) == [1]


async def test_work_that_fails_leaves_nothing_and_its_error_reaches_the_caller(counted: Database):
    def fail(conn: Connection) -> None:
        _insert(conn, 1)
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        await counted.write(fail)
    assert await counted.read(_numbers) == []


async def test_of_many_writes_at_once_only_those_that_fail_are_undone(counted: Database):
    def work(n: int):
        def run(conn: Connection) -> int:
            _insert(conn, n)
            if n % 5 == 0:
                _insert(conn, n)  # a second time: the key is taken
            return n

        return run

    done = await asyncio.gather(*(counted.write(work(n)) for n in range(50)), return_exceptions=True)
    kept = [n for n in range(50) if n % 5]
    assert [n for n in done if isinstance(n, int)] == kept
    assert await counted.read(_numbers) == kept


async def test_a_read_cannot_write(counted: Database):
    with pytest.raises((DBAPIError, Unavailable)):
        await counted.read(lambda conn: _insert(conn, 1))
    assert await counted.read(_numbers) == []


async def test_a_cancelled_write_harms_nobody_else(counted: Database):
    first = asyncio.ensure_future(counted.write(lambda conn: _insert(conn, 1)))
    await asyncio.sleep(0)
    first.cancel()
    await counted.write(lambda conn: _insert(conn, 2))
    assert 2 in await counted.read(_numbers)


async def test_a_closed_database_can_be_closed_again(counted: Database):
    await counted.close()
    await counted.close()


async def test_ping_returns_when_the_database_can_work(counted: Database):
    await counted.ping()


async def test_an_empty_database_is_not_current_until_it_is_upgraded(database_url: str):
    database = await Database.open(database_url)
    assert await current_revision(database) is None
    assert not await is_current(database)
    await upgrade(database)
    await upgrade(database)
    assert await current_revision(database) == HEAD
    await database.close()


async def test_two_that_upgrade_at_once_do_not_disturb_each_other(database_url: str):
    both = [await Database.open(database_url) for _ in range(2)]
    await asyncio.gather(*(upgrade(database) for database in both))
    assert [await is_current(database) for database in both] == [True, True]
    for database in both:
        await database.close()


async def test_the_migrations_make_exactly_the_tables_that_the_code_uses(database: Database):
    def differences(conn: Connection):
        (metadata,) = {tables.queries.metadata, ranker_fits.metadata, shares.metadata}
        return compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata)

    assert await database.read(differences) == []


async def test_a_database_of_a_newer_version_is_left_alone(database_url: str):
    database = await Database.open(database_url)
    await upgrade(database)
    await database.write(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")) and None)
    with pytest.raises(Unavailable, match="newer version"):
        await upgrade(database)
    with pytest.raises(Unavailable):
        await prepare(database)
    await database.close()


async def test_preparing_upgrades_a_file_of_ones_own_but_not_a_shared_server(database_url: str):
    database = await Database.open(database_url)
    if database.dialect == "sqlite":
        await prepare(database)
        assert await is_current(database)
    else:
        with pytest.raises(Unavailable, match="trillm db upgrade"):
            await prepare(database)
        assert await current_revision(database) is None
    await database.close()
