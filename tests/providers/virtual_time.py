"""The call around a vendor in virtual time: whenever nothing is ready, the clock jumps to the next timer."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

from trillm.providers.answer import Answerer, Clocks, Outcome
from trillm.providers.breaker import Breakers
from trillm.providers.fake import FakeProvider, Script
from trillm.providers.provider import Delta, ModelRequest
from trillm.providers.retry import Backoff, RetryBudget

CLOCKS = Clocks(first_token=30, gap=20, total=90)
REQUEST = ModelRequest("m", "What is the capital of France?")


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that sleeps by moving its clock."""

    def __init__(self) -> None:
        super().__init__(_Jumping(self))
        self.seconds = 0.0
        self.timers: list[asyncio.TimerHandle] = []

    def call_at(self, when: float, *args: Any, **kwargs: Any) -> asyncio.TimerHandle:
        self.timers.append(super().call_at(when, *args, **kwargs))
        return self.timers[-1]

    def time(self) -> float:
        return self.seconds


class _Jumping(selectors.DefaultSelector):  # type: ignore[valid-type,misc]
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "the test waits for something that never comes"
        self._loop.seconds += max(timeout, 0)
        return super().select(0)


def virtually(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run an asynchronous test in virtual time."""

    def run() -> None:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(test())

    run.__name__ = test.__name__
    return run


def now() -> float:
    return asyncio.get_running_loop().time()


def answerer(clocks: Clocks = CLOCKS, *, breakers: Breakers | None = None, jitter: float = 1) -> Answerer:
    retries = RetryBudget(backoff=Backoff(), random=lambda: jitter)
    return Answerer(clocks, retries=retries, breakers=breakers or Breakers(now=now))


def fake(*scripts: Script) -> FakeProvider:
    return FakeProvider({"m": scripts}, prices={"m": (1.0, 2.0)})


async def ask(provider: Any, asking: Answerer | None = None) -> tuple[str, Outcome]:
    """Return the text and the one outcome that ends the answer."""
    events = [event async for event in (asking or answerer()).answer(provider, REQUEST)]
    *deltas, outcome = events
    assert isinstance(outcome, Outcome)
    return "".join(delta.text for delta in deltas if isinstance(delta, Delta)), outcome
