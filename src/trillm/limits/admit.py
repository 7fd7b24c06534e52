"""The one question to this room: may this caller ask now?"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from trillm.limits.address import allowance_key
from trillm.limits.budget import DailyBudget, nano_usd
from trillm.limits.window import DailyCount, MovingWindow
from trillm.vocabulary.errors import LimitExceeded
from trillm.vocabulary.ids import now as utc_now

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What callers may do. By address: `per_minute` and `daily_queries` (0: no limit). Together: `daily_budget_usd`
    (None: no limit). A query whose cost nobody can tell counts as `unknown_cost_usd`."""

    per_minute: int = 10
    daily_queries: int = 0
    daily_budget_usd: float | None = None
    unknown_cost_usd: float = 0.05
    """About what three models of middle price take for a thousand tokens each."""
    max_addresses: int = 20_000
    """How many addresses are remembered, some 12 MB; beyond it the one that was quiet longest starts afresh."""


class Admission:
    """Leave to ask one query. Ends with `settle` or `release`, exactly once; later calls change nothing."""

    def __init__(self, budget: DailyBudget, reserved: int) -> None:
        self._budget = budget
        self._reserved = reserved
        self._open = True

    def settle(self, actual_usd: float | None) -> None:
        """Record what the query cost; None (not known) counts as what was reserved."""
        if self._open:
            self._open = False
            self._budget.settle(self._reserved, nano_usd(actual_usd, default=self._reserved))

    def release(self) -> None:
        """Give the money back: nothing was sent, as with an answer from the cache. The query itself still counts."""
        self.settle(0.0)


class Limits:
    """Admits queries. Belongs to one event loop; no call waits, so each is one atomic step.

    The day is UTC's. `spent_today_usd` is what the store knows to be spent today when the process starts; counts of
    queries by address start at nothing.
    """

    def __init__(
        self,
        allowance: Allowance,
        *,
        spent_today_usd: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._allowance = allowance
        self._clock = clock
        self._now = now
        self._today = now().date()
        self._minute = MovingWindow(allowance.per_minute, MINUTE, allowance.max_addresses)
        self._day = DailyCount(allowance.daily_queries, allowance.max_addresses)
        self._budget = DailyBudget(allowance.daily_budget_usd, spent_today_usd)

    @property
    def spent_today_usd(self) -> float:
        """What was settled today."""
        self._turn_day()
        return self._budget.spent_usd

    @property
    def reserved_usd(self) -> float:
        """What queries that still run may cost."""
        return self._budget.reserved_usd

    def admit(self, address: str | None, estimate_usd: float | None) -> Admission:
        """Count a query of this address and reserve its expected cost (0: free; None: not known).

        Raises LimitExceeded, of type `limit-exceeded`, `daily-limit` or `budget-exceeded`; nothing is counted then.
        """
        self._turn_day()
        key, at = allowance_key(address), self._clock()
        nano = nano_usd(estimate_usd, default=nano_usd(self._allowance.unknown_cost_usd, default=0))
        self._refuse(key, at, nano)
        if self._allowance.per_minute:
            self._minute.hit(key, at)
        if self._allowance.daily_queries:
            self._day.hit(key)
        return self._reserve(nano)

    def resume(self, estimate_usd: float | None) -> Admission:
        """Reserve for a query that was admitted before a restart: it counts, and is never refused."""
        return self._reserve(nano_usd(estimate_usd, default=nano_usd(self._allowance.unknown_cost_usd, default=0)))

    def afford(self, estimate_usd: float | None) -> Admission | None:
        """Reserve for a call within an admitted query, such as the judge's; None when today's money is used up."""
        self._turn_day()
        nano = nano_usd(estimate_usd, default=nano_usd(self._allowance.unknown_cost_usd, default=0))
        return self._reserve(nano) if self._budget.admits(nano) else None

    def fields(self, address: str | None) -> dict[str, str]:
        """Return `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10) for any answer."""
        self._turn_day()
        key, policies, states = allowance_key(address), list[str](), list[str]()
        if self._allowance.per_minute:
            remaining, reset = self._minute.standing(key, self._clock())
            policies.append(f'"minute";q={self._allowance.per_minute};w={MINUTE}')
            states.append(f'"minute";r={remaining};t={math.ceil(reset)}')
        if self._allowance.daily_queries:
            policies.append(f'"day";q={self._allowance.daily_queries};w=86400')
            states.append(f'"day";r={self._day.remaining(key)};t={math.ceil(self._to_midnight())}')
        return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)} if policies else {}

    def _refuse(self, key: str, at: float, nano: int) -> None:
        allowance = self._allowance
        if allowance.per_minute:
            remaining, reset = self._minute.standing(key, at)
            if remaining <= 0:
                raise LimitExceeded(f"At most {allowance.per_minute} questions a minute.", retry_after=reset)
        if allowance.daily_queries and self._day.remaining(key) <= 0:
            detail = f"At most {allowance.daily_queries} questions a day; the day ends at midnight UTC."
            raise LimitExceeded(detail, retry_after=self._to_midnight(), type="daily-limit")
        if not self._budget.admits(nano):
            detail = "The money set aside for today is used up; the day ends at midnight UTC."
            raise LimitExceeded(detail, retry_after=self._to_midnight(), type="budget-exceeded")

    def _reserve(self, nano: int) -> Admission:
        self._budget.reserve(nano)
        return Admission(self._budget, nano)

    def _turn_day(self) -> None:
        today = self._now().date()
        if today > self._today:  # a clock that is set back does not give the day's allowance twice
            self._today = today
            self._day.start_day()
            self._budget.start_day()

    def _to_midnight(self) -> float:
        moment = self._now()
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return (midnight - moment).total_seconds()
