"""Whether and when a failed call is made again, under a budget that keeps an outage from being amplified.

Exponential backoff with full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
Retry budgets: https://sre.google/sre-book/handling-overload/ ("Deciding to Retry").
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from trillm.vocabulary.errors import ProviderError


class Verdict(NamedTuple):
    """Ask again after `delay` seconds, or not at all (None): `why` says so to people where the failure does not."""

    delay: float | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often at most (the first attempt included) and how far apart, in seconds, a call is made."""

    attempts: int = 3
    base: float = 0.25
    cap: float = 8

    def ceiling(self, attempt: int) -> float:
        """Return the longest wait after this attempt, counted from 1."""
        return min(self.cap, self.base * 2 ** (attempt - 1))


class RetryBudget:
    """A token bucket for each provider: a first attempt earns `ratio` of a retry, up to `burst` are saved.

    However many calls fail, the vendor gets at most `1 + ratio` times the calls that were asked for, and the burst: as
    many as three models of one vendor need for two retries each.
    """

    def __init__(
        self,
        *,
        ratio: float = 0.15,
        burst: float = 6,
        backoff: Backoff | None = None,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._ratio, self._burst, self._random = ratio, burst, random
        self._backoff = backoff or Backoff()
        self._tokens: dict[str, float] = {}

    def earn(self, provider: str) -> None:
        """Count a first attempt."""
        self._tokens[provider] = min(self._burst, self._tokens.get(provider, self._burst) + self._ratio)

    def decide(self, provider: str, error: ProviderError, attempt: int, left: float) -> Verdict:
        """Decide after the failure of an attempt (from 1) with `left` seconds on the clock; a delay spends a token."""
        if not error.retry:
            return Verdict(None)
        if attempt >= self._backoff.attempts:
            return Verdict(None, f"Asked {attempt} times.")
        # Jitter on top of what the vendor asks for: everybody was told the same number.
        delay = max(0, error.retry_after or 0) + self._random() * self._backoff.ceiling(attempt)
        if delay >= left:
            wait = f"It asks to wait {error.retry_after:.0f} s, longer" if error.retry_after else "Waiting takes longer"
            return Verdict(None, f"{wait} than the {max(left, 0):.0f} s left.")
        tokens = self._tokens.get(provider, self._burst)
        if tokens < 1:
            return Verdict(None, "Not asked again: too many of its calls fail just now.")
        self._tokens[provider] = tokens - 1
        return Verdict(delay)
