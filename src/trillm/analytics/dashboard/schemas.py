"""The dashboard as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from enum import IntEnum
from typing import Any

from pydantic import BaseModel, Field

from trillm.analytics.dashboard.agreement import CALIBRATION_NEEDS, Proportion
from trillm.analytics.dashboard.store import Board
from trillm.analytics.schemas import CostObject, LatencyObject
from trillm.analytics.store import ModelTotals
from trillm.vocabulary.ids import timestamp


class Period(IntEnum):
    """How many days back."""

    WEEK = 7
    MONTH = 30
    QUARTER = 90


class ProportionObject(BaseModel):
    """`count` of `of`, and where the true one lies (Wilson's interval at 95 %, as fractions; null of none)."""

    count: int
    of: int
    low: float | None
    high: float | None


class DayObject(BaseModel):
    """One day (UTC) on which something was asked. Times run from asking to the last answer."""

    day: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    questions: int
    cost: CostObject
    elapsed: LatencyObject


class MeanScores(BaseModel):
    """The mean scores of so many answers, 0 to 100."""

    answers: int
    relevance: float
    completeness: float
    clarity: float
    accuracy: float
    total: float


class BoardModel(BaseModel):
    """One model. `wins` counts questions with a pick that at least one other model was asked too."""

    provider: str
    model: str
    asked: int = Field(description="Attempts; copies of earlier answers left out.")
    complete: int
    failures: dict[str, int] = Field(description="How often an answer ended in each status that is not complete.")
    wins: ProportionObject
    cost: CostObject
    response_time: LatencyObject
    scores: MeanScores | None


class VotesObject(BaseModel):
    """How often this session's votes agree with the pick and with the judge; a question counts once."""

    with_pick: ProportionObject
    with_judge: ProportionObject


class CalibrationBin(BaseModel):
    """Picks that said to be right with a probability from `low` to `high`, `predicted` in the mean."""

    low: float
    high: float
    predicted: float
    agreed: ProportionObject


class CalibrationObject(BaseModel):
    """Whether picks are right as often as they say, by this session's votes; mostly chance below `needed` votes."""

    votes: int
    needed: int
    bins: list[CalibrationBin]


class DashboardObject(BaseModel):
    """This session's questions since a moment; `cost` is that of answers and judges together."""

    since: datetime
    days: Period
    questions: int
    answered: int
    failed: int
    cached: int
    judged: int = Field(description="How often a judge was asked.")
    cost: CostObject
    elapsed: LatencyObject
    per_day: list[DayObject]
    models: list[BoardModel]
    votes: VotesObject
    calibration: CalibrationObject


def dashboard_object(board: Board, days: Period, since: datetime) -> dict[str, Any]:
    """Return the object of `GET /api/dashboard`."""
    asked, votes = board.totals, board.votes
    bins = [asdict(step) | {"agreed": _proportion(step.agreed)} for step in votes.bins]
    calibration = {"votes": sum(step.agreed.of for step in votes.bins), "needed": CALIBRATION_NEEDS, "bins": bins}
    return {
        "since": timestamp(since),
        "days": int(days),
        "questions": asked.queries,
        "answered": asked.answered,
        "failed": asked.failed,
        "cached": asked.cached,
        "judged": asked.judgements.asked,
        "cost": asdict(asked.cost),
        "elapsed": asdict(board.elapsed),
        "per_day": [asdict(day) for day in board.days],
        "models": [_model(board, model) for model in asked.models],
        "votes": {"with_pick": _proportion(votes.with_pick), "with_judge": _proportion(votes.with_judge)},
        "calibration": calibration,
    }


def _model(board: Board, model: ModelTotals) -> dict[str, Any]:
    key = (model.provider, model.model)
    criteria = board.criteria.get(key)
    return {
        "provider": model.provider,
        "model": model.model,
        "asked": model.asked,
        "complete": model.complete,
        "failures": board.failures.get(key, {}),
        "wins": _proportion(board.wins.get(key, Proportion())),
        "cost": asdict(model.cost),
        "response_time": asdict(model.response_time),
        "scores": criteria and {"answers": criteria.answers, **criteria.scores.as_object()},
    }


def _proportion(proportion: Proportion) -> dict[str, Any]:
    low, high = proportion.interval or (None, None)
    return {"count": proportion.count, "of": proportion.of, "low": low, "high": high}
