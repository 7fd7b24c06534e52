"""`trillm doctor` and `trillm db`: look at what is there, and say what to do about what is not."""

from __future__ import annotations

import asyncio
import platform
import shutil
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

from rich.console import Console
from rich.text import Text

from trillm import __version__
from trillm.entrypoints.cli.aligned import console
from trillm.entrypoints.page import find_page
from trillm.entrypoints.settings import Settings, read_settings
from trillm.entrypoints.wiring import House, open_house
from trillm.providers.answer import Answerer, Outcome
from trillm.providers.provider import ModelRequest
from trillm.providers.registry import Member
from trillm.ranking.judge.choose import judge_told
from trillm.ranking.ranker import Candidate
from trillm.safety.clean_text import for_terminal
from trillm.storage import migrate
from trillm.storage.database import Database
from trillm.telemetry.logs import configure_logging
from trillm.vocabulary.errors import Unavailable
from trillm.vocabulary.response import ResponseStatus

ONLINE_SECONDS = 15
"""A real answer begins sooner; the embedded model may have to load first."""
ONLINE_TOKENS = 16
"""The least that every vendor accepts as a limit."""
REACHED = ("empty", "truncated")
"""How so short an answer of a thinking model ends, which is all right here."""
SCARCE_BYTES = 500_000_000

MARKS = {"good": ("✓", "green"), "bad": ("✗", "red"), "open": ("·", "dim")}


def run_doctor(environ: Mapping[str, str], *, online: bool) -> bool:
    """Check each part and print a line for it; return whether a question could be answered now.

    `online` asks each member of the panel for a word, which shows a refused key or a cut network, and costs a little.
    """
    settings = read_settings(environ, log_level="ERROR")
    configure_logging(settings.log_level)
    out = console()
    out.print(Text(f"TriLLM {__version__} · Python {platform.python_version()}"))
    try:
        return asyncio.run(_examine(settings, environ, out, online=online))
    except Unavailable as error:
        _line(out, "bad", f"database: {error.detail}")
        return False


async def _examine(settings: Settings, environ: Mapping[str, str], out: Console, *, online: bool) -> bool:
    async with open_house(settings, environ, "doctor") as house:
        await house.rooms.database.ping()
        _examine_place(out, settings.data_dir)
        _line(out, "good", f"database: {house.rooms.database.dialect}, schema up to date")
        built = find_page() is not None
        _line(out, "good" if built else "open", f"page: {'built' if built else 'built when `trillm serve` starts'}")
        _examine_providers(out, house)
        panel = house.asker.terms.panel
        usable = await _examine_panel(out, house, online=online)
        _examine_judge(out, house, settings.judge_model)
        asked = online and any(m.provider.is_available().ready for m in house.rooms.registry.panel(panel))
    if asked and not usable:
        out.print(Text("No model of the panel answered; each line above says why."))
    elif not usable:
        out.print(Text("Nothing can answer. Set a vendor's key, or install the local model: trillm models install"))
    elif not online:
        out.print(Text("Keys and network were not tried; `trillm doctor --online` does.", style="dim"))
    return usable > 0


def _examine_place(out: Console, data_dir: Path) -> None:
    free = shutil.disk_usage(data_dir).free
    _line(out, "good" if free > SCARCE_BYTES else "bad", f"data: {data_dir}, {free / 1e9:.1f} GB free")


def _examine_providers(out: Console, house: House) -> None:
    asked = {key.partition(":")[0] for key in house.asker.terms.panel}
    for provider in house.rooms.registry:
        state = provider.is_available()
        mark = "good" if state.ready else "bad" if provider.name in asked else "open"
        _line(out, mark, f"{provider.name}: {state.reason or 'ready'}")


async def _examine_panel(out: Console, house: House, *, online: bool) -> int:
    """Print a line for each member of the panel; return how many could answer."""
    members = house.rooms.registry.panel(house.asker.terms.panel)
    found = await asyncio.gather(*(_examine_member(house.rooms.answerer, member, online=online) for member in members))
    for member, (good, sentence) in zip(members, found, strict=True):
        _line(out, "good" if good else "bad", f"panel: {member.key}{sentence}")
    return sum(good for good, _ in found)


def _examine_judge(out: Console, house: House, named: str) -> None:
    """Print who would judge this panel, or why nobody would."""
    panel = house.rooms.registry.panel(house.asker.terms.panel)
    answers = [Candidate(m.key, m.provider.name, m.model, ResponseStatus.COMPLETE, "", None) for m in panel]
    chosen = None if house.rooms.judge is None else house.rooms.judge.chosen(answers)
    if house.asker.terms.judge == "never":
        _line(out, "open", "judge: none, as TRILLM_JUDGE says, unless a question asks for one")
    elif told := judge_told(house.rooms.registry, named):
        _line(out, "bad", f"judge: {named} · {told}")
    elif chosen is not None:
        _line(out, "good", f"judge: {chosen.key}{', of a family that is in the panel' if chosen.cautions else ''}")
    else:
        _line(out, "open", "judge: none, no model that may judge has a key")


async def _examine_member(answerer: Answerer, member: Member, *, online: bool) -> tuple[bool, str]:
    ready = member.provider.is_available().ready
    if not ready or not online:
        return ready, ""
    begun = time.monotonic()
    request = ModelRequest(member.model, "Say OK.", max_output_tokens=ONLINE_TOKENS)
    try:
        async with asyncio.timeout(ONLINE_SECONDS), aclosing(answerer.answer(member.provider, request)) as events:
            first = await anext(events)
    except TimeoutError:
        return False, f" · nothing came in {ONLINE_SECONDS} s"
    if isinstance(first, Outcome) and first.error is not None and first.error.type not in REACHED:
        return False, f" · {first.error.detail}"
    return True, f" · answers, after {time.monotonic() - begun:.1f} s"


def upgrade_database(environ: Mapping[str, str]) -> str:
    """Run the missing migrations and return a sentence about it."""

    settings = read_settings(environ)

    async def run() -> str:
        async with AsyncExitStack() as stack:
            settings.make_data_dir()
            database = await Database.open(settings.database)  # as it stands: wiring refuses an old schema
            stack.push_async_callback(database.close)
            before = await migrate.current_revision(database)
            await migrate.upgrade(database)
            after = await migrate.current_revision(database)
            return f"The database is at {after}" + (
                ", as before." if before == after else f", from {before or 'empty'}."
            )

    return asyncio.run(run())


def _line(out: Console, mark: str, sentence: str) -> None:
    sign, style = MARKS[mark]
    out.print(Text(f"{sign} ", style=style) + Text(for_terminal(sentence), style="dim" if mark == "open" else ""))
