"""The door of the plans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from trillm.billing.plans import Plans

router = APIRouter()


class PlanObject(BaseModel):
    """A plan, with the ids of its features."""

    id: str
    name: str
    summary: str
    usd_month: float | None = Field(description="USD a month; null while no price is set.")
    questions_per_day: int | None = Field(description="Null: no limit.")
    features: list[str]


class FeatureObject(BaseModel):
    """A feature, and whether this version has it."""

    id: str
    name: str
    here: bool


class PlansObject(BaseModel):
    """The plans as they are meant to be, and what holds on this server now."""

    billing: Literal["off"] = Field(description="`off`: nobody is charged, every feature is there for everybody.")
    plans: list[PlanObject]
    features: list[FeatureObject]
    questions_per_minute: int | None = Field(description="This server's limit for one address now; null: none.")
    questions_per_day: int | None = Field(description="This server's limit for one address now; null: none.")


@dataclass(frozen=True, slots=True)
class Offer:
    """The plans, and the limits in force (0: none); the app keeps it in `state.offer`."""

    plans: Plans
    questions_per_minute: int
    questions_per_day: int


async def _offer(request: Request) -> Offer:
    return request.app.state.offer


@router.get("/api/plans", summary="The plans", response_model=PlansObject)
async def plans(offer: Annotated[Offer, Depends(_offer)]) -> Any:
    """Return the plans with their features, whether anything is charged, and the limits that hold here."""
    known = offer.plans
    listed = [
        {"id": id, **plan.model_dump(), "features": [name for name, f in known.features.items() if id in f.plans]}
        for id, plan in known.plans.items()
    ]
    return {
        "billing": known.billing,
        "plans": listed,
        "features": [{"id": id, "name": f.name, "here": f.here} for id, f in known.features.items()],
        "questions_per_minute": offer.questions_per_minute or None,
        "questions_per_day": offer.questions_per_day or None,
    }
