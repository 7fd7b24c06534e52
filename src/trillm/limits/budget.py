"""The deployment's money for a day: reserved before a query is sent, settled with what it cost."""

from __future__ import annotations

import math

_NANO = 1_000_000_000


class DailyBudget:
    """`reserved + spent` never passes `limit_usd` by admission (None: no limit; 0: only what is free is admitted).

    Counts in whole nano-dollars, so that a budget for ten queries admits ten. Nothing here waits: within one event loop
    looking and reserving are one step.
    """

    def __init__(self, limit_usd: float | None, spent_usd: float = 0.0) -> None:
        self._limit = None if limit_usd is None else nano_usd(limit_usd, default=0)
        self._spent = nano_usd(spent_usd, default=0)
        self._reserved = 0

    @property
    def spent_usd(self) -> float:
        """What was settled today."""
        return self._spent / _NANO

    @property
    def reserved_usd(self) -> float:
        """What queries that still run may cost."""
        return self._reserved / _NANO

    def admits(self, nano: int) -> bool:
        """Whether this much more may be reserved; what is free always may."""
        return not nano or self._limit is None or self._spent + self._reserved + nano <= self._limit

    def reserve(self, nano: int) -> None:
        """Set money aside; the caller has asked `admits` before."""
        self._reserved += nano

    def settle(self, reserved: int, actual: int) -> None:
        """Replace a reservation by what was really spent, even where that is more."""
        self._reserved -= reserved
        self._spent += actual

    def start_day(self) -> None:
        """Forget what was spent the day before; what still runs stays reserved and is settled in the new day."""
        self._spent = 0


def nano_usd(usd: float | None, *, default: int) -> int:
    """Return whole nano-dollars; what is not a finite amount of at least 0 is unknown and counts as `default`."""
    if usd is None or not math.isfinite(usd) or usd < 0:
        return default
    return round(usd * _NANO)
