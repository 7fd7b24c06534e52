"""An honest fake vendor that passes the provider contract: for tests, demonstrations and third parties' suites."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass

from trillm.providers.provider import Availability, Delta, Finish, FinishReason, Model, ModelRequest
from trillm.vocabulary.errors import ProviderError
from trillm.vocabulary.response import Usage


@dataclass(frozen=True, slots=True)
class Script:
    """How one call goes: the pieces of text, in order, and what happens instead of or after them. Times in seconds."""

    pieces: Sequence[str] = ("Paris ", "is the ", "capital.")
    delay: float = 0
    """Before each piece."""
    finish: FinishReason | None = "complete"
    """None: the vendor's stream just ends, without a finish reason."""
    usage: Usage | None = None
    """None: a token for each word of what is said before the answer, and for each piece of it."""
    failure: Exception | None = None
    """Raised in place of the finish: after all pieces, so no pieces mean before the first token."""
    stall: bool = False
    """Whether it falls silent in place of the finish, with the connection open."""


class FakeProvider:
    """Answers by script: `scripts` names for each model how its calls go; the last script holds for all further calls.

    `calls` are the requests received and `open_streams` counts the streams not yet ended or closed. `prices` are USD
    for a million tokens in and out.
    """

    def __init__(
        self,
        scripts: Mapping[str, Script | Sequence[Script]],
        *,
        name: str = "fake",
        prices: Mapping[str, tuple[float, float]] | None = None,
        availability: Availability | None = None,
    ) -> None:
        self.name = name
        self.calls: list[ModelRequest] = []
        self.open_streams = 0
        self.closed = False
        self._scripts = {model: [s] if isinstance(s, Script) else list(s) for model, s in scripts.items()}
        self._prices = dict(prices or {})
        self._availability = availability or Availability(ready=True)

    def script(self, model: str, *scripts: Script) -> None:
        """Set how the next calls of a model go."""
        self._scripts[model] = list(scripts)

    async def query(self, request: ModelRequest) -> AsyncGenerator[Delta | Finish]:
        """Play the model's next script."""
        script = self._next(request)
        self.open_streams += 1
        try:
            for piece in script.pieces:
                await asyncio.sleep(script.delay)
                yield Delta(piece)
            if script.stall:
                await asyncio.Event().wait()
            if script.failure is not None:
                raise script.failure
            yield self._finish(request, script)
        finally:
            self.open_streams -= 1

    def _next(self, request: ModelRequest) -> Script:
        if self.closed:
            raise ProviderError("not-configured", "The provider is closed.")
        if not self._availability.ready:
            raise ProviderError("not-configured", self._availability.reason)
        scripts = self._scripts.get(request.model)
        if not scripts:
            raise ProviderError("model-not-found", "There is no script for this model.")
        self.calls.append(request)
        return scripts.pop(0) if len(scripts) > 1 else scripts[0]

    def _finish(self, request: ModelRequest, script: Script) -> Finish:
        words = sum(len(text.split()) for _, text in request.messages)
        usage = script.usage or Usage(input_tokens=words, output_tokens=len(script.pieces))
        if script.finish is None:
            return Finish("truncated", Usage(), None, ("The stream ended without a finish reason.",))
        cost = self.estimate_cost(request.model, usage.input_tokens or 0, usage.output_tokens or 0)
        return Finish(script.finish, usage, cost)

    def is_available(self) -> Availability:
        """Say what the constructor was told."""
        return self._availability

    def estimate_cost(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """Multiply by the prices given, if any."""
        price = self._prices.get(model)
        return None if price is None else (input_tokens * price[0] + output_tokens * price[1]) / 1_000_000

    def models(self) -> Sequence[Model]:
        """List the models that have a script."""
        prices = self._prices
        return [
            Model(self.name, model, f"Fake {model}", "Answers by script.", *prices.get(model, (None, None)), local=True)
            for model in self._scripts
        ]

    async def close(self) -> None:
        """Refuse further queries."""
        self.closed = True
