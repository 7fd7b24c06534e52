"""Commits rows in groups until it is killed; prints what was acknowledged. Each job writes a pair of rows."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial

from sqlalchemy import Connection, text

from trillm.storage.database import Database


def pair(conn: Connection, n: int) -> int:
    for half in ("a", "b"):
        conn.execute(text("INSERT INTO pairs VALUES (:n, :half)"), {"n": n, "half": half})
    return n


async def main(url: str) -> None:
    database = await Database.open(url)
    await database.write(lambda conn: conn.execute(text("CREATE TABLE pairs (n INTEGER, half TEXT)")) and None)
    n = 0
    while True:
        group = range(n, n + 40)
        n += 40
        for write in asyncio.as_completed([database.write(partial(pair, n=n)) for n in group]):
            os.write(1, b"%d\n" % await write)


asyncio.run(main(sys.argv[1]))
