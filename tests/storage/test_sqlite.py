from __future__ import annotations

import asyncio
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from trillm.storage.database import Database
from trillm.vocabulary.errors import InvalidInput, Unavailable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "trillm.db"


@pytest.fixture
async def database(path: Path):
    opened = await Database.open(f"sqlite:///{path}")
    await opened.write(lambda conn: conn.execute(text("CREATE TABLE counted (n INTEGER PRIMARY KEY)")) and None)
    yield opened
    await opened.close()


def insert(conn: Connection, n: int) -> None:
    conn.execute(text("INSERT INTO counted VALUES (:n)"), {"n": n})


def count(conn: Connection) -> int:
    return conn.execute(text("SELECT count(*) FROM counted")).scalar_one()


async def test_what_is_deleted_is_overwritten_in_the_file(database: Database, path: Path):
    await database.write(lambda conn: conn.execute(text("CREATE TABLE said (words TEXT)")) and None)
    await database.write(lambda conn: conn.execute(text("INSERT INTO said VALUES ('a word of mine')")) and None)
    await database.write(lambda conn: conn.execute(text("DELETE FROM said")) and None)
    await database.close()
    assert b"a word of mine" not in await asyncio.to_thread(path.read_bytes)


@pytest.mark.parametrize("killed_after", [1, 41, 333, 1_500])
def test_after_a_kill_what_was_acknowledged_is_there_and_the_rest_is_whole_or_absent(path: Path, killed_after: int):
    script = Path(__file__).with_name("writer_to_kill.py")
    with subprocess.Popen([sys.executable, script, f"sqlite:///{path}"], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        acknowledged = [int(child.stdout.readline()) for _ in range(killed_after)]
        child.kill()
        acknowledged += [int(line) for line in child.stdout.read().split(b"\n")[:-1]]
    kept = sqlite3.connect(path)
    halves = dict(kept.execute("SELECT n, group_concat(half, '') FROM pairs GROUP BY n").fetchall())
    kept.close()
    assert set(acknowledged) <= set(halves)
    assert set(halves.values()) == {"ab"}


async def test_writes_that_wait_are_committed_together(database: Database, path: Path):
    """Counted by the transactions that another connection can see."""
    watcher = sqlite3.connect(path)
    versions: set[int] = set()

    async def write(n: int) -> None:
        await database.write(partial(insert, n=n))
        versions.add(watcher.execute("PRAGMA data_version").fetchone()[0])

    await asyncio.gather(*(write(n) for n in range(200)))
    assert len(versions) == 1  # for they were asked in one turn of the loop
    versions.clear()
    await asyncio.gather(*(write(n) for n in range(200, 1000)))
    watcher.close()
    assert await database.read(count) == 1000
    assert 1 < len(versions) <= 4  # so many callers do not all wait for one commit


async def test_writes_of_many_turns_that_wait_are_committed_together(database: Database, path: Path):
    watcher, versions = sqlite3.connect(path), set[int]()
    begun, free = threading.Event(), threading.Event()

    async def write(n: int) -> None:
        await database.write(partial(insert, n=n))
        versions.add(watcher.execute("PRAGMA data_version").fetchone()[0])

    held = asyncio.ensure_future(database.write(lambda _: (begun.set(), free.wait(10))))
    await asyncio.to_thread(begun.wait)
    waiting: list[asyncio.Future[None]] = []
    for n in range(50):
        waiting.append(asyncio.ensure_future(write(n)))
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)  # until the last of them has been handed over
    free.set()
    await asyncio.gather(held, *waiting)
    watcher.close()
    assert await database.read(count) == 50
    assert len(versions) == 1


async def test_a_second_process_writes_the_same_file_at_the_same_time(database: Database, path: Path):
    program = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)\n"
        "print('ready', flush=True)\n"
        "for n in range(1000, 1100): c.execute('INSERT INTO counted VALUES (?)', (n,))\n"
    )
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", program, str(path), stdout=-1)
    assert child.stdout is not None
    await child.stdout.readline()
    for n in range(100):
        await database.write(partial(insert, n=n))
    assert await asyncio.wait_for(child.wait(), 30) == 0
    assert await database.read(count) == 200


async def test_processes_that_make_and_upgrade_the_same_file_at_once_all_succeed(path: Path):
    program = (
        "import asyncio, sys\n"
        "from trillm.storage.database import Database\n"
        "from trillm.storage.migrate import is_current, prepare\n"
        "async def main():\n"
        "    database = await Database.open(sys.argv[1])\n"
        "    await prepare(database)\n"
        "    assert await is_current(database)\n"
        "    await database.close()\n"
        "asyncio.run(main())\n"
    )
    run = partial(asyncio.create_subprocess_exec, sys.executable, "-c", program, f"sqlite:///{path}")
    children = [await run() for _ in range(3)]
    assert [await asyncio.wait_for(child.wait(), 60) for child in children] == [0, 0, 0]


async def test_a_reader_does_not_wait_for_a_writer_of_another_process(database: Database, path: Path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO counted VALUES (1)")
    assert await asyncio.wait_for(database.read(count), 5) == 0
    waiting = asyncio.ensure_future(database.write(partial(insert, n=2)))
    other.execute("COMMIT")
    other.close()
    await waiting
    assert await database.read(count) == 2


async def test_a_full_disk_fails_the_whole_group_and_the_next_write_works(database: Database):
    def limit(conn: Connection, pages: int) -> None:
        conn.execute(text(f"PRAGMA max_page_count = {pages}"))

    def insert_much(conn: Connection, n: int) -> None:
        conn.execute(text("INSERT INTO counted VALUES (:n)"), {"n": n})
        conn.execute(text("CREATE TABLE IF NOT EXISTS big (b BLOB)"))
        conn.execute(text("INSERT INTO big VALUES (zeroblob(1000000))"))

    await database.write(partial(limit, pages=10))
    results = await asyncio.gather(
        *(database.write(partial(insert_much, n=n)) for n in range(3)), return_exceptions=True
    )
    assert {type(result) for result in results} == {Unavailable}
    assert "The database is full: its disk takes no more;" in str(results[0])
    assert await database.read(count) == 0
    await database.write(partial(limit, pages=1_000_000))
    await database.write(partial(insert_much, n=7))
    assert await database.read(count) == 1


def written_back(path: Path) -> int:
    """Count the rows that are in the file itself, whatever its log holds."""
    file = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    try:
        return file.execute("SELECT count(*) FROM counted").fetchone()[0]
    except sqlite3.DatabaseError:  # the table is not there yet, or is just being written
        return 0
    finally:
        file.close()


def times_begun(log: Path) -> int:
    """Return how often the log has begun anew, which its head counts."""
    with log.open("rb") as file:
        return int.from_bytes(file.read(16)[12:], "big")


def wait_until_written_back(path: Path, rows: int) -> None:
    """Wait in this thread: the keeper has its own, and needs no event loop."""
    deadline = time.monotonic() + 30
    while written_back(path) < rows:
        assert time.monotonic() < deadline
        time.sleep(0.01)


async def test_the_log_is_written_back_while_the_writer_goes_on(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("trillm.storage.sqlite._PASS", 10)
    database = await Database.open(f"sqlite:///{path}")
    await database.write(lambda conn: conn.execute(text("CREATE TABLE counted (n INTEGER PRIMARY KEY)")) and None)
    for n in range(25):
        await database.write(partial(insert, n=n))
    await asyncio.to_thread(wait_until_written_back, path, 10)
    assert await database.read(count) == 25
    await database.close()
    assert written_back(path) == 25
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.timeout(60)
async def test_a_log_that_grows_without_a_pause_begins_anew_all_the_same(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("trillm.storage.sqlite._PASS", 20)
    monkeypatch.setattr("trillm.storage.sqlite._MOST", 100)
    database = await Database.open(f"sqlite:///{path}")
    await database.write(lambda conn: conn.execute(text("CREATE TABLE big (b BLOB)")) and None)
    log = path.with_name("trillm.db-wal")

    def insert_pages(conn: Connection) -> None:
        conn.execute(text("INSERT INTO big VALUES (zeroblob(12000))"))

    async def write_on() -> None:
        while times_begun(log) < 3:
            await database.write(insert_pages)

    await asyncio.gather(*(write_on() for _ in range(8)))
    await database.close()


async def test_a_log_that_cannot_be_written_back_loses_nothing(path: Path, monkeypatch: pytest.MonkeyPatch):
    database = await Database.open(f"sqlite:///{path}")
    await database.write(lambda conn: conn.execute(text("CREATE TABLE big (b BLOB)")) and None)
    await database.write(lambda conn: conn.execute(text("INSERT INTO big VALUES (zeroblob(3000000))")) and None)
    await database.write(lambda conn: conn.execute(text("CREATE TABLE counted (n INTEGER PRIMARY KEY)")) and None)
    await database.close()
    monkeypatch.setattr("trillm.storage.sqlite._PASS", 1)
    again = await Database.open(f"sqlite:///{path}")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))  # the log begins anew; the table lies beyond
    try:
        for n in range(20):
            await again.write(partial(insert, n=n))
        assert await again.read(count) == 20
        assert written_back(path) == 0
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    await again.write(partial(insert, n=20))
    await asyncio.to_thread(wait_until_written_back, path, 21)
    await again.close()


@pytest.mark.parametrize("jobs", [1, 3])
async def test_work_that_fails_leaves_nothing_and_disturbs_nobody(database: Database, jobs: int):
    def fail(conn: Connection) -> None:
        insert(conn, 100)
        raise ValueError("its own")

    written = [database.write(partial(insert, n=n)) for n in range(1, jobs)]
    failed, *others = await asyncio.gather(database.write(fail), *written, return_exceptions=True)
    assert isinstance(failed, ValueError)
    assert others == [None] * (jobs - 1)
    assert await database.read(count) == jobs - 1
    await database.write(partial(insert, n=100))


async def test_work_whose_transaction_ended_under_it_is_not_taken_for_committed(database: Database):
    def lose(conn: Connection) -> None:
        insert(conn, 1)
        conn.execute(text("ROLLBACK"))

    with pytest.raises(Unavailable):
        await database.write(lose)
    assert await database.read(count) == 0


async def test_a_file_that_cannot_be_written_is_unavailable(tmp_path: Path):
    taken = tmp_path / "file"
    taken.write_text("not a directory")
    with pytest.raises(Unavailable):
        await Database.open(f"sqlite:///{taken}/trillm.db")
    with pytest.raises(Unavailable, match="of another kind"):
        await Database.open(f"sqlite:///{taken}")
    with pytest.raises(Unavailable):
        await Database.open(f"sqlite:///{tmp_path}")
    with pytest.raises(Unavailable, match="cannot be opened"):
        await Database.open("sqlite:////proc/1/environ")


@pytest.mark.parametrize("how", ["deleted", "replaced"])
async def test_nothing_is_written_to_a_file_that_is_gone(database: Database, path: Path, how: str):
    aside = path.with_name("aside.db")
    shutil.move(path, aside)
    if how == "replaced":
        shutil.copyfile(aside, path)
    for work in (partial(insert, n=1), count):
        with pytest.raises(Unavailable):
            await database.write(work)
    with pytest.raises(Unavailable):
        await database.ping()
    shutil.move(aside, path)
    await database.write(partial(insert, n=2))
    await database.ping()
    assert await database.read(count) == 1


async def test_a_lock_that_is_held_too_long_is_unavailable(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("trillm.storage.sqlite._BUSY_SECONDS", 0.05)
    database = await Database.open(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="held by another program"):
        await database.ping()
    other.close()
    await database.ping()
    await database.close()


async def test_the_file_is_its_owners_only_and_its_directory_is_made(database: Database, path: Path):
    await database.ping()
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


async def test_closing_ends_a_log_that_is_being_written_back(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("trillm.storage.sqlite._PASS", 1)
    for _ in range(20):
        database = await Database.open(f"sqlite:///{path}")
        await database.write(lambda conn: conn.execute(text("CREATE TABLE IF NOT EXISTS counted (n)")) and None)
        await asyncio.wait_for(database.close(), 30)
        assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_closing_finishes_what_is_queued_and_refuses_more(database: Database, path: Path):
    queued = [asyncio.ensure_future(database.write(partial(insert, n=n))) for n in range(20)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*queued)
    with pytest.raises(Unavailable):
        await database.write(partial(insert, n=99))
    with sqlite3.connect(path) as kept:
        assert kept.execute("SELECT count(*) FROM counted").fetchone() == (20,)
    kept.close()


async def test_a_migration_that_would_orphan_rows_changes_nothing(database: Database):
    def orphan(conn: Connection) -> None:
        conn.execute(text("CREATE TABLE child (n INTEGER REFERENCES counted(n))"))
        conn.execute(text("INSERT INTO child VALUES (404)"))

    with pytest.raises(Unavailable, match="nothing was changed"):
        await database.migrate(orphan)
    with pytest.raises(Unavailable):
        await database.read(lambda conn: conn.execute(text("SELECT * FROM child")).all())


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://root:hunter2@db/x", "mysql is not supported"),
        ("hunter2", "not a URL"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("postgresql://u:hunter2@h:port/x", "not a URL"),
    ],
)
async def test_a_url_that_cannot_be_used_is_explained_without_its_secrets(url: str, reason: str):
    with pytest.raises(InvalidInput, match=reason) as refused:
        await Database.open(url)
    assert "hunter2" not in str(refused.value)
    assert refused.value.field == "database_url"
