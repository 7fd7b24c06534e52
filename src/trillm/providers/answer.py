"""One model's answer, kept in time: four clocks, retries before the first token, a breaker, and always one outcome.

The deltas pass through untouched. A timer for each would cost more than the delta itself, so an answer has one timer:
it is set for the nearest limit and, when it rings, looks whether that limit has moved on meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from trillm.providers.breaker import Breakers
from trillm.providers.provider import Delta, Finish, ModelRequest, Provider
from trillm.providers.retry import RetryBudget, Verdict
from trillm.vocabulary.errors import ProviderError
from trillm.vocabulary.ids import now
from trillm.vocabulary.response import Failure, ResponseStatus, Usage

LONGEST_WAIT_SECONDS = 7 * 86_400.0
"""What is believed of a vendor that asks to be left alone for ever."""
CLOSE_SECONDS = 2
"""How long a provider may take to let go of a stream."""

_STATUS = {
    "connect-timeout": ResponseStatus.TIMEOUT,
    "first-token-timeout": ResponseStatus.TIMEOUT,
    "gap-timeout": ResponseStatus.TIMEOUT,
    "total-timeout": ResponseStatus.TIMEOUT,
    "refused": ResponseStatus.REFUSED,
    "truncated": ResponseStatus.TRUNCATED,
    "empty": ResponseStatus.EMPTY,
    "cancelled": ResponseStatus.CANCELLED,
}

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Clocks:
    """How long to wait, in seconds."""

    connect: float = 5
    """For a connection; kept by the provider, which alone knows when it has one."""
    first_token: float = 30
    """From asking to the first piece of text, for each attempt."""
    gap: float = 20
    """Between events once there is text; before it, a model may think in silence."""
    total: float = 90
    """For everything: all attempts and the waits between them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an answer ended. `status` is final; `error` is None only for a complete answer. Cost None: not known."""

    status: ResponseStatus
    usage: Usage
    cost_usd: float | None
    first_token_ms: float | None
    response_time_ms: float
    error: Failure | None
    warnings: tuple[str, ...] = ()


class Answerer:
    """Asks providers within the clocks; the retry budget and the breakers are shared with all other calls."""

    def __init__(
        self,
        clocks: Clocks,
        *,
        retries: RetryBudget,
        breakers: Breakers,
        count_retry: Callable[[str], None] | None = None,
    ) -> None:
        self._clocks, self._retries, self._breakers = clocks, retries, breakers
        self._count_retry = count_retry

    def is_left_alone(self, key: str) -> bool:
        """Whether `provider:model` failed too often just now to be asked."""
        return self._breakers.state(key) == "open"

    async def answer(self, provider: Provider, request: ModelRequest) -> AsyncGenerator[Delta | Outcome]:
        """Yield the answer's deltas, then exactly one Outcome; nothing is raised but the caller's own cancellation.

        Closing the iterator closes the provider's at once. Text that arrived before a failure stands.
        """
        call = _Call(self._clocks)
        outcome: Outcome | None = None
        self._retries.earn(provider.name)
        try:
            while outcome is None:
                try:
                    async with self._ask(provider, request) as events:
                        call.sent()
                        while isinstance(event := await call.read(events), Delta):
                            if event.text:
                                call.heard(event.text)
                                yield event
                    outcome = call.ended(event)
                except ProviderError as error:
                    delay, why = self._verdict(provider, request, error, call)
                    if delay is None:
                        outcome = call.failed(error, why)
                    else:
                        if self._count_retry is not None:
                            self._count_retry(_key(provider, request))
                        await asyncio.sleep(delay)
            yield outcome
        finally:
            call.stop()

    @asynccontextmanager
    async def _ask(self, provider: Provider, request: ModelRequest) -> AsyncGenerator[AsyncIterator[Delta | Finish]]:
        """Open the stream of one attempt; close it, type its failure and tell the breaker, however it ends."""
        permit = self._breakers.admit(_key(provider, request))
        events: AsyncIterator[Delta | Finish] | None = None
        try:
            events = provider.query(request)
            yield events
            permit.settle(None)
        except ProviderError as error:
            permit.settle(error)
            raise
        except Exception as error:
            # A door: providers may be third parties' code, and one of three failing must not fail the other two.
            _logger.exception("provider %s broke its contract", provider.name)
            raise ProviderError("internal", "Its provider failed in a way that it should not; see the log.") from error
        finally:
            permit.release()
            await _close(provider, events)

    def _verdict(self, provider: Provider, request: ModelRequest, error: ProviderError, call: _Call) -> Verdict:
        if call.has_text or self._breakers.state(_key(provider, request)) != "closed":
            return Verdict(None)
        return self._retries.decide(provider.name, error, call.attempts, call.left)


def _key(provider: Provider, request: ModelRequest) -> str:
    return f"{provider.name}:{request.model}"


async def _close(provider: Provider, events: AsyncIterator[Delta | Finish] | None) -> None:
    close = getattr(events, "aclose", None)
    if close is None:
        return
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await close()
    except Exception:  # a door, as above: the answer is already known
        _logger.exception("provider %s did not close its stream", provider.name)


class _Call:
    """The state of one answer and its timer. Times are the event loop's, in seconds."""

    def __init__(self, clocks: Clocks) -> None:
        self._loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - for the type: an async generator runs in a task
        self._task = task
        """Who reads the whole answer: asked for once, because asking costs as much as a delta's bookkeeping."""
        self._clocks = clocks
        self._started = self._sent = self._loop.time()
        self._ends = self._started + clocks.total
        self._first_token: float | None = None
        self._visible = False
        self.attempts = 0
        self._due = self._ends
        self._timer: asyncio.TimerHandle | None = None
        self._rang = False
        self._reader: asyncio.Task[object] | None = None
        """Who waits for the provider; None between reads, as a slow consumer is not a slow vendor."""

    @property
    def has_text(self) -> bool:
        """Whether text has been passed on, so that the call cannot be made again."""
        return self._first_token is not None

    @property
    def left(self) -> float:
        """Seconds until the total clock runs out."""
        return self._ends - self._loop.time()

    def sent(self) -> None:
        """Start the first-token clock of an attempt."""
        self.attempts += 1
        self._sent = self._loop.time()

    def heard(self, text: str) -> None:
        """Take note of a piece of text."""
        if self._first_token is None:
            self._first_token = self._loop.time()
        self._visible = self._visible or not text.isspace()

    async def read(self, events: AsyncIterator[Delta | Finish]) -> Delta | Finish | None:
        """Return the next event, None at the end; raises ProviderError when a clock runs out first.

        The timer cancels the reading task; as with asyncio.timeout, a cancellation by anybody else is told apart by
        the task's count of them, and wins.
        """
        task = self._task
        before = task.cancelling()
        self._set(task)
        try:
            return await anext(events, None)
        except asyncio.CancelledError as error:
            if self._rang or task.cancelling():
                raise
            raise RuntimeError("the provider cancelled itself") from error
        finally:
            self._reader = None
            if self._rang:
                self._rang = False
                if task.uncancel() <= before:
                    raise self._overdue()

    def _set(self, task: asyncio.Task[object]) -> None:
        now = self._loop.time()
        limit = self._sent + self._clocks.first_token if self._first_token is None else now + self._clocks.gap
        self._due = min(limit, self._ends)
        if now >= self._ends:  # events may come so fast that the timer never gets its turn
            raise self._overdue()
        if self._timer is None or self._timer.when() > self._due:
            self.stop()
            self._timer = self._loop.call_at(self._due, self._ring)
        self._reader = task

    def _ring(self) -> None:
        self._timer = None
        if self._reader is None:
            return
        if self._loop.time() < self._due:
            self._timer = self._loop.call_at(self._due, self._ring)
        else:
            self._rang = True
            self._reader.cancel()

    def stop(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _overdue(self) -> ProviderError:
        clocks = self._clocks
        if self._due >= self._ends:
            return ProviderError("total-timeout", f"Not finished within {clocks.total:g} s.")
        if self._first_token is None:
            return ProviderError("first-token-timeout", f"No text within {clocks.first_token:g} s.")
        return ProviderError("gap-timeout", f"It fell silent for {clocks.gap:g} s in the middle of its answer.")

    def ended(self, finish: Finish | None) -> Outcome:
        """Return the outcome of a stream that ended by itself; without a Finish it was cut."""
        finish = finish or Finish("truncated", warnings=("The provider's stream ended without a finish.",))
        status, detail = _judge(finish, self._visible)
        error = None if status is ResponseStatus.COMPLETE else Failure(status.value, detail)
        return self._outcome(status, error, finish)

    def failed(self, error: ProviderError, why: str) -> Outcome:
        """Return the outcome of a call that failed for good."""
        status = _STATUS.get(error.type, ResponseStatus.FAILED)
        detail = f"{error.detail or error.title} {why}".rstrip()
        return self._outcome(status, Failure(error.type, detail, _retry_at(error)), None)

    def _outcome(self, status: ResponseStatus, error: Failure | None, finish: Finish | None) -> Outcome:
        first = self._first_token
        return Outcome(
            status=status,
            usage=Usage() if finish is None else finish.usage,
            cost_usd=None if finish is None else finish.cost_usd,
            first_token_ms=None if first is None else (first - self._started) * 1000,
            response_time_ms=(self._loop.time() - self._started) * 1000,
            error=error,
            warnings=() if finish is None else finish.warnings,
        )


def _retry_at(error: ProviderError) -> datetime | None:
    if not error.retry_after:
        return None
    return now() + timedelta(seconds=min(error.retry_after, LONGEST_WAIT_SECONDS))


def _judge(finish: Finish, visible: bool) -> tuple[ResponseStatus, str]:
    """Return the status of an answer that ended with this finish, and why it is not complete."""
    if finish.reason == "refused":
        return ResponseStatus.REFUSED, "The model or its vendor declined to answer."
    if visible and finish.reason == "complete":
        return ResponseStatus.COMPLETE, ""
    if visible:
        return ResponseStatus.TRUNCATED, "It was cut off before its end."
    if finish.reason == "complete":
        return ResponseStatus.EMPTY, "It ended without a visible word."
    if finish.usage.output_tokens:
        spent = finish.usage.output_tokens
        return (
            ResponseStatus.EMPTY,
            f"It spent all of its {spent} tokens without a visible word, most likely on thinking.",
        )
    return ResponseStatus.EMPTY, "It was cut off before its first visible word."
