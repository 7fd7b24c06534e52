"""Provider `local`: SmolLM2-135M in a child process, as three differently instructed voices."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
import time
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trillm.providers.local.install import model_path
from trillm.providers.local.process import EngineProcess, Message
from trillm.providers.provider import Availability, Delta, Finish, FinishReason, Model, ModelRequest
from trillm.vocabulary.conversation import bounded
from trillm.vocabulary.errors import ProviderError
from trillm.vocabulary.response import Usage

ENGINE = "trillm.providers.local.engine"
MAX_TOKENS = 220
"""An answer's length: what one core writes in about ten seconds while three voices speak."""
CONVERSATION_BYTES = 1_200
"""Of earlier turns, in UTF-8: 300 tokens of the 2048 in English, a thousand in scripts that it hardly knows."""
USD_PER_TOKEN = 0.0
LOAD_SECONDS = 60.0
"""A quiet machine needs under one; a cold disk and busy cores may need many."""
STARTS, START_WINDOW = 3, 60.0
"""An engine that dies is started again, but at most so many times in so many seconds."""
SAMPLING: Mapping[str, float] = {"temperature": 0.3, "top_p": 0.9, "repeat_penalty": 1.12}
"""Without the penalty this model repeats itself for ever (measured 2026-11)."""
TUNABLE = ("temperature", "top_p", "seed")
ENDS: Mapping[str | None, FinishReason] = {"stop": "complete"}


@dataclass(frozen=True, slots=True)
class Voice:
    """How the one model is made to answer. So small a model follows an example far better than an instruction."""

    name: str
    system: str
    example: str | None
    description: str


EXAMPLE_QUESTION = "Why do leaves fall in autumn?"
VOICES = (
    Voice(
        "brief",
        "You answer in one or two short sentences.",
        "Trees drop their leaves to save water and energy in the cold months.",
        "answers in a sentence or two",
    ),
    Voice(
        "steps",
        "You answer in numbered steps.",
        "1. Days get shorter and colder.\n2. The tree stops making the green pigment and closes the veins of each leaf."
        "\n3. The leaf dries and falls, which saves water in winter.",
        "answers in numbered steps",
    ),
    Voice("plain", "Explain in plain words, in one short paragraph.", None, "answers in a paragraph"),
)


class LocalProvider:
    """The embedded model. `start` preloads it; otherwise the first question does. A dead engine is started again."""

    name = "local"

    def __init__(self, data_dir: Path, *, threads: int | None = None, max_tokens: int = MAX_TOKENS) -> None:
        self._data_dir = data_dir
        # llama.cpp spins while it waits for its threads and collapses on busy cores: leave half of them alone.
        self._threads = threads or max(1, min(4, (os.cpu_count() or 1) // 2))
        self._max_tokens = max_tokens
        self._voices = {f"smollm2-135m-{voice.name}": voice for voice in VOICES}
        self._engine: asyncio.Task[EngineProcess] | None = None
        self._starts: deque[float] = deque(maxlen=STARTS)
        self._installed = False
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The engine's process id, None while there is none."""
        engine = self._running()
        return engine.pid if engine else None

    async def start(self) -> None:
        """Load the model now, so that the first question need not wait; ProviderError when it cannot be."""
        await self._started()

    async def query(self, request: ModelRequest) -> AsyncGenerator[Delta | Finish]:
        """Ask one voice and stream its answer."""
        body = self._body(request)
        engine = await self._started()
        async with aclosing(engine.ask(body)) as messages:
            async for message in messages:
                if "error" in message:
                    raise ProviderError(message["error"], message["detail"])
                yield Delta(message["text"]) if "text" in message else _finish(message)

    def is_available(self) -> Availability:
        """Say whether the engine and the model are installed and the engine does not keep dying."""
        if not self._installed and (missing := self._missing()):
            return Availability(ready=False, reason=missing)
        self._installed = True  # looking costs 200 µs; a file that goes away later fails the start
        if not self._running() and (wait := self._pause()):
            return Availability(ready=False, reason=f"The local model keeps failing; next try in {wait:.0f} s.")
        return Availability(ready=True)

    def estimate_cost(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """Return 0.0 for a voice: it runs here. Another model is not known."""
        return (input_tokens + output_tokens) * USD_PER_TOKEN if model in self._voices else None

    def models(self) -> Sequence[Model]:
        """List the voices."""
        return [
            Model(
                provider=self.name,
                name=name,
                label=f"SmolLM2 135M, {voice.name} voice (tiny, often wrong)",
                description=f"A very small model on this machine; {voice.description}. Often wrong: a demonstration.",
                input_usd=USD_PER_TOKEN,
                output_usd=USD_PER_TOKEN,
                local=True,
            )
            for name, voice in self._voices.items()
        ]

    async def close(self) -> None:
        """End the engine."""
        self._closed = True
        if self._engine is None:
            return
        self._engine.cancel()
        await asyncio.wait([self._engine])
        if not self._engine.cancelled() and self._engine.exception() is None:
            await self._engine.result().close()

    def _missing(self) -> str:
        """Say what is not installed, empty when nothing is missing."""
        if importlib.util.find_spec("xllamacpp") is None:
            return "The engine is not installed: pip install 'trillm[local]'"
        if model_path(self._data_dir) is None:
            return "The local model is not installed: trillm models install"
        return ""

    def _running(self) -> EngineProcess | None:
        task = self._engine
        if task is None or not task.done() or task.cancelled() or task.exception() is not None:
            return None
        return task.result() if task.result().alive else None

    async def _started(self) -> EngineProcess:
        """Return the running engine, starting one when there is none; whoever asks meanwhile waits for the same."""
        if self._engine is None or (self._engine.done() and not self._running()):
            self._engine = asyncio.create_task(self._start_engine())
            self._engine.add_done_callback(_look_at)
        return await asyncio.shield(self._engine)

    async def _start_engine(self) -> EngineProcess:
        path = model_path(self._data_dir)
        if self._closed or path is None or self._missing():
            raise ProviderError("not-configured", self._missing() or "The local model is closed.")
        if wait := self._pause():
            raise ProviderError("server-error", self.is_available().reason, retry=False, retry_after=wait)
        self._starts.append(time.monotonic())
        command = (sys.executable, "-P", "-m", ENGINE, str(path), str(self._threads))
        return await EngineProcess.spawn(command, LOAD_SECONDS)

    def _pause(self) -> float:
        """Seconds until the engine may be started again; 0.0 when it may be now."""
        if len(self._starts) < STARTS:
            return 0.0
        return max(0.0, self._starts[0] + START_WINDOW - time.monotonic())

    def _body(self, request: ModelRequest) -> dict[str, Any]:
        """Compose what the engine is asked."""
        voice = self._voices.get(request.model)
        if voice is None:
            raise ProviderError("model-not-found", "There is no such local model.")
        messages = [{"role": "system", "content": request.system or voice.system}]
        if voice.example and request.system is None:
            messages.append({"role": "user", "content": EXAMPLE_QUESTION})
            messages.append({"role": "assistant", "content": voice.example})
        messages += [{"role": role, "content": _as_data(text)} for role, text in _within_reach(request).messages]
        limit = min(request.max_output_tokens or self._max_tokens, self._max_tokens)
        chosen = {key: request.options[key] for key in TUNABLE if key in request.options}
        return {"messages": messages, "max_tokens": limit, **SAMPLING, **chosen}


def _look_at(task: asyncio.Task[EngineProcess]) -> None:
    """Take note of a failure that nobody waits for any more, so that asyncio does not complain of it."""
    if not task.cancelled():
        task.exception()


def _as_data(text: str) -> str:
    """Break the model's own control marks (`<|im_start|>`): llama.cpp would read them as turns of the conversation."""
    return text.replace("<|", "< |")


def _within_reach(request: ModelRequest) -> ModelRequest:
    """Return the request with no more of its conversation than there is room for beside a question and an answer."""
    said = "".join(turn.question + turn.answer for turn in request.conversation)
    room = CONVERSATION_BYTES * len(said) // max(1, len(said.encode(errors="replace")))  # in this script's characters
    return replace(request, conversation=bounded(reversed(request.conversation), room))


def _finish(message: Message) -> Finish:
    usage = Usage(
        input_tokens=message.get("input_tokens"),
        output_tokens=message.get("output_tokens"),
        cached_input_tokens=message.get("cached_tokens", 0),
    )
    return Finish(ENDS.get(message["finish"], "truncated"), usage, cost_usd=0.0)
