"""`trillm ranker`: what the ranker learned here, a full fit now, and its numbers to take elsewhere. All of it local."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import orjson
from rich.console import Console
from rich.text import Text

from trillm import __version__
from trillm.entrypoints.cli.aligned import aligned, console, window
from trillm.entrypoints.settings import read_settings
from trillm.entrypoints.wiring import open_database
from trillm.language.category import CATEGORIES
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.learnt import Learnt
from trillm.ranking.learning import store
from trillm.ranking.learning.learner import Learner
from trillm.ranking.learning.store import Counts
from trillm.safety.clean_text import for_terminal
from trillm.storage.database import Database
from trillm.telemetry.logs import configure_logging
from trillm.vocabulary.errors import InvalidInput
from trillm.vocabulary.ids import now, timestamp

MOVED: Final = 0.05
"""A prior that moved by less, in logits, is not worth a line."""
NOTHING: Final = (
    "Nothing was learned yet: nobody has voted on an answer here, and no judge has named one.\n"
    "The ranker decides by the numbers it was shipped with."
)
ALIKE: Final = "None of it tells models apart yet: in each of these panels all said the same, or none was right."
LEGEND: Final = (
    "How much better a model's answers are here than their text shows, in logits: +0.70 doubles the odds,",
    "0.00 is no difference. In brackets: how many labels spoke of it.",
)
LEVEL: Final = (
    "Where results are compared, how likely any is right differs from the shipped numbers, in logits (labels): {}."
)
TRUSTED: Final = "Where results are compared, it counts {:.2f} times in what is called likely (told by {} given blind)."

CAME_TRUE: Final = "What would be called {:.0%} is called {:.0%} where {} (labels: {}), for so often it came true."
GROUNDS: Final = (("majority", 0.8, "most results agree"), ("divided", 0.3, "no result has most votes"))
"""With an example of how sure the shipped numbers may be there."""


def show_ranker(environ: Mapping[str, str], *, as_json: bool) -> None:
    """Print what was learned, from what, and when."""
    asyncio.run(_show(environ, as_json=as_json))


def fit_ranker(environ: Mapping[str, str]) -> None:
    """Fit all numbers anew; progress goes to stderr, what changed to stdout."""
    asyncio.run(_fit(environ))


def export_ranker(environ: Mapping[str, str], file: Path | None) -> None:
    """Write the numbers as JSON to the file, or to stdout. Raises InvalidInput when the file cannot be written."""
    numbers = orjson.dumps(asyncio.run(_export(environ)), option=orjson.OPT_INDENT_2) + b"\n"
    if file is None:
        sys.stdout.write(numbers.decode())
        return
    try:
        file.write_bytes(numbers)
    except OSError as error:
        reason = f"{file} cannot be written to: {error.strerror}"
        raise InvalidInput(f"{reason}. Name another file, or none to print to stdout.", field="file") from None


@asynccontextmanager
async def _open(environ: Mapping[str, str]) -> AsyncGenerator[tuple[Database, Learner]]:
    settings = read_settings(environ, log_level="ERROR")
    configure_logging(settings.log_level)
    async with AsyncExitStack() as stack:
        database = await open_database(settings, stack)
        learner = Learner(database, Learned())
        await learner.catch_up()
        yield database, learner


async def _show(environ: Mapping[str, str], *, as_json: bool) -> None:
    async with _open(environ) as (database, learner):
        counts = await database.read(store.counts)
        since = await learner.said_since_fit()
    if as_json:
        sys.stdout.write(orjson.dumps(_object(learner, counts, since)).decode() + "\n")
    else:
        _print(console(), learner, counts, since)


async def _fit(environ: Mapping[str, str]) -> None:
    err, out = console(stderr=True), console()
    async with _open(environ) as (_, learner):
        before = learner.learnt
        fit = await learner.fit(lambda read, of: err.print(Text(f"{read} of {of} questions read", style="dim")))
    learnt = learner.learnt
    if not fit.labels:
        out.print(Text(NOTHING))
        return
    out.print(Text(f"Fitted to {_many(fit.labels, 'vote or verdict', 'votes and verdicts')}: {_labels(learnt)}."))
    changes = _changes(before, learnt)
    for line in aligned(changes, elastic=0, right={2, 4}, width=window(out)) if changes else ():
        out.print(Text(line))
    if not changes:
        out.print(Text(f"No prior moved by {MOVED} or more."))
    for line in _told_by_fit(learnt):
        out.print(Text(line))
    out.print(Text("A server that runs on this database takes it up within seconds.", style="dim"))


async def _export(environ: Mapping[str, str]) -> dict[str, Any]:
    async with _open(environ) as (database, learner):
        counts = await database.read(store.counts)
        since = await learner.said_since_fit()
    held = _object(learner, counts, since)
    del held["priors"]
    return {"trillm": __version__, "exported_at": timestamp(now()), **held, "numbers": learner.learnt.as_object()}


def _object(learner: Learner, counts: Counts, since: int) -> dict[str, Any]:
    learnt, fit = learner.learnt, learner.newest
    return {
        "labels": asdict(counts),
        "learned": {"winners": learnt.winners, "thumbs": learnt.thumbs, "nones": learnt.nones},
        "fit": None if fit is None else {"created_at": timestamp(fit.created_at), "labels": fit.labels},
        "since_fit": since,
        "trust": {"factor": round(learnt.trust, 4), "labels": learnt.tried},
        "level": [
            {"category": c or None, "logits": round(learnt.level(c), 4) or 0.0, "labels": n} for c, n in learnt.levels()
        ],
        "came_true": [
            {"ground": ground, "called": usual, "is_called": round(learnt.came_true(ground, usual), 4), "labels": n}
            for ground, usual, _ in GROUNDS
            if (n := learnt.told_on(ground))
        ],
        "priors": [
            {"model": m, "category": c, "logits": round(learnt.of(m, c), 4) or 0.0, "labels": learnt.judged(m, c)}
            for m, c in learnt.models()
        ],
    }


def _print(out: Console, learner: Learner, counts: Counts, since: int) -> None:
    learnt = learner.learnt
    if not counts.better + counts.thumbs + counts.verdicts:
        out.print(Text(NOTHING))
        if counts.undecided or counts.failed:
            out.print(Text(f"Judges said nothing to learn from: {_idle(counts)}."))
        return
    votes = f"{_many(counts.better, 'vote names', 'votes name')} the better answer"
    thumbs = _many(counts.thumbs, "is a thumb", "are thumbs")
    blind = f" ({counts.blind} given blind)" if counts.blind else ""
    verdicts = _many(counts.verdicts, "judge's verdict", "judges' verdicts")
    idle = f", besides {_idle(counts)}" if counts.undecided or counts.failed else ""
    out.print(Text(f"Said here: {votes}, {thumbs}{blind}; {verdicts}{idle}."))
    out.print(Text(f"Learned from: {_labels(learnt)}. {_fitted(learner, since)}"))
    if not learnt.models():
        out.print(Text(ALIKE))
        for line in _told_by_fit(learnt):
            out.print(Text(line, style="dim"))
        return
    out.print()
    heads, *lines = aligned(_table(learnt), elastic=0, right=set(range(1, len(CATEGORIES) + 1)), width=window(out))
    out.print(Text(heads, style="dim"))
    for line in lines:
        out.print(Text(line))
    out.print()
    for line in (*LEGEND, *_told_by_fit(learnt)):
        out.print(Text(line, style="dim"))


def _told_by_fit(learnt: Learnt) -> Iterator[str]:
    """Yield what a fit made of labels given blind: how far to trust it, how often any answer is right, and the pick."""
    if learnt.tried:
        yield TRUSTED.format(learnt.trust, _many(learnt.tried, "label", "labels"))
    if levels := learnt.levels():
        yield LEVEL.format(", ".join(f"{c or 'over all'} {_logits(learnt.level(c))} ({n})" for c, n in levels))
    for ground, usual, where in GROUNDS:
        if told := learnt.told_on(ground):
            yield CAME_TRUE.format(usual, learnt.came_true(ground, usual), where, told)


def _table(learnt: Learnt) -> list[tuple[str, ...]]:
    known = learnt.models()
    categories = [c for c in CATEGORIES if any(c == category for _, category in known)]
    rows = [("model", *categories)]
    for model in sorted({model for model, _ in known}):
        cells = (f"{_logits(learnt.of(model, c))} ({learnt.judged(model, c)})" for c in categories)
        told = ((cell if (model, c) in known else "·") for c, cell in zip(categories, cells, strict=True))
        rows.append((for_terminal(model), *told))
    return rows


def _changes(before: Learnt, after: Learnt) -> list[tuple[str, ...]]:
    named = sorted({*before.models(), *after.models()})
    moved = [(m, c, before.of(m, c), after.of(m, c)) for m, c in named]
    return [(for_terminal(m), c, _logits(a), "→", _logits(b)) for m, c, a, b in moved if abs(a - b) >= MOVED]


def _logits(prior: float) -> str:
    return f"{prior:+.2f}" if abs(prior) >= 0.005 else "0.00"


def _labels(learnt: Learnt) -> str:
    return (
        f"{_many(learnt.winners, 'label names', 'labels name')} the better answer, "
        f"{_many(learnt.thumbs, 'is a thumb', 'are thumbs')}"
        + (f", {_many(learnt.nones, 'says', 'say')} that none is right" if learnt.nones else "")
    )


def _fitted(learner: Learner, since: int) -> str:
    if learner.newest is None:
        return "Not fitted yet: learned one by one."
    later = f"; {since} since, learned one by one." if since else "."
    return f"Fitted {learner.newest.created_at:%Y-%m-%d %H:%M} UTC{later}"


def _idle(counts: Counts) -> str:
    return f"{counts.undecided} undecided and {counts.failed} failed"


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
