"""`trillm models`, `trillm doctor`, `trillm db`: look at what is there, and say what to do about what is not."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from trillm import __version__
from trillm.entrypoints.page import find_page
from trillm.entrypoints.settings import Settings
from trillm.entrypoints.status import models_object
from trillm.entrypoints.wiring import open_house
from trillm.storage import migrate
from trillm.storage.database import Database
from trillm.telemetry.logs import configure_logging
from trillm.vocabulary.errors import TrillmError


def show_models(settings: Settings, environ: Mapping[str, str], *, as_json: bool) -> None:
    """Print the models, what they cost for a million tokens, and what is missing to ask them."""
    configure_logging(settings.log_level)

    async def look() -> dict[str, Any]:
        async with open_house(settings, environ, "models") as house:
            return models_object(house)

    found = asyncio.run(look())
    if as_json:
        sys.stdout.write(orjson.dumps(found).decode() + "\n")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("", "model", "known as", "$ in / out a million tokens", "price of", "now"):
        table.add_column(heading, overflow="fold")
    for model in found["models"]:
        price = "free" if model["local"] else "unknown"
        if model["input_usd"] is not None and not model["local"]:
            price = f"{model['input_usd']:g} / {model['output_usd']:g}"
        state = "ready" if model["available"] else model["reason"]
        asked = "★" if model["in_panel"] else ""
        table.add_row(asked, model["key"], model["label"], price, model["price_date"] or "", state)
    out = Console(highlight=False)
    out.print(table)
    out.print(Text("★ is asked when you name no models. Another panel: trillm ask --models A,B", style="dim"))


def run_doctor(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Check each part and print a line for it; return whether a question could be answered now."""
    configure_logging(settings.log_level)
    out = Console(highlight=False)
    out.print(Text(f"TriLLM {__version__}, data in {settings.data_dir}"))
    try:
        return asyncio.run(_examine(settings, environ, out))
    except TrillmError as error:
        _line(out, False, f"{error.title}: {error.detail}")
        return False


async def _examine(settings: Settings, environ: Mapping[str, str], out: Console) -> bool:
    async with open_house(settings, environ, "doctor") as house:
        await house.rooms.database.ping()
        _line(out, True, f"database: {house.rooms.database.dialect}, schema up to date")
        _line(out, find_page() is not None, "page: built" if find_page() else "page: not built; `make web` builds it")
        ready = 0
        for provider in house.rooms.registry:
            state = provider.is_available()
            _line(out, state.ready, f"{provider.name}: {state.reason or 'ready'}")
        for member in house.rooms.registry.panel(house.asker.terms.panel):
            usable = member.provider.is_available().ready
            ready += usable
            _line(out, usable, f"panel: {member.key}")
    if not ready:
        out.print(Text("Nothing can answer. Set a vendor's key, or install the local model: trillm models install"))
    return ready > 0


def upgrade_database(settings: Settings) -> str:
    """Run the missing migrations and return a sentence about it."""

    async def run() -> str:
        async with AsyncExitStack() as stack:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            database = await Database.open(settings.database)
            stack.push_async_callback(database.close)
            before = await migrate.current_revision(database)
            await migrate.upgrade(database)
            after = await migrate.current_revision(database)
            return f"The database is at {after}" + (
                ", as before." if before == after else f", from {before or 'empty'}."
            )

    return asyncio.run(run())


def _line(out: Console, good: bool, sentence: str) -> None:
    out.print(Text("✓ " if good else "✗ ", style="green" if good else "red") + Text(sentence))
