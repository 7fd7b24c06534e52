"""What the analytics' doors have in common."""

from __future__ import annotations

from pydantic import BaseModel


class LatencyObject(BaseModel):
    """Percentiles in milliseconds; null when nothing was measured."""

    p50: float | None
    p95: float | None
    p99: float | None


class CostObject(BaseModel):
    """What is known in USD, and how many answers cost an amount that nobody knows."""

    known_usd: float
    unknown: int
