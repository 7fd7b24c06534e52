"""Splitting of server-sent events (WHATWG HTML, section 9.2) by bytes: only their data matters to the dialects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

import orjson

from trillm.vocabulary.errors import ProviderError

MAX_LINE = 1 << 20
"""Bytes of a line, and of one event's data, beyond which the stream is refused."""
DONE: Final = object()
"""What OpenAI's dialects write as `[DONE]` behind the last event."""
_BOM = b"\xef\xbb\xbf"
_DONE = b"[DONE]"
_EVENT = re.compile(rb"^(?:event: .*\n)?data: (.*)\n\n", re.MULTILINE)


class EventStream:
    """Feed it network chunks as they come; it returns the data of the events that each chunk completes.

    Comments and all fields but `data` are skipped; CR, LF and CRLF end a line wherever the chunks are cut.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._data: list[bytes] = []
        self._held = 0
        self._after_cr = False
        self._first = True

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the data of the events completed by this chunk; ProviderError too-large beyond the bounds.

        The bound is looked at before the chunk is taken, so that no event already complete is lost to it.
        """
        if len(self._rest) > MAX_LINE or self._held > MAX_LINE:
            raise ProviderError("too-large", f"A line of the answer is longer than {MAX_LINE >> 20} MiB.")
        if self._after_cr and chunk[:1] == b"\n":
            chunk = chunk[1:]
        self._after_cr = chunk[-1:] == b"\r"
        if b"\n" not in chunk and b"\r" not in chunk:
            self._rest += chunk
            return []
        if self._rest:
            chunk = bytes(self._rest) + chunk
            self._rest.clear()
        if self._first:
            self._first = False
            chunk = chunk.removeprefix(_BOM)
        if chunk.endswith(b"\n\n") and not (self._data or b"\r" in chunk):
            # Whole events, as nearly always: where nothing else is there, a pattern finds them in a third of the time.
            found: list[bytes] = _EVENT.findall(chunk)
            names = chunk.count(b"\nevent: ") + chunk.startswith(b"event: ")
            if chunk.count(b"\n") == 2 * len(found) + names:
                return found
        lines = chunk.splitlines()
        if chunk[-1] not in b"\r\n":
            self._rest += lines.pop()
        return self._take(lines)

    def finish(self) -> list[bytes]:
        """Return the data of an event that the end of the stream left without its empty line, if there is one."""
        lines = [bytes(self._rest).removeprefix(_BOM if self._first else b""), b""]
        self._rest.clear()
        return self._take(lines)

    def _take(self, lines: list[bytes]) -> list[bytes]:
        events: list[bytes] = []
        for line in lines:
            if not line:
                if self._data:
                    events.append(self._data[0] if len(self._data) == 1 else b"\n".join(self._data))
                    self._data = []
                    self._held = 0
            elif line.startswith(b"data:"):
                data = line[6:] if line[5:6] == b" " else line[5:]
                self._data.append(data)
                self._held += len(data) + 1
        return events


def parsed(batch: Sequence[bytes]) -> Iterable[Any]:
    """Return what the data of events hold as JSON, DONE among it: read as one list, in two thirds of the time.

    Where that is not what they are, one by one; the ValueError of a bad one comes after all that stand before it.
    """
    ended = bool(batch) and batch[-1] == _DONE
    with suppress(ValueError):
        together = orjson.loads(b"[%b]" % b",".join(batch[:-1] if ended else batch))
        if len(together) == len(batch) - ended:
            return [*together, DONE] if ended else together
    return (DONE if data == _DONE else orjson.loads(data) for data in batch)
