"""`trillm models`: what can answer, what it costs, and what is missing to ask it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

import orjson
from rich.console import Console
from rich.text import Text

from trillm.entrypoints.cli.aligned import aligned, console, window
from trillm.entrypoints.models import models_object
from trillm.entrypoints.settings import Settings, read_settings
from trillm.entrypoints.wiring import House, open_house
from trillm.providers.provider import Provider
from trillm.safety.clean_text import for_terminal
from trillm.telemetry.logs import configure_logging

HEADS = ("", "model", "$ in / out", "since", "")


def show_models(environ: Mapping[str, str], *, as_json: bool) -> None:
    """Print the models by provider, with their price in USD for a million tokens."""
    settings = read_settings(environ, log_level="ERROR")
    configure_logging(settings.log_level)
    asyncio.run(_show(settings, environ, as_json=as_json))


async def _show(settings: Settings, environ: Mapping[str, str], *, as_json: bool) -> None:
    async with open_house(settings, environ, "models") as house:
        models = models_object(house)
        if as_json:
            sys.stdout.write(orjson.dumps(models).decode() + "\n")
        else:
            _print(console(), house, models["models"])


def _print(out: Console, house: House, models: list[dict[str, Any]]) -> None:
    heads, *lines = aligned([HEADS, *map(_row, models)], elastic=4, right={2}, width=window(out))
    out.print(Text(heads, style="dim"))
    for provider in house.rooms.registry:
        mine = [(m, line) for m, line in zip(models, lines, strict=True) if m["provider"] == provider.name]
        out.print(_heading(house, provider))
        if not mine:
            out.print(Text(f"   {provider.name}:...  any of its models, by name", style="dim"))
        for model, line in mine:
            out.print(Text(line, style=_style(model)))
    out.print()
    out.print(Text("★ is asked when you name no models. Others: trillm ask --models A,B '...'", style="dim"))
    out.print(Text("Prices are for a million tokens, from that day on.", style="dim"))


def _heading(house: House, provider: Provider) -> Text:
    facts = house.catalogue.providers.get(provider.name)
    state = provider.is_available()
    label = (facts.label if facts else "") or provider.name.capitalize()
    said = Text(f" · {'ready' if state.ready else state.reason}", style="green" if state.ready else "yellow")
    return Text(for_terminal(label), style="bold") + said


def _row(model: dict[str, Any]) -> tuple[str, ...]:
    price = "free" if model["local"] else "unknown"
    if model["input_usd"] is not None and not model["local"]:
        price = f"{model['input_usd']:g} / {model['output_usd']:g}"
    star = "★" if model["in_panel"] else ""
    return star, for_terminal(model["key"]), price, model["price_date"] or "", for_terminal(model["label"])


def _style(model: dict[str, Any]) -> str:
    return "green" if model["in_panel"] and model["available"] else "" if model["available"] else "dim"
