"""Prepared statements keep and find what SQLAlchemy would, on both ways of running them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from trillm.storage.database import Database
from trillm.storage.prepared import Prepared
from trillm.storage.types import Address, KeptText, Moment, document

things = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", KeptText, nullable=False),
    Column("at", Moment),
    Column("more", document()),
    Column("address", Address),
)
_INSERT = Prepared(insert(things))
_RENAME = Prepared(update(things).where(things.c.id == bindparam("b_id"), things.c.name != "fixed"))
_NAMED = Prepared(select(things).where(things.c.name == bindparam("b_name")))

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=2)))


async def on(tmp_path: Path, work: Any) -> Any:
    database = await Database.open(f"sqlite:///{tmp_path / 'things.db'}")

    def made(conn: Connection) -> Any:
        things.create(conn)
        return work(conn)

    try:
        return await database.write(made)
    finally:
        await database.close()


async def test_values_are_converted_as_sqlalchemy_reads_them_back(tmp_path: Path) -> None:
    def work(conn: Connection) -> Any:
        _INSERT.run(conn, {"id": 1, "name": "a\x00b", "at": NOON, "more": {"of": ["it"]}})
        _INSERT.run_all(conn, [{"id": n, "name": str(n), "at": None, "more": None} for n in (2, 3)])
        return [tuple(row) for row in conn.execute(select(things).order_by(things.c.id))]

    first, *others = await on(tmp_path, work)
    assert first == (1, "a\ufffdb", NOON.astimezone(UTC), {"of": ["it"]}, None)
    assert others == [(2, "2", None, None, None), (3, "3", None, None, None)]


@pytest.mark.parametrize(
    ("at", "address"),
    [
        (NOON, "192.0.2.1"),
        (NOON.replace(microsecond=1), "2001:DB8:0::1%eth0"),
        (datetime(1, 2, 3, 4, 5, 6, tzinfo=UTC), "a socket's name"),
        (datetime(2026, 11, 22, 12, 30, 0, 120_000, tzinfo=UTC), ""),
        (None, None),
    ],
)
async def test_moments_and_addresses_are_the_same_bytes_as_sqlalchemys(
    tmp_path: Path, at: datetime | None, address: str | None
) -> None:
    def work(conn: Connection) -> Any:
        _INSERT.run(conn, {"id": 1, "name": "ours", "at": at, "address": address})
        _INSERT.run(conn, {"id": 2, "name": "ours", "at": at, "address": address})
        conn.execute(insert(things), {"id": 3, "name": "theirs", "at": at, "address": address})
        return [tuple(row) for row in conn.exec_driver_sql("SELECT at, address FROM things ORDER BY id")]

    ours, again, theirs = await on(tmp_path, work)
    assert ours == again == theirs


async def test_a_moment_without_a_time_zone_is_refused(tmp_path: Path) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        await on(tmp_path, lambda conn: _INSERT.run(conn, {"id": 1, "name": "naive", "at": naive}))


async def test_a_change_counts_its_rows_and_a_search_says_whether_there_is_one(tmp_path: Path) -> None:
    def work(conn: Connection) -> Any:
        _INSERT.run_all(conn, [{"id": 1, "name": "old"}, {"id": 2, "name": "fixed"}])
        changed = [_RENAME.run(conn, {"b_id": n, "name": "new"}) for n in (1, 2, 3)]
        return changed, [_NAMED.finds(conn, {"b_name": name}) for name in ("old", "new", "fixed")]

    assert await on(tmp_path, work) == ([1, 0, 0], [False, True, True])


@pytest.mark.parametrize("all_at_once", [False, True])
async def test_what_breaks_a_constraint_is_sqlalchemys_error(tmp_path: Path, all_at_once: bool) -> None:
    def work(conn: Connection) -> None:
        row = {"id": 1, "name": "twice"}
        if all_at_once:
            _INSERT.run_all(conn, [row, row])
        else:
            _INSERT.run(conn, row)
            _INSERT.run(conn, row)

    with pytest.raises(IntegrityError):
        await on(tmp_path, work)


async def test_a_name_that_is_not_given_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="b_id"):
        await on(tmp_path, lambda conn: _RENAME.run(conn, {"name": "new"}))
