"""What the service says of itself: which models can answer, whether it is well, its metrics."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from trillm.entrypoints.models import models_object
from trillm.entrypoints.wiring import House
from trillm.http.json_response import JsonResponse
from trillm.http.problem import documented, problem_response, request_id_of
from trillm.providers.provider import Provider
from trillm.vocabulary.errors import Unavailable

router = APIRouter()


class ModelObject(BaseModel):
    """A model, whether it can answer now, and its price in USD for a million tokens (null: not known)."""

    key: str
    provider: str
    model: str
    label: str
    description: str
    local: bool
    available: bool
    reason: str = Field(description="What to do when it is not available.")
    in_panel: bool = Field(description="Whether it is asked when nobody names models.")
    thinks: bool = Field(description="Whether it may think in silence before its first visible word.")
    refuses: list[str] = Field(description="Parameters that it does not accept.")
    context_tokens: int | None = Field(description="How much it can read; null where that is not known.")
    input_usd: float | None
    output_usd: float | None
    price_date: str | None


class ModelsObject(BaseModel):
    """All models that are known here. `local_only`: no vendor's key is set, the tiny embedded model answers."""

    models: list[ModelObject]
    panel: list[str]
    local_only: bool
    transcribes: bool = Field(description="Whether `POST /api/transcriptions` can write down what is said.")


class VendorHealth(BaseModel):
    """Whether a vendor can be asked."""

    provider: str
    ready: bool
    reason: str
    resting: list[str] = Field(description="Its models that fail again and again, and are left alone for a moment.")


class HealthObject(BaseModel):
    """`ok` while questions can be accepted."""

    status: str
    running: int
    vendors: list[VendorHealth]


async def _house(request: Request) -> House:
    return request.app.state.house


TheHouse = Annotated[House, Depends(_house)]


@router.get("/api/models", summary="What can answer now", response_model=ModelsObject)
async def models(house: TheHouse) -> Any:
    """List the models with capability, price and its date."""
    return JsonResponse(models_object(house))


@router.get("/api/health", summary="Is the service well?", response_model=HealthObject, responses=documented(503))
async def health(request: Request, house: TheHouse) -> Any:
    """200 while the service can accept a question: a sick vendor is named, not fatal. 503 when the database cannot."""
    try:
        await house.rooms.database.ping()
    except Unavailable as error:
        return problem_response(error, request_id_of(request))
    vendors = [_vendor(house, provider) for provider in house.rooms.registry]
    return {"status": "ok", "running": len(house.asker.running), "vendors": vendors}


@router.get("/metrics", summary="Prometheus metrics", response_class=Response, include_in_schema=False)
async def metrics(house: TheHouse) -> Response:
    """Return the metrics in Prometheus' text format."""
    for provider in house.rooms.registry:
        for model in provider.models():
            house.rooms.metrics.breaker(model.key, house.breakers.state(model.key))
    body, content_type = house.rooms.metrics.render()
    return Response(body, media_type=content_type)


def _vendor(house: House, provider: Provider) -> dict[str, Any]:
    """Say whether a vendor can be asked; one whose models fail again and again is left alone for a while."""
    state = provider.is_available()
    keys = {model.key for model in provider.models()} | set(house.asker.terms.panel)
    sick = sorted(k for k in keys if k.startswith(f"{provider.name}:") and house.breakers.state(k) == "open")
    reason = state.reason if not sick else f"fails again and again, left alone for a moment: {', '.join(sick)}"
    return {"provider": provider.name, "ready": state.ready and not sick, "reason": reason, "resting": sick}
