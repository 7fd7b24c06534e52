"""The parent's end of the pipe: starts the engine, tells the streams apart by request id, ends it."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Self

from trillm.vocabulary.errors import ProviderError

MAX_LINE = 1 << 20
"""Bytes of one message in either direction; a piece of an answer takes about fifty."""
CLOSE_SECONDS = 2.0
"""How long the engine may take to see that its stdin has ended before it is killed."""

Message = dict[str, Any]

_logger = logging.getLogger(__name__)


class EngineProcess:
    """One running engine. It is not restarted: who finds it dead starts another."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._ids = itertools.count(1)
        self._streams: dict[int, asyncio.Queue[Message | None]] = {}
        self._dead = False
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def spawn(cls, command: Sequence[str], load_timeout: float) -> Self:
        """Start an engine and wait until its model is loaded; ProviderError when that fails or takes too long."""
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=MAX_LINE
            )
        except OSError as error:
            raise ProviderError("server-error", f"The engine cannot be started: {error.strerror}") from error
        try:
            async with asyncio.timeout(load_timeout):
                await _loaded(process)
        except BaseException as error:
            await _end(process, 0)
            if isinstance(error, TimeoutError):
                raise ProviderError("server-error", f"The local model was not loaded in {load_timeout:g} s.") from None
            raise
        return cls(process)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return not self._dead and self._process.returncode is None

    async def ask(self, body: Mapping[str, Any]) -> AsyncGenerator[Message]:
        """Yield the engine's messages about one request; closing the generator cancels the request in the engine."""
        number = next(self._ids)
        line = json.dumps({**body, "id": number}).encode() + b"\n"
        if len(line) > MAX_LINE:
            raise ProviderError("context-length", "The question is too long for the local model.")
        stream = self._streams[number] = asyncio.Queue()
        wanted = True
        try:
            await self._write(line)
            while wanted:
                message = await stream.get()
                if message is None:
                    raise _died()
                wanted = "text" in message
                yield message
        finally:
            del self._streams[number]
            if wanted and self.alive and (stdin := self._process.stdin):
                stdin.write(json.dumps({"cancel": number}).encode() + b"\n")

    async def close(self) -> None:
        """End the engine and wait for it; what it was still saying is cut off."""
        await _end(self._process, CLOSE_SECONDS)
        await self._reader

    async def _write(self, line: bytes) -> None:
        if not self.alive or self._process.stdin is None:
            raise _died()
        try:
            self._process.stdin.write(line)
            await self._process.stdin.drain()
        except OSError:
            raise _died() from None

    async def _read(self) -> None:
        """Hand every message to its stream until the pipe ends; garbage, or an event loop that ends, ends it too."""
        assert self._process.stdout is not None  # noqa: S101  a pipe was asked for
        try:
            while line := await self._process.stdout.readline():
                message: Message = json.loads(line)
                if stream := self._streams.get(message["id"]):
                    stream.put_nowait(message)
        except (ValueError, KeyError, TypeError):
            _logger.warning("the local model's engine left its protocol and is ended")
        finally:
            self._dead = True
            for stream in self._streams.values():
                stream.put_nowait(None)
            await _kill(self._process)


async def _loaded(process: Process) -> None:
    """Wait for the engine's first line."""
    assert process.stdout is not None  # noqa: S101  a pipe was asked for
    try:
        line = await process.stdout.readline()
        first: Message = json.loads(line) if line else {"failed": "its process ended"}
    except ValueError:
        raise ProviderError("malformed", "The engine did not start with a line of its protocol.") from None
    if "failed" in first:
        raise ProviderError("server-error", f"The local model cannot be loaded: {first['failed']}", retry=False)


async def _end(process: Process, patience: float) -> None:
    """Close stdin, which ends the engine; kill it when that takes more than `patience` seconds."""
    if process.stdin:
        process.stdin.close()
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await process.wait()
    finally:  # Python 3.11.2 takes a timeout within a cancelled task for the cancellation
        await _kill(process)


async def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _died() -> ProviderError:
    return ProviderError("connection", "The local model's process ended while it answered.")
