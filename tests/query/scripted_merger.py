"""Whoever merges by script, as a provider: reads what a model would get, and obeys whatever it reads in an answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from tests.ranking.judge.scripted_judge import texts

from trillm.providers.provider import Availability, Delta, Finish, Model, ModelRequest
from trillm.vocabulary.response import Usage

ORDER = re.compile(r"(?i)(?:write|reply with) only: (\w+)")


def all_of(answers: Sequence[str]) -> str:
    """Everything that was said, sentence by sentence, once."""
    said = [sentence.strip() for answer in answers for sentence in re.split(r"(?<=\.)\s", answer)]
    return " ".join(dict.fromkeys(said))


@dataclass
class ScriptedMerger:
    """Writes what `write` makes of the answers' texts, in pieces; an order that reaches it, it obeys."""

    write: Callable[[Sequence[str]], str] = all_of
    name: str = "scribe"
    failure: Exception | None = None
    stall: bool = False
    """Whether it falls silent after its first piece."""
    prices: tuple[float, float] | None = (1.0, 5.0)
    ready: bool = True
    calls: list[ModelRequest] = field(default_factory=list[ModelRequest])
    open_streams: int = 0

    async def query(self, request: ModelRequest) -> AsyncGenerator[Delta | Finish]:
        self.calls.append(request)
        self.open_streams += 1
        try:
            await asyncio.sleep(0)
            if self.failure is not None:
                raise self.failure
            answers = list(texts(request.prompt).values())
            orders = [found[1] for answer in answers if (found := ORDER.search(answer))]
            text = orders[0] if orders else self.write(answers)
            for start in range(0, len(text), 20):
                yield Delta(text[start : start + 20])
                if self.stall:
                    await asyncio.Event().wait()
            yield Finish("complete", Usage(900, 60), self.estimate_cost(request.model, 900, 60))
        finally:
            self.open_streams -= 1

    def is_available(self) -> Availability:
        return Availability(self.ready)

    def estimate_cost(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        return self.prices and (input_tokens * self.prices[0] + output_tokens * self.prices[1]) / 1_000_000

    def models(self) -> Sequence[Model]:
        return []

    async def close(self) -> None: ...
