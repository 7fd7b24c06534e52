"""All event logs of this process: live ones in memory, closed ones kept on disk for replay."""

from __future__ import annotations

import logging
import sqlite3
import time
import zlib
from collections.abc import Callable

from trillm.eventlog.log import EventLog
from trillm.vocabulary.event import Event, EventType

log = logging.getLogger(__name__)

_CACHE = -256
"""Of a shelf, in kB as SQLite's pragma takes it."""
KEEP_SECONDS = 3600.0
"""How long a closed log can be replayed byte for byte at the least (the contract's hour)."""


class EventLogs:
    """Finds the log of a query.

    A closed log is compressed into an unnamed temporary file, its place as well, so that the memory of the process does
    not grow with what it has answered. Two files take turns, an hour each: a log can be replayed for one to two hours,
    then its file goes. Where the disk takes none, no question is lost for it: what is kept of a query has to do for its
    readers.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._live: dict[str, EventLog] = {}
        self._shelves = [_Shelf(clock())]

    def open(self, query_id: str, epoch: int) -> EventLog:
        """Open the log of a query that begins, or goes on in a new epoch: then it begins anew with what there is."""
        live = self._live[query_id] = EventLog(epoch)
        return live

    def find(self, query_id: str) -> EventLog | None:
        """Return the log, live or closed; None when it was never here or its time is over."""
        live = self._live.get(query_id)
        if live is not None:
            return live
        self._turn()
        for shelf in self._shelves:
            try:
                events = shelf.take(query_id)
            except (sqlite3.Error, zlib.error) as error:  # the file is damaged; what is kept of the query has to do
                log.warning("a log cannot be replayed", extra={"reason": str(error)})
                return None
            if events is not None:
                closed = EventLog(0, events)
                closed.close()
                return closed
        return None

    def close(self, query_id: str) -> None:
        """Close the log of a query and put it on the shelf."""
        live = self._live.pop(query_id, None)
        if live is not None:
            live.close()
            self._turn()
            try:
                for shelf in self._shelves[:1]:
                    shelf.put(query_id, live.events)
                for older in self._shelves[1:]:
                    if older.has(query_id):  # of an epoch before, which is not to outlive this one
                        older.drop(query_id)
            except sqlite3.Error as error:
                log.warning("a log cannot be kept for replay", extra={"reason": str(error)})
                self._drop(query_id)  # else an earlier epoch's would be taken for it

    def forget(self, query_id: str) -> None:
        """Drop the log of a deleted query for good."""
        live = self._live.pop(query_id, None)
        if live is not None:
            live.close()
        self._drop(query_id)

    def shut(self) -> None:
        """Close every log and release the files."""
        for query_id in list(self._live):
            self._live.pop(query_id).close()
        for shelf in self._shelves:
            shelf.close()
        self._shelves.clear()

    def _turn(self) -> None:
        if self._shelves and self._clock() - self._shelves[0].begun >= KEEP_SECONDS:
            self._shelves.insert(0, _Shelf(self._clock()))
            for old in self._shelves[2:]:
                old.close()
            del self._shelves[2:]

    def _drop(self, query_id: str) -> None:
        for place, shelf in enumerate(self._shelves):
            try:
                shelf.drop(query_id)
            except sqlite3.Error as error:  # a disk that takes nothing; what was deleted goes, the others with it
                log.warning("logs kept for replay are dropped", extra={"reason": str(error)})
                self._shelves[place] = _Shelf(shelf.begun)
                shelf.close()


class _Shelf:
    """A database without a name: SQLite writes what its small cache cannot hold to a file that goes with it."""

    def __init__(self, begun: float) -> None:
        self.begun = begun
        self._logs = sqlite3.connect("", isolation_level=None)
        for statement in (
            f"PRAGMA cache_size = {_CACHE}",
            "PRAGMA journal_mode = MEMORY",  # a disk that is full must not damage what is there
            "PRAGMA secure_delete = ON",  # deleted for good: the words go, not only the way to them
            "CREATE TABLE logs (query_id TEXT PRIMARY KEY, events BLOB)",
        ):
            self._logs.execute(statement)

    def put(self, query_id: str, events: list[Event]) -> None:
        press = zlib.compressobj(1, zlib.DEFLATED, 13, 5)  # zlib's usual 256 kB take longer to set up than to use
        packed = press.compress(b"".join([event.encode() for event in events])) + press.flush()
        self._logs.execute("REPLACE INTO logs VALUES (?, ?)", (query_id, packed))

    def take(self, query_id: str) -> list[Event] | None:
        row = self._logs.execute("SELECT events FROM logs WHERE query_id = ?", (query_id,)).fetchone()
        return None if row is None else _decode(zlib.decompress(row[0]))

    def has(self, query_id: str) -> bool:
        return self._logs.execute("SELECT 1 FROM logs WHERE query_id = ?", (query_id,)).fetchone() is not None

    def drop(self, query_id: str) -> None:
        self._logs.execute("PRAGMA cache_size = 1")  # else the words stay in the file until other pages need the room
        self._logs.execute("DELETE FROM logs WHERE query_id = ?", (query_id,))
        self._logs.execute(f"PRAGMA cache_size = {_CACHE}")

    def close(self) -> None:
        self._logs.close()


def _decode(blocks: bytes) -> list[Event]:
    events: list[Event] = []
    for block in blocks.split(b"\n\n")[:-1]:
        number, name, data = block.split(b"\n", 2)
        events.append(Event(int(number[4:]), EventType(name[7:].decode()), data[6:]))
    return events
