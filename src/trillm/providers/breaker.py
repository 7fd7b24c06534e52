"""A breaker per model: what failed five times running is left alone for a while, then tried with one probe.

closed     five failures running, within the window: open
open       after the pause: half-open
half-open  one call is let through: answered: closed; failed: open
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from trillm.vocabulary.errors import ProviderError

BreakerState = Literal["closed", "open", "half-open"]

# The vendor replied as it should; that the reply is of no use lies in the question or the model.
ANSWERED = frozenset({"bad-request", "context-length", "refused", "truncated", "empty"})
# Nothing was learnt about the vendor: it was not asked, not heard out, or the defect is ours.
SILENT = frozenset({"not-configured", "cancelled", "breaker-open", "internal"})
# All other failures count. So do a refused key and a missing model: they last until the operator acts, and asking
# again and again costs every question a round trip.

MOST_KEYS = 1024
"""Callers may name models that do not exist; the oldest breaker is forgotten rather than memory lost."""


@dataclass(slots=True)
class _Breaker:
    failures: deque[float]
    """When the latest consecutive failures happened, in seconds of the time source."""
    opened_at: float | None = None
    probing: bool = False
    reason: str = ""


class Breakers:
    """The breakers of a process, by `provider:model`. Times in seconds of `now`."""

    def __init__(
        self, *, failures: int = 5, window: float = 60, pause: float = 30, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._window, self._pause, self._now = failures, window, pause, now
        self._breakers: dict[str, _Breaker] = {}

    def state(self, key: str) -> BreakerState:
        """Say whether the model is asked (closed), left alone (open) or about to be tried (half-open)."""
        breaker = self._breakers.get(key)
        if breaker is None or breaker.opened_at is None:
            return "closed"
        return "half-open" if breaker.opened_at + self._pause <= self._now() else "open"

    def admit(self, key: str) -> Permit:
        """Let one call through; raises ProviderError("breaker-open"), never retried, when it may not be made."""
        state = self.state(key)
        if state == "closed":
            return Permit(self, key, probe=False)
        breaker = self._breakers[key]
        if state == "open" or breaker.probing:
            raise ProviderError("breaker-open", self._explain(breaker))
        breaker.probing = True
        return Permit(self, key, probe=True)

    def settle(self, key: str, *, probe: bool, error: ProviderError | None) -> None:
        """Learn from a call: `error` is how it failed, None that it was answered. A Permit calls this."""
        breaker = self._breakers.get(key)
        if breaker is not None and breaker.opened_at is not None and not probe:
            return  # a straggler from before it opened: the probe decides
        if breaker is not None:
            breaker.probing = False
        if error is None or error.type in ANSWERED:
            self._breakers.pop(key, None)
        elif error.type not in SILENT:
            self._count(key, probe, error)

    def _count(self, key: str, probe: bool, error: ProviderError) -> None:
        breaker = self._breakers.pop(key, None) or _Breaker(deque(maxlen=self._most))
        now = self._now()
        breaker.failures.append(now)
        breaker.reason = f"{error.type}: {error.detail}" if error.detail else error.type
        if probe or (len(breaker.failures) == self._most and now - breaker.failures[0] <= self._window):
            breaker.opened_at = now
        if len(self._breakers) >= MOST_KEYS:
            del self._breakers[next(iter(self._breakers))]
        self._breakers[key] = breaker

    def _explain(self, breaker: _Breaker) -> str:
        left = (breaker.opened_at or 0) + self._pause - self._now()
        when = f"in {left:.0f} s" if left >= 1 else "shortly"
        count = len(breaker.failures)
        return f"Not asked: it failed {count} times running. It is tried again {when}. Last: {breaker.reason}"


class Permit:
    """Leave to make one call; must be settled, however the call ends. Settling it again does nothing."""

    __slots__ = ("_breakers", "_key", "_open", "_probe")

    def __init__(self, breakers: Breakers, key: str, *, probe: bool) -> None:
        self._breakers, self._key, self._probe, self._open = breakers, key, probe, True

    def settle(self, error: ProviderError | None) -> None:
        """Report how the call ended: None means that the vendor answered."""
        if self._open:
            self._open = False
            self._breakers.settle(self._key, probe=self._probe, error=error)

    def release(self) -> None:
        """Report that nothing was learnt: the call was given up before its end."""
        self.settle(ProviderError("cancelled", ""))
