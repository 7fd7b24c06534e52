"""What can be asked, and how its reply is read: TriLLM streamed and waited for, and anybody's chat completions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

Reader = Callable[[bytes, float], None]
KEY = "sk-bench-0123456789abcdef"
"""What every request carries, as the peer's master key; mock vendors and TriLLM do not look at it."""


@dataclass(slots=True)
class Asked:
    """One question as its asker saw it; times are CLOCK_MONOTONIC seconds."""

    tag: str
    started: float = 0.0
    first: float | None = None
    """When the first visible text was read."""
    done: float | None = None
    """When the final event was read."""
    error: str = ""
    deltas: list[tuple[str, int, float]] = field(default_factory=list[tuple[str, int, float]])
    """(model, length of its text so far, when it was read)."""

    def read(self, model: str, length: int, now: float) -> None:
        """Note that `model`'s text is now `length` long."""
        if self.first is None:
            self.first = now
        self.deltas.append((model, length, now))

    def lengths(self) -> dict[str, int]:
        """Return the length of every model's whole text."""
        return {model: length for model, length, _ in self.deltas}


class Target(Protocol):
    """What is asked: the request for a question, and a reader of the reply's body."""

    def request(self, question: str) -> bytes:
        """Return the whole HTTP request."""
        ...

    def reader(self, asked: Asked) -> Reader:
        """Return what takes the body's pieces with the time each was read."""
        ...


def http_post(path: str, body: dict[str, Any], accept: str) -> bytes:
    """Return a POST of JSON, with the key that mock vendors and peers take."""
    data = orjson.dumps(body)
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: {accept}\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {KEY}\r\ncontent-length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


class _Blocks:
    """Splits a body into the blocks of an event stream."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        *blocks, self._rest = (self._rest + data).split(b"\n\n")
        return blocks


@dataclass(frozen=True, slots=True)
class TrillmStream:
    """TriLLM's event stream; the whole panel answers unless `models` are named."""

    models: tuple[str, ...] = ()

    def request(self, question: str) -> bytes:
        """Ask with `Accept: text/event-stream`."""
        body = {"question": question} | ({"models": self.models} if self.models else {})
        return http_post("/api/query", body, "text/event-stream")

    def reader(self, asked: Asked) -> Reader:
        """Read deltas, and `done` with its status."""
        blocks, models, lengths = _Blocks(), dict[str, str](), dict[str, int]()

        def read(data: bytes, now: float) -> None:
            for block in blocks.feed(data):
                head, _, payload = block.partition(b"\ndata: ")
                kind = head.rpartition(b"event: ")[2]
                if kind == b"response.delta":
                    delta = orjson.loads(payload)
                    model = models[delta["response_id"]]
                    lengths[model] = lengths.get(model, 0) + len(delta["text"])
                    asked.read(model, lengths[model], now)
                elif kind == b"query":
                    models.update(
                        {response["id"]: response["model"] for response in orjson.loads(payload)["responses"]}
                    )
                elif kind == b"done":
                    asked.done = now
                    status = orjson.loads(payload)["status"]
                    asked.error = "" if status == "complete" else f"status {status}"

        return read


@dataclass(frozen=True, slots=True)
class TrillmWhole:
    """TriLLM's JSON reply, waited for."""

    models: tuple[str, ...] = ()

    def request(self, question: str) -> bytes:
        """Ask with `Accept: application/json`."""
        body = {"question": question} | ({"models": self.models} if self.models else {})
        return http_post("/api/query", body, "application/json")

    def reader(self, asked: Asked) -> Reader:
        """Read the query object."""

        def note(reply: Any, now: float) -> None:
            for response in reply["responses"]:
                asked.read(response["model"], len(response["text"]), now)
            asked.error = "" if reply["status"] == "complete" else f"status {reply['status']}"

        return _whole_reader(asked, note)


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat completion of one model: the floor when sent to the mock itself, else a peer's own dialect."""

    model: str
    stream: bool = True

    def request(self, question: str) -> bytes:
        """Ask for a chat completion."""
        body = {"model": self.model, "stream": self.stream, "messages": [{"role": "user", "content": question}]}
        return http_post("/v1/chat/completions", body, "text/event-stream" if self.stream else "application/json")

    def reader(self, asked: Asked) -> Reader:
        """Read chunks up to [DONE], or the whole completion."""
        if not self.stream:

            def note(reply: Any, now: float) -> None:
                asked.read(self.model, len(reply["choices"][0]["message"]["content"]), now)

            return _whole_reader(asked, note)
        blocks, length = _Blocks(), 0

        def read(data: bytes, now: float) -> None:
            nonlocal length
            for block in blocks.feed(data):
                if block == b"data: [DONE]":
                    asked.done = now
                elif block.startswith(b"data: "):
                    choices = orjson.loads(block[6:])["choices"]
                    if choices and (text := choices[0]["delta"].get("content")):
                        length += len(text)
                        asked.read(self.model, length, now)

        return read


def _whole_reader(asked: Asked, note: Callable[[Any, float], None]) -> Reader:
    body = bytearray()

    def read(data: bytes, now: float) -> None:
        body.extend(data)
        try:
            reply = orjson.loads(body)
        except orjson.JSONDecodeError:
            return
        note(reply, now)
        asked.done = now

    return read
