"""The door of the analytics: totals over everything that was asked here."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from trillm.analytics import store
from trillm.http.problem import documented
from trillm.storage.database import Database
from trillm.vocabulary.ids import now
from trillm.vocabulary.question import timestamp

router = APIRouter()


class LatencyObject(BaseModel):
    """Percentiles in milliseconds; null when nothing was measured."""

    p50: float | None
    p95: float | None
    p99: float | None


class CostObject(BaseModel):
    """What is known in USD, and how many answers cost an amount that nobody knows."""

    known_usd: float
    unknown: int


class ModelStats(BaseModel):
    """One model: attempts, how they ended, how often it was the best, how it was judged."""

    provider: str
    model: str
    asked: int
    complete: int
    failed: int
    wins: int
    cost: CostObject
    response_time: LatencyObject
    first_token: LatencyObject
    thumbs_up: int
    thumbs_down: int


class JudgeStats(BaseModel):
    """How often a judge was asked, how that ended, what it cost."""

    asked: int
    consistent: int
    undecided: int
    failed: int
    cost: CostObject


class StatsObject(BaseModel):
    """Totals since a moment; `cost` is that of answers and judges together."""

    since: datetime
    queries: int
    answered: int
    failed: int
    cached: int
    cache_hit_ratio: float | None
    cost: CostObject
    models: list[ModelStats]
    judgements: JudgeStats


@router.get(
    "/api/stats", summary="Totals, wins, latency, cost", response_model=StatsObject, responses=documented(400, 422, 503)
)
async def stats(request: Request, days: Annotated[int, Query(ge=1, le=365)] = 30) -> Any:
    """Return the totals of the last days."""
    database: Database = request.app.state.database
    since = now() - timedelta(days=days)
    totals = await database.read(lambda conn: store.totals(conn, since))
    content = {"since": timestamp(since), "cache_hit_ratio": totals.cache_hit_ratio, **asdict(totals)}
    return Response(orjson.dumps(content), media_type="application/json")
