"""A query is an event log: everything that happens to it is one ordered list of these."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

EVENTS_PER_EPOCH = 1_000_000_000
"""Event ids are `epoch * EVENTS_PER_EPOCH + number`: they grow across restarts and stay exact in JavaScript."""


class EventType(StrEnum):
    """The types of the contract's event stream."""

    QUERY = "query"
    RESPONSE_STARTED = "response.started"
    RESPONSE_DELTA = "response.delta"
    RESPONSE_COMPLETED = "response.completed"
    RESPONSE_FAILED = "response.failed"
    RANKING = "ranking"
    JUDGE = "judge"
    SYNTHESIS_STARTED = "synthesis.started"
    SYNTHESIS_DELTA = "synthesis.delta"
    SYNTHESIS_COMPLETED = "synthesis.completed"
    DONE = "done"
    ERROR = "error"


class Event(NamedTuple):
    """One thing that happened: its id in the query's log, its type, and its data as one line of JSON bytes."""

    id: int
    type: EventType
    data: bytes

    def encode(self) -> bytes:
        """Return the block of the contract's event stream."""
        return b"id: %d\nevent: %s\ndata: %s\n\n" % (self.id, self.type.encode(), self.data)
