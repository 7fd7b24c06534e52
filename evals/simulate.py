"""Replays recorded panels with latencies: how much sooner the pick is final when late answers are not all waited for.

BullshitBench has the latency of every answer. Elsewhere each is drawn: a first-token time and a speed by model, with
the spread that such times have, and a length in tokens from the text (four characters each).
"""

# ruff: noqa: S311 - samples, not secrets

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from statistics import fmean, median

from evals.courses import Course, Rung
from evals.panels import TRIO_SOURCES, Source, clustered, panels_of, recorded_of
from evals.recorded import Panel
from trillm.ranking.learned.waiting import Gains, expected_loss
from trillm.vocabulary.response import ResponseStatus

TOLERATED = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
SPEEDS: Mapping[str, tuple[float, float]] = {
    "gpt-4o-mini": (0.65, 105),
    "gpt-4o": (0.76, 131),
    "claude-3-5-haiku": (0.73, 58),
    "claude-3-5-sonnet": (0.96, 41),
    "gemini-1.5-flash": (0.56, 137),
    "gemini-1.5-pro": (0.6, 80),
    "gpt4": (0.76, 24),
    "claude-2.1": (0.96, 29),
    "gemini-pro": (0.56, 86),
    "o1-": (9.0, 100),
    "": (0.9, 60),
}
"""Median seconds to the first token and tokens a second, by the first of these that a model's name starts with; where
they are from: docs/reference/early-and-economy.md."""
_FIRST_TOKEN_SPREAD = 0.3
_SPREAD_OF_GEMINI = 0.87
_SPEED_SPREAD = 0.2
_CHARACTERS_A_TOKEN = 4
_DRAWS = 4
SOURCES: Sequence[Source] = (
    *TRIO_SOURCES,
    Source("false premises, drawn trios", "multi_bullshit", size=3, draws=6),
    Source("false premises, all nine", "multi_bullshit", size=9),
    Source("chat, win probability, drawn trios", "multi_alpacaeval_weighted", size=3, most=400),
    Source("creative writing, drawn trios", "multi_creative", size=3, draws=3),
    Source("mathematics, drawn nine", "multi_zeroeval_math", size=9, most=200),
    Source("chat, drawn nine", "multi_alpacaeval", size=9, most=200),
)


@dataclass(frozen=True, slots=True)
class Replay:
    """One panel as it arrived: when the last answer came, and what stopping at each answer from the second on gave."""

    group: str
    last: float
    full: float
    """The score of the pick when all have answered."""
    steps: tuple[tuple[float, float, float], ...]
    """Seconds, expected loss, score of the pick then."""

    def stopped(self, tolerated: float) -> tuple[float, float]:
        """Return when the pick is final and its score, with this loss tolerated."""
        return next(((at, score) for at, loss, score in self.steps if loss <= tolerated), (self.last, self.full))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tolerated loss did to one source: seconds with the rule, share of time saved, quality lost."""

    tolerated: float
    mean: float
    median: float
    p95: float
    saved: float
    early: float
    """The share of questions that did not wait for all."""
    lost: float
    interval: tuple[float, float]


def latency(model: str, characters: int, chance: random.Random) -> float:
    """Return seconds to the end of an answer of this length."""
    first, speed = next(pair for name, pair in SPEEDS.items() if model.startswith(name))
    spread = _SPREAD_OF_GEMINI if model.startswith("gemini") else _FIRST_TOKEN_SPREAD
    generated = characters / _CHARACTERS_A_TOKEN / speed
    return first * exp(chance.gauss(0, spread)) + generated * exp(chance.gauss(0, _SPEED_SPREAD))


def replays(source: Source, gains: Gains) -> list[Replay]:
    """Return the source's panels, each replayed (some times over, where its latencies are drawn). Raises BadFile."""
    return asyncio.run(_replay_all(panels_of(source), source, gains))


async def _replay_all(panels: Sequence[Panel], source: Source, gains: Gains) -> list[Replay]:
    chance, rung, known = random.Random(source.title), Rung(), recorded_of(source.file, "latency")
    found: list[Replay] = []
    for panel in panels:
        course = Course(panel, rung)
        times = {a.id: known[panel.prompt, a.model] for a in panel.answers if (panel.prompt, a.model) in known}
        if times:
            found.append(await replay(course, times, gains))
            continue
        for _ in range(_DRAWS):
            drawn = {a.id: latency(a.model, len(a.text), chance) for a in panel.answers}
            found.append(await replay(course, drawn, gains))
    return found


async def replay(course: Course, times: Mapping[str, float], gains: Gains) -> Replay:
    """Return what became of one panel whose answers ended after these seconds, by id."""
    ids = sorted(times, key=lambda name: times[name])
    complete = {a.id for a in course.panel.answers if a.status is ResponseStatus.COMPLETE}
    steps: list[tuple[float, float, float]] = []
    for known in range(2, len(ids)):
        if len(complete.intersection(ids[:known])) >= 2:
            ranking = await course.after(ids[:known])
            loss = expected_loss(ranking, ids[known:], gains=gains)
            steps.append((times[ids[known - 1]], loss, course.score(ranking)))
    return Replay(course.panel.group, times[ids[-1]], course.score(await course.after(ids)), tuple(steps))


def outcome(found: Sequence[Replay], tolerated: float) -> Outcome:
    """Return what this tolerated loss did to the replays."""
    stops = [replay.stopped(tolerated) for replay in found]
    times = sorted(at for at, _ in stops)
    lost = [(r.group, r.full - score) for r, (_, score) in zip(found, stops, strict=True)]
    waited = fmean(r.last for r in found)
    return Outcome(
        tolerated,
        fmean(times),
        median(times),
        times[int(0.95 * (len(times) - 1))],
        1 - fmean(times) / waited,
        fmean(at < r.last for r, (at, _) in zip(found, stops, strict=True)),
        fmean(value for _, value in lost),
        clustered(lost),
    )
