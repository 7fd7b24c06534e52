"""Judges by script, as providers: they read the prompt that a model would get and reply in the form it asks for."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from trillm.providers.answer import Answerer, Clocks
from trillm.providers.breaker import Breakers
from trillm.providers.provider import Availability, Delta, Finish, FinishReason, Model, ModelRequest
from trillm.providers.registry import Registry
from trillm.providers.retry import RetryBudget
from trillm.ranking.judge.judge import Judge, Terms
from trillm.ranking.learned.learned import Learned
from trillm.ranking.ranker import Candidate, Ranker
from trillm.vocabulary.response import ResponseStatus, Usage

Decide = Callable[[dict[str, str]], str]
"""From texts by label to the label that is preferred."""


def material(prompt: str) -> dict[str, Any]:
    """Return the data in the envelope, as an attentive reader finds it: between two lines with the same number."""
    begins, line, ends, *_ = prompt.split("\n")
    opened, closed = re.fullmatch(r"Material ([0-9a-f]{16})", begins), re.fullmatch(r"End of material (\w+)", ends)
    assert opened is not None
    assert closed is not None
    assert opened[1] == closed[1]
    return json.loads(line)


def texts(prompt: str) -> dict[str, str]:
    return {answer["label"]: answer["text"] for answer in material(prompt)["answers"]}


def longest(answers: dict[str, str]) -> str:
    return max(answers, key=lambda label: len(answers[label]))


def reply(labels: Sequence[str], better: str, why: str = "It is right and leaves nothing out.") -> dict[str, Any]:
    marks = {"relevance": 80, "completeness": 70, "clarity": 60, "accuracy": 50}
    scores = [{"label": label, **(dict.fromkeys(marks, 90) if label == better else marks)} for label in labels]
    return {"analysis": "I have checked each of them.", "scores": scores, "better": better, "why": why}


@dataclass
class ScriptedJudge:
    """Prefers what `decide` says; `wrap` makes of the reply what is sent, which may be no reply at all."""

    decide: Decide = longest
    name: str = "court"
    wrap: Callable[[str], str] = field(default=lambda said: said)
    why: str = "It is right and leaves nothing out."
    finish: FinishReason | None = "complete"
    failures: list[Exception] = field(default_factory=list[Exception])
    stall: bool = False
    prices: tuple[float, float] | None = (0.1, 0.5)
    ready: bool = True
    listed: Sequence[Model] = ()
    calls: list[ModelRequest] = field(default_factory=list[ModelRequest])
    open_streams: int = 0

    async def query(self, request: ModelRequest) -> AsyncGenerator[Delta | Finish]:
        self.calls.append(request)
        self.open_streams += 1
        try:
            await asyncio.sleep(0)
            if self.failures:
                raise self.failures.pop(0)
            if self.stall:
                await asyncio.Event().wait()
            answers = texts(request.prompt)
            said = self.wrap(json.dumps(reply(list(answers), self.decide(answers), self.why)))
            for start in range(0, len(said), 50):
                yield Delta(said[start : start + 50])
            if self.finish is not None:
                yield Finish(self.finish, Usage(1000, 100), self.estimate_cost(request.model, 1000, 100))
        finally:
            self.open_streams -= 1

    def is_available(self) -> Availability:
        return Availability(self.ready)

    def estimate_cost(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        del model
        if self.prices is None:
            return None
        return (input_tokens * self.prices[0] + output_tokens * self.prices[1]) / 1_000_000

    def models(self) -> Sequence[Model]:
        return self.listed or [Model(self.name, "wise", "Wise", judges=True)]

    async def close(self) -> None:
        pass


def answerer(clocks: Clocks | None = None) -> Answerer:
    return Answerer(clocks or Clocks(), retries=RetryBudget(random=lambda: 0.0), breakers=Breakers())


def judge_of(
    *providers: Any, below: Ranker | None = None, terms: Terms | None = None, seed: int | None = None
) -> Judge:
    """Return a judge over these providers."""
    draw = None if seed is None else Random(seed)
    return Judge(Registry(providers), answerer(), below or Learned(), terms=terms, draw=draw)


def candidates(*texts: str) -> list[Candidate]:
    """Return complete answers "a", "b", "c" … of one maker each."""
    return [
        Candidate(chr(97 + n), f"maker{chr(97 + n)}", f"maker{chr(97 + n)}-1", ResponseStatus.COMPLETE, text, 100.0 * n)
        for n, text in enumerate(texts)
    ]
