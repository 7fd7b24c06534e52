"""The doors of the analytics: totals over everything that was asked here, and a session's own numbers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from trillm.analytics import store
from trillm.analytics.dashboard.schemas import DashboardObject, Period, dashboard_object
from trillm.analytics.dashboard.store import board
from trillm.analytics.schemas import CostObject, LatencyObject
from trillm.http.caller import Session
from trillm.http.json_response import JsonResponse
from trillm.http.problem import documented
from trillm.storage.database import Database
from trillm.vocabulary.ids import now, timestamp

router = APIRouter()


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
    totals = await database.read(lambda conn: store.totals(conn, store.Scope(since)))
    content = {"since": timestamp(since), "cache_hit_ratio": totals.cache_hit_ratio, **asdict(totals)}
    return JsonResponse(content)


@router.get(
    "/api/dashboard",
    summary="This session's own numbers",
    response_model=DashboardObject,
    responses=documented(400, 422, 503),
)
async def dashboard(request: Request, session: Session, days: Period = Period.MONTH) -> Any:
    """Return what this session asked in the last days: wins, time and cost by day, and how its votes bear them out."""
    database: Database = request.app.state.database
    since = now() - timedelta(days=days)
    scope = store.Scope(since, session.session_id)
    found = await database.read(lambda conn: board(conn, scope))
    return JsonResponse(dashboard_object(found, days, since))
