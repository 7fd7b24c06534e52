"""SQLite: one writer thread that commits in groups, a few reader threads, nothing blocking the event loop.

What is written in one turn of the event loop is one group at least: by itself each write would wake the writer, and
have a commit, which costs more than most of what is written.

To write the log back into the file waits for the disk, so a thread of its own, the keeper, does it while the writer
goes on. Of a log that grows without a pause it never sees the end; then the writer does the rest itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, cast

import orjson
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import URL

from trillm.storage.types import dump
from trillm.vocabulary.errors import Unavailable

_BUSY_SECONDS = 10.0
_READERS = 2
_GROUP = 256
"""Jobs from which on no more are taken into one commit (so below twice as many): a caller waits for its whole group."""
_PASS = 1_000
"""Jobs until the log is written back: some 12 MB of it."""
_MOST = 8_000
"""Pages of the log, 32 MB, from which on the writer does the rest: it then begins anew instead of growing on."""


@dataclass(slots=True, eq=False)
class _Job:
    """One piece of work, and who waits for it."""

    work: Callable[[Connection], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None


class Sqlite:
    """A database in one file; other processes may use it at the same time."""

    def __init__(self, engine: Engine, path: Path, made: os.stat_result, connections: list[Connection]) -> None:
        self._engine = engine
        self._path = path
        self._made = made
        self._writes: SimpleQueue[list[_Job]] = SimpleQueue()
        self._turn: list[_Job] = []
        self._reads: SimpleQueue[_Job | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._jobs = 0
        self._due, self._behind = Event(), Event()
        writer, keeper, *readers = connections
        self._threads = [Thread(target=self._run_writer, args=(writer,), name="trillm-writer", daemon=True)]
        self._threads += [Thread(target=self._run_keeper, args=(keeper,), name="trillm-keeper", daemon=True)]
        self._threads += [
            Thread(target=self._run_reader, args=(reader,), name="trillm-reader", daemon=True) for reader in readers
        ]
        self._closed = False

    @classmethod
    async def open(cls, path: Path) -> Sqlite:
        """Open the file, or make it, for its owner's eyes only."""
        engine = _engine(path)
        made = await asyncio.to_thread(_make, path, engine)
        # here and not in the threads: one that cannot be opened must fail the start, not leave its callers waiting
        connections = await asyncio.to_thread(_connect, engine)
        backend = cls(engine, path, made, connections)
        for thread in backend._threads:
            thread.start()
        return backend

    async def write(self, work: Callable[[Connection], Any]) -> Any:
        """Run the work; it is committed when this returns."""
        job = self._job(work)
        if not self._turn:
            self._loop.call_soon(self._end_turn)
        self._turn.append(job)
        return await job.future

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        """Run the work on one snapshot; it cannot write."""
        job = self._job(work)
        self._reads.put(job)
        return await job.future

    async def ping(self) -> None:
        """Take and give back the write lock: a file that can only be read, or is gone, cannot accept a question."""
        await self.write(lambda _: None)

    async def migrate(self, work: Callable[[Connection], None]) -> None:
        """Run the work alone, other processes waiting, with foreign keys off so that tables can be rebuilt."""
        await asyncio.to_thread(_migrate, self._engine, work)

    async def close(self) -> None:
        """Finish what is queued and end the threads."""
        if self._closed:
            return
        self._closed = True
        self._due.set()
        for _ in range(_READERS):
            self._reads.put(None)
        writer, *others = self._threads
        for thread in others:
            await asyncio.to_thread(thread.join)
        self._writes.put(
            []
        )  # no jobs are the end; last: of several that close at once, none might take the log with it
        await asyncio.to_thread(writer.join)

    def _job(self, work: Callable[[Connection], Any]) -> _Job:
        if self._closed:
            raise Unavailable("The database is closed.")
        return _Job(work, self._loop.create_future())

    def _end_turn(self) -> None:
        """Hand over what was written in this turn, in groups."""
        turn, self._turn = self._turn, []
        for start in range(0, len(turn), _GROUP):
            self._writes.put(turn[start : start + _GROUP])

    def _run_writer(self, connection: Connection) -> None:
        with connection:
            driver = _driver(connection)
            ended = False
            while not ended:
                jobs, ended = _take(self._writes)
                if jobs:
                    _write_group(connection, driver, jobs, self._look_for_file)
                    self._deliver(jobs)
                    self._look_after_log(driver, len(jobs))

    def _look_after_log(self, driver: sqlite3.Connection, jobs: int) -> None:
        """Have the keeper write the log back when it has grown; where it does not keep up, do the rest of it here."""
        self._jobs += jobs
        if self._behind.is_set():
            if _write_back(driver) >= 0:
                self._behind.clear()
        elif self._jobs >= _PASS:
            self._jobs = 0
            self._due.set()

    def _run_keeper(self, connection: Connection) -> None:
        with connection:
            driver = _driver(connection)
            while True:
                self._due.wait()
                self._due.clear()
                if self._closed:  # looked at last, so that no closing is slept through
                    return
                if not self._behind.is_set() and _write_back(driver) > _MOST:
                    self._behind.set()

    def _look_for_file(self) -> None:
        """Raise OSError when the file is deleted or replaced: what is written to it then can never be read again."""
        if not os.path.samestat(self._path.stat(), self._made):
            raise FileNotFoundError(errno.ENOENT, "the database was replaced by another file")

    def _run_reader(self, connection: Connection) -> None:
        with connection:
            driver = _driver(connection)
            driver.execute("PRAGMA query_only = ON")
            while job := self._reads.get():
                _read_one(connection, driver, job)
                self._deliver([job])

    def _deliver(self, jobs: list[_Job]) -> None:
        """Wake the callers, all of a group at once; after the loop's end nobody waits."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_resolve, jobs)


def _take(queue: SimpleQueue[list[_Job]]) -> tuple[list[_Job], bool]:
    """Wait for jobs and take those behind them too; True when the end, which is no job, was among them."""
    jobs: list[_Job] = []
    turn = queue.get()
    while turn:
        jobs += turn
        if len(jobs) >= _GROUP:
            return jobs, False
        try:
            turn = queue.get_nowait()
        except Empty:
            return jobs, False
    return jobs, True


def _write_group(
    connection: Connection, driver: sqlite3.Connection, jobs: list[_Job], look_for_file: Callable[[], None]
) -> None:
    """Run each job in a savepoint and commit once: a job that fails rolls back alone, a failed commit fails all.

    One job by itself needs no savepoint, which would be a sixth of its statements.
    """
    try:
        look_for_file()
        driver.execute("BEGIN IMMEDIATE")
        if len(jobs) == 1:
            driver.execute("COMMIT" if _run(connection, jobs[0]) else "ROLLBACK")
            return
        for job in jobs:
            driver.execute("SAVEPOINT job")
            if not _run(connection, job):
                driver.execute("ROLLBACK TO job")
            driver.execute("RELEASE job")
        driver.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        # A full disk ends the transaction under us; nothing of the group was committed, so nobody may believe it was.
        for job in jobs:
            job.error = job.error or error
        if driver.in_transaction:
            driver.execute("ROLLBACK")


def _run(connection: Connection, job: _Job) -> bool:
    try:
        job.result = job.work(connection)
    except Exception as error:  # noqa: BLE001  (raised again where the caller waits)
        job.error = error
    return job.error is None


def _write_back(driver: sqlite3.Connection) -> int:
    """Write the log back into the file as far as no reader needs it; return how many pages it has.

    What cannot be written back now stays in the log for a later pass. While somebody else is at it, returns -1.
    """
    with contextlib.suppress(sqlite3.Error):
        return driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
    return 0


def _read_one(connection: Connection, driver: sqlite3.Connection, job: _Job) -> None:
    try:
        driver.execute("BEGIN")
    except sqlite3.Error as error:
        job.error = error
    else:
        _run(connection, job)
        if driver.in_transaction:
            driver.execute("ROLLBACK")


def _resolve(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if job.error is None:
            job.future.set_result(job.result)
        else:
            job.future.set_exception(job.error)


def _engine(path: Path) -> Engine:
    """Return an engine that leaves transactions to us (AUTOCOMMIT) and connections to the threads (no pool)."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        json_serializer=dump,
        json_deserializer=orjson.loads,
    )
    event.listen(engine, "connect", _configure)
    return engine


def _configure(driver: sqlite3.Connection, _record: object) -> None:
    driver.execute("PRAGMA synchronous = NORMAL")  # with WAL: a crash of the machine may cost the last commits
    driver.execute("PRAGMA foreign_keys = ON")
    driver.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten; Debian's SQLite does so, others not
    driver.execute("PRAGMA wal_autocheckpoint = 0")  # SQLite would have the writer do it: see the keeper
    driver.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows ASCII only


def _lower(value: str | None) -> str | None:
    return None if value is None else str(value).lower()


def _connect(engine: Engine) -> list[Connection]:
    """Return a connection for the writer, for the keeper and for each reader; all or none."""
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(engine.connect()) for _ in range(2 + _READERS)]
        stack.pop_all()
    return connections


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def _make(path: Path, engine: Engine) -> os.stat_result:
    """Make the file and switch it to write-ahead logging, which is remembered in the file; return which file it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    with engine.connect() as connection:
        _driver(connection).execute("PRAGMA journal_mode = WAL")
    return path.stat()


def _migrate(engine: Engine, work: Callable[[Connection], None]) -> None:
    with engine.connect() as connection:
        driver = _driver(connection)
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("BEGIN IMMEDIATE")
        try:
            work(connection)
            if driver.execute("PRAGMA foreign_key_check").fetchone():
                raise Unavailable("The migration would leave rows without what they refer to; nothing was changed.")
            driver.execute("COMMIT")
        finally:
            if driver.in_transaction:
                driver.execute("ROLLBACK")
