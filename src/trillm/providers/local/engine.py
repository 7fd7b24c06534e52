"""The child process that runs the model: JSON lines in on stdin, JSON lines out on stdout, nothing else on either.

In    {"id", "messages", "max_tokens", ...}    ask; other fields are llama.cpp's sampling parameters
      {"cancel": id}                           stop it; nothing more is said about this id
Out   {"ready": true} | {"failed": sentence}   once, when the model is loaded or cannot be
      {"id", "text"}                           a piece of the answer
      {"id", "finish", "input_tokens", "cached_tokens", "output_tokens"}   the end; finish as llama.cpp says it
      {"id", "error", "detail"}                the end, as a ProviderErrorType and a sentence

It ends when stdin ends. It imports llama.cpp and the standard library only, so that it starts fast.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import queue
import secrets
import signal
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

SLOTS = 3
"""Answers generated at the same time: one for each voice."""
CONTEXT_TOKENS = 2048
"""Question and answer of one slot together."""
WAITING = 64
"""Requests that may be under way or wait for a slot; further ones are told that it is overloaded."""


class ChatServer(Protocol):
    """The part of `xllamacpp.Server` that is used: it blocks, and calls back until the callback returns True."""

    def handle_chat_completions(self, _body: dict[str, Any], _callback: Any, /) -> None:
        """Generate one answer."""
        ...


class Engine:
    """Requests by id over a fixed number of slots, each served by a thread of its own."""

    def __init__(self, server: ChatServer, out: BinaryIO) -> None:
        self._server = server
        self._out = out
        self._writing = threading.Lock()
        self._waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._wanted: set[int] = set()

    def serve(self, lines: Iterator[bytes]) -> None:
        """Read requests until the pipe is closed."""
        for _ in range(SLOTS):
            threading.Thread(target=self._work, daemon=True).start()
        self.send({"ready": True})
        for line in lines:
            message: dict[str, Any] = json.loads(line)
            if "cancel" in message:
                self._wanted.discard(message["cancel"])
            elif len(self._wanted) >= WAITING:
                self.send({"id": message["id"], "error": "overloaded", "detail": "The local model has too much to do."})
            else:
                self._wanted.add(message["id"])
                self._waiting.put(message)

    def send(self, message: dict[str, Any]) -> None:
        """Write one line; a parent that no longer reads is dead, and so is this process then."""
        with self._writing:
            try:
                self._out.write(json.dumps(message).encode() + b"\n")
                self._out.flush()
            except BrokenPipeError:
                os._exit(0)

    def _work(self) -> None:
        while True:
            request = self._waiting.get()
            number = int(request.pop("id"))
            try:
                if number in self._wanted:
                    self._answer(number, request)
            except Exception as error:  # noqa: BLE001  this thread's door: the parent records it
                self.send({"id": number, "error": "internal", "detail": f"{type(error).__name__}: {error}"})
            finally:
                self._wanted.discard(number)

    def _answer(self, number: int, request: dict[str, Any]) -> None:
        """Generate one answer and send its pieces; stop as soon as nobody wants it."""
        end: dict[str, Any] = {"id": number, "finish": None}

        def receive(chunk: dict[str, Any]) -> bool:
            if error := chunk.get("error"):
                end.update(_as_error(error))
            for choice in chunk.get("choices", ()):
                end["finish"] = choice["finish_reason"] or end["finish"]
                if (text := choice["delta"].get("content")) and number in self._wanted:
                    self.send({"id": number, "text": text})
            if usage := chunk.get("usage"):
                end["input_tokens"], end["output_tokens"] = usage["prompt_tokens"], usage["completion_tokens"]
                end["cached_tokens"] = usage.get("prompt_tokens_details", {}).get("cached_tokens", 0)
            return number not in self._wanted

        body = {**request, "stream": True, "stream_options": {"include_usage": True}}
        self._server.handle_chat_completions(body, receive)
        if number in self._wanted:
            self.send(end)


def _as_error(error: dict[str, Any]) -> dict[str, str]:
    """Translate llama.cpp's error object; its message can repeat the question, so only the known kinds are told."""
    if error.get("type") == "exceed_context_size_error":
        return {"error": "context-length", "detail": f"The question is longer than {CONTEXT_TOKENS} tokens."}
    if error.get("type") == "invalid_request_error":
        return {"error": "bad-request", "detail": "The local model refused a parameter."}
    return {"error": "server-error", "detail": "The local model failed while it answered."}


def load(model: Path, threads: int) -> ChatServer:
    """Load the model; ImportError without the package, RuntimeError when the file is no model."""
    llama: Any = importlib.import_module("xllamacpp")
    with _address() as address:
        params = llama.CommonParams()
        params.model.path = str(model)
        params.n_parallel, params.n_ctx = SLOTS, SLOTS * CONTEXT_TOKENS
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        params.n_gpu_layers = 0
        params.warmup = params.fit_params = params.ui = params.endpoint_slots = False
        params.cache_ram_mib = 0  # its default keeps up to 8 GiB of old prompts
        params.verbosity = 0
        params.n_threads_http, params.hostnames, params.api_keys = 1, [address], [secrets.token_hex(32)]
        server: ChatServer = llama.Server(params)
    return server


@contextmanager
def _address() -> Generator[str]:
    """Where llama.cpp's HTTP server, which it always starts, may listen: a socket that nobody can find, not a port."""
    if sys.platform == "win32":
        yield "127.0.0.1"  # guarded by the random key
        return
    with tempfile.TemporaryDirectory(prefix="trillm-") as folder:
        yield f"{folder}/engine.sock"


def _private_stdout() -> BinaryIO:
    """Keep stdout for the protocol: whatever a library prints goes to stderr from here on."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _die_with_parent() -> None:
    """Be killed by the kernel when the parent dies (Linux); elsewhere the end of stdin has to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes the pipe
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def main(model: Path, threads: int) -> None:
    """Serve until stdin ends. The process then just stops: tearing llama.cpp down takes time and saves nothing."""
    _die_with_parent()
    out = _private_stdout()
    try:
        engine = Engine(load(model, threads), out)
    except (ImportError, OSError, RuntimeError) as error:
        out.write(json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode() + b"\n")
        out.flush()
        os._exit(1)
    engine.serve(iter(sys.stdin.buffer.readline, b""))
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
