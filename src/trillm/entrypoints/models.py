"""The models that can be asked, as API and terminal list them: without the framework, which is slow to load."""

from __future__ import annotations

from typing import Any

from trillm.entrypoints.wiring import House
from trillm.providers.catalogue import ModelFacts
from trillm.providers.provider import Model, Provider


def models_object(house: House) -> dict[str, Any]:
    """Return the object of `GET /api/models`."""
    panel = list(house.asker.terms.panel)
    listed = [_model(house, provider, model) for provider in house.rooms.registry for model in provider.models()]
    known = {model["key"] for model in listed}
    for key in panel:  # a model that the operator named without a listing
        if key not in known:
            provider_name, _, name = key.partition(":")
            unlisted = Model(provider_name, name, name)
            listed.append(_model(house, house.rooms.registry.get(provider_name), unlisted))
    return {
        "models": listed,
        "panel": panel,
        "local_only": all(m["provider"] == house.local.name for m in listed if m["in_panel"]),
        "transcribes": house.transcriber is not None,
    }


def _model(house: House, provider: Provider, model: Model) -> dict[str, Any]:
    state = provider.is_available()
    vendor = house.catalogue.providers.get(provider.name)
    facts = ModelFacts() if vendor is None else vendor.model(model.name)
    return {
        "key": model.key,
        "provider": model.provider,
        "model": model.name,
        "label": model.label,
        "description": model.description,
        "local": model.local,
        "available": state.ready,
        "reason": state.reason,
        "in_panel": model.key in house.asker.terms.panel,
        "thinks": facts.thinks,
        "refuses": list(facts.refuses),
        "context_tokens": facts.context_tokens,
        "input_usd": model.input_usd,
        "output_usd": model.output_usd,
        "price_date": model.price_date,
    }
