"""The event log of one query, held in memory while it is live: append at one end, tail from anywhere."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator
from typing import Any

import orjson

from trillm.vocabulary.event import EVENTS_PER_EPOCH, Event, EventType


class EventLog:
    """Events in order, under growing ids; any number of readers, each from where it likes.

    Belongs to one event loop. Appending never waits: a slow reader reads later, in larger pieces.
    """

    def __init__(self, epoch: int, events: list[Event] | None = None) -> None:
        self._events = events or []
        self._next = epoch * EVENTS_PER_EPOCH + 1
        self._closed = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._followers = 0

    @property
    def is_followed(self) -> bool:
        """Whether somebody follows it now."""
        return self._followers > 0

    @property
    def next_id(self) -> int:
        """The id that the next event will have."""
        return self._next

    @property
    def events(self) -> list[Event]:
        """All events so far."""
        return self._events

    def append(self, type: EventType, data: dict[str, Any] | bytes) -> int:
        """Add an event (its data as an object, or as JSON bytes already) and return its id."""
        event_id = self._next
        self._next += 1
        self._events.append(Event(event_id, type, data if isinstance(data, bytes) else orjson.dumps(data)))
        self._tell()
        return event_id

    def close(self) -> None:
        """Say that nothing more will come; every reader then ends."""
        self._closed.set()
        self._tell()

    async def tail(self, after: int = 0) -> AsyncIterator[list[Event]]:
        """Yield the events with an id above `after`, all that are there at once, then follow until the log closes."""
        position = bisect_right(self._events, after, key=lambda event: event.id)
        self._followers += 1
        try:
            while True:
                if position < len(self._events):
                    batch = self._events[position:]
                    position += len(batch)
                    yield batch
                elif self._closed.is_set():
                    return
                else:
                    await self._wait()
        finally:
            self._followers -= 1

    async def closed(self) -> None:
        """Wait until the log is closed."""
        await self._closed.wait()

    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, []
        for news in waiting:
            if not news.done():  # a reader that goes away cancels its own
                news.set_result(None)

    async def _wait(self) -> None:
        news = asyncio.get_running_loop().create_future()
        self._waiting.append(news)
        await news
