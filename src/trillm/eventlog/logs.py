"""All event logs of this process: live ones in memory, closed ones kept on disk for replay."""

from __future__ import annotations

import errno
import logging
import os
import tempfile
import time
import zlib
from collections.abc import Callable
from contextlib import suppress

from trillm.eventlog.log import EventLog
from trillm.vocabulary.event import Event, EventType

log = logging.getLogger(__name__)

KEEP_SECONDS = 3600.0
"""How long a closed log can be replayed byte for byte at the least (the contract's hour)."""


class EventLogs:
    """Finds the log of a query.

    A closed log is compressed into an unnamed temporary file, so that the memory of the process does not grow with what
    it has answered. Two files take turns, an hour each: a log can be replayed for one to two hours, then its file goes.
    Where the disk takes none, no question is lost for it: what is kept of a query has to do for its readers.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._live: dict[str, EventLog] = {}
        self._shelves: list[_Shelf] = []
        self._begin_shelf()

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
            events = shelf.take(query_id)
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
            for shelf in self._shelves[:1]:
                try:
                    shelf.put(query_id, live.events)
                except OSError as error:
                    log.warning("a log cannot be kept for replay", extra={"reason": error.strerror})

    def forget(self, query_id: str) -> None:
        """Drop the log of a deleted query for good."""
        live = self._live.pop(query_id, None)
        if live is not None:
            live.close()
        for shelf in self._shelves:
            shelf.drop(query_id)

    def shut(self) -> None:
        """Close every log and release the files."""
        for query_id in list(self._live):
            self._live.pop(query_id).close()
        for shelf in self._shelves:
            shelf.file.close()
        self._shelves.clear()

    def _turn(self) -> None:
        if not self._shelves or self._clock() - self._shelves[0].begun < KEEP_SECONDS:
            return
        self._begin_shelf()
        for old in self._shelves[2:]:
            old.file.close()
        del self._shelves[2:]

    def _begin_shelf(self) -> None:
        try:
            self._shelves.insert(0, _Shelf(self._clock()))
        except OSError as error:  # there is no directory for temporary files, say
            log.warning("logs cannot be kept for replay", extra={"reason": error.strerror})


class _Shelf:
    def __init__(self, begun: float) -> None:
        self.begun = begun
        # without a buffer: what the disk does not take is told at once, and not by whoever writes next
        self.file = tempfile.TemporaryFile(buffering=0, prefix="trillm-events-")  # noqa: SIM115 - lives as the shelf does
        self._places: dict[str, tuple[int, int]] = {}

    def put(self, query_id: str, events: list[Event]) -> None:
        press = zlib.compressobj(1, zlib.DEFLATED, 13, 5)  # zlib's usual 256 kB take longer to set up than to use
        packed = press.compress(b"".join([event.encode() for event in events])) + press.flush()
        self.drop(query_id)  # an earlier epoch's events are not to outlive a deletion
        place = self.file.seek(0, 2)
        if self.file.write(packed) != len(packed):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._places[query_id] = (place, len(packed))

    def take(self, query_id: str) -> list[Event] | None:
        place = self._places.get(query_id)
        if place is None:
            return None
        self.file.seek(place[0])
        return _decode(zlib.decompress(self.file.read(place[1])))

    def drop(self, query_id: str) -> None:
        place = self._places.pop(query_id, None)
        if place is not None:
            with suppress(OSError):  # where nothing can be overwritten, the words go with the file
                self.file.seek(place[0])
                self.file.write(bytes(place[1]))  # deleted for good: the words go, not only the way to them


def _decode(blocks: bytes) -> list[Event]:
    events: list[Event] = []
    for block in blocks.split(b"\n\n")[:-1]:
        number, name, data = block.split(b"\n", 2)
        events.append(Event(int(number[4:]), EventType(name[7:].decode()), data[6:]))
    return events
