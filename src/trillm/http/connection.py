"""One connection: heads that come whole, in time and within a bound, and a reader that reads; or it is closed.

uvicorn waits for ever for the rest of a head, and for a reader whose window is shut. The clocks here hold without a
proxy in front; what they cannot do (rates of connections, TLS, floods) is a proxy's.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from operator import attrgetter

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from trillm.http.problem import problem_response
from trillm.vocabulary.errors import InvalidInput, TrillmError, Unavailable
from trillm.vocabulary.ids import new_id

HEAD_SECONDS = 10.0
"""From the first moment of a connection, or the first byte of a further request, to the end of the head."""
READ_SECONDS = 60.0
"""How long a reader may leave a full buffer untouched; an event stream can be resumed afterwards."""
MAX_HEAD_BYTES = 64 * 1024
"""Of a head that is not whole yet; the gate refuses smaller ones by themselves."""
MAX_CONNECTIONS = 800
"""Below the 1,024 open files that a process commonly may have, with room for those to vendors."""


class Connection(HttpToolsProtocol):
    """uvicorn's protocol with bounds. A refusal is a problem document, then the connection ends."""

    waiting_since: float | None = None
    """The loop's time since when a head is due; None while a request is read or answered."""
    _head_clock: asyncio.TimerHandle | None = None
    _read_clock: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _had_a_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own narrowing
        """Start the clock of the first head; make room when there are too many connections."""
        super().connection_made(transport)
        self._await_head()
        if len(self.connections) > MAX_CONNECTIONS:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._stop_clocks()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, within the bound of a head that is not whole yet."""
        if self.waiting_since is None and not self._is_answering():
            self._await_head()
        super().data_received(data)
        if self.waiting_since is not None:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(InvalidInput("The request's head is too large.", type="too-large", status=431))

    def on_headers_complete(self) -> None:
        """Stop the clock of the head and begin to answer."""
        self._stop_waiting()
        super().on_headers_complete()
        self._had_a_head = True

    def pause_writing(self) -> None:
        """Start the clock of a reader that does not keep up."""
        super().pause_writing()
        self._read_clock = self.loop.call_later(READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop it: the reader reads."""
        if self._read_clock is not None:
            self._read_clock.cancel()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  (uvicorn's sentence)
        """Refuse what is not HTTP."""
        self._refuse(InvalidInput("This is not a valid HTTP request.", type="invalid-http", status=400))

    def _is_answering(self) -> bool:
        return self._had_a_head and not self.cycle.response_complete

    def _await_head(self) -> None:
        self.waiting_since, self._head_bytes = self.loop.time(), 0
        self._head_clock = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def _too_late(self) -> None:
        if self._head_bytes:
            self._refuse(InvalidInput("The request's head came too slowly.", type="too-slow", status=408))
        else:
            self.transport.close()

    def _make_room(self) -> None:
        """Close the connection that has waited longest for its head; without one, refuse this one."""
        waiting = [c for c in self.connections if isinstance(c, Connection) and c.waiting_since is not None]
        oldest = min(waiting, key=attrgetter("waiting_since"))
        if oldest is self:
            self._refuse(Unavailable("There are too many connections; try again in a moment."))
        else:
            oldest._stop_clocks()  # and is no candidate any more
            oldest.transport.abort()

    def _refuse(self, error: TrillmError) -> None:
        self._stop_clocks()
        if self.transport.is_closing():
            return
        if not self._is_answering():  # else a refusal would stand in the middle of an answer
            response = problem_response(error, new_id())
            status = f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}".encode()
            headers = [*response.raw_headers, (b"connection", b"close")]
            lines = [status, *(name + b": " + value for name, value in headers), b"", bytes(response.body)]
            self.transport.write(b"\r\n".join(lines))
        self.transport.close()

    def _stop_waiting(self) -> None:
        self.waiting_since = None
        if self._head_clock is not None:
            self._head_clock.cancel()

    def _stop_clocks(self) -> None:
        self._stop_waiting()
        if self._read_clock is not None:
            self._read_clock.cancel()
