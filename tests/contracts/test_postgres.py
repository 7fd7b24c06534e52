"""What is PostgreSQL's own: its doors, its driver."""

from __future__ import annotations

import asyncio
import socket
import sys
from functools import partial

import pytest
from sqlalchemy import Connection, text

from trillm.storage.database import Database
from trillm.storage.migrate import upgrade
from trillm.vocabulary.errors import InvalidInput, Unavailable


async def refuses(url: str) -> Unavailable:
    database = await Database.open(url)
    with pytest.raises(Unavailable) as refused:
        await database.ping()
    await database.close()
    return refused.value


async def test_a_server_that_is_not_there_is_unavailable_and_its_password_is_not_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: nobody answers here
        error = await refuses(f"postgresql://u:hunter2@127.0.0.1:{taken.getsockname()[1]}/x")
    assert "hunter2" not in error.detail


async def test_a_database_that_does_not_exist_is_unavailable(postgres_url: str):
    await refuses(postgres_url.replace("/t", "/no_such_", 1))


async def test_libpqs_sslmode_is_understood(postgres_url: str):
    separator = "&" if "?" in postgres_url else "?"
    database = await Database.open(f"{postgres_url}{separator}sslmode=disable")
    await database.ping()
    await database.close()


async def test_connections_that_the_server_cut_are_replaced(postgres_url: str):
    database, other = await Database.open(postgres_url), await Database.open(postgres_url)
    await database.ping()
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    cut += " AND pid <> pg_backend_pid()"
    await other.read(lambda conn: conn.execute(text(cut)).all())
    await database.ping()
    for opened in (database, other):
        await opened.close()


async def test_work_whose_connection_is_cut_before_its_commit_is_done_once_on_another(postgres_url: str):
    database = await Database.open(postgres_url)
    await database.write(lambda conn: conn.execute(text("CREATE TABLE counted (n INTEGER)")) and None)
    cuts = iter(["SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1"])

    def work(conn: Connection) -> None:
        conn.execute(text("INSERT INTO counted VALUES (1)"))
        conn.execute(text(next(cuts)))

    await database.write(work)
    assert await database.read(lambda conn: conn.execute(text("SELECT n FROM counted")).scalars().all()) == [1]
    await database.close()


async def test_a_connection_cut_in_the_middle_of_its_work_again_and_again_is_unavailable(postgres_url: str):
    database = await Database.open(postgres_url)
    with pytest.raises(Unavailable):
        await database.write(lambda conn: conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())")).all())
    await database.close()


async def test_a_missing_driver_is_explained(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "trillm.storage.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(InvalidInput, match=r"trillm\[postgres\]"):
        await Database.open("postgresql://u@h/x")


async def test_ids_addresses_moments_and_documents_have_their_own_types(postgres_url: str):
    database = await Database.open(postgres_url)
    await upgrade(database)
    query = text("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'queries'")
    types = dict(await database.read(lambda conn: [tuple(row) for row in conn.execute(query)]))
    await database.close()
    assert {name: types[name] for name in ("id", "ip_address", "created_at", "options")} == {
        "id": "uuid",
        "ip_address": "inet",
        "created_at": "timestamp with time zone",
        "options": "jsonb",
    }


async def test_more_work_than_connections_waits_its_turn(postgres_url: str):
    database = await Database.open(postgres_url)
    work = partial(database.read, lambda conn: conn.execute(text("SELECT 1")).scalar())
    assert await asyncio.gather(*(work() for _ in range(40))) == [1] * 40
    await database.close()
