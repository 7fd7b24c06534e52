"""Panels to replay: trios that people would make, panels drawn at random, and what was recorded of time and cost."""

# ruff: noqa: S311 - samples, not secrets

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.recorded import MOST_QUESTION, TRIOS, Panel, only, recorded, recorded_dir, trio

_RESAMPLES = 1_000
MIXED: Mapping[str, tuple[str, ...]] = {
    "a small one and two large": ("gpt-4o-mini-2024-07-18", "claude-3-5-sonnet-20241022", "gemini-1.5-pro-exp-0827"),
    "a small one and two large, 2024": ("gpt-4o-mini-2024-07-18", "claude-3-5-sonnet-20240620", "gemini-1.5-pro"),
    "a small one and two large, 2025": ("claude-3.5-haiku", "claude-opus-4", "gemini-2.5-pro"),
}
"""Trios of which one is much cheaper than the others: those an economy mode is for."""


@dataclass(frozen=True, slots=True)
class Source:
    """Panels of one recorded set: of these models, or `size` drawn at random, so many times a prompt."""

    title: str
    file: str
    members: tuple[str, ...] = ()
    size: int = 0
    draws: int = 1
    most: int = 100_000
    """Prompts at most, drawn."""


TRIO_SOURCES: Sequence[Source] = (
    Source("mathematics, strong trio", "multi_zeroeval_math", TRIOS["strong"]),
    Source("mathematics, small trio", "multi_zeroeval_math", TRIOS["small"]),
    Source("mathematics, older small trio", "multi_zeroeval_math", TRIOS["small, older"]),
    Source("output of code, strong trio", "multi_zeroeval_crux", TRIOS["strong"]),
    Source("grade-school, older small trio", "multi_zeroeval_gsm", TRIOS["small, older"]),
    Source("number sense, 2024 trio", "multi_zeroeval_numersense", TRIOS["2024"]),
    Source("chat, judged by GPT-4, 2023 trio", "multi_alpacaeval", TRIOS["2023"]),
    Source("false premises, 2025 trio", "multi_bullshit", TRIOS["2025"]),
)


def panels_of(source: Source) -> list[Panel]:
    """Return the source's panels. Raises BadFile."""
    panels = recorded(source.file)
    if source.members:
        return trio(panels, source.members)
    chance = random.Random(source.title)
    drawn = chance.sample(panels, min(source.most, len(panels)))
    return [
        only(panel, [a.model for a in chance.sample(panel.answers, min(source.size, len(panel.answers)))])
        for panel in drawn
        for _ in range(source.draws)
    ]


def recorded_of(file: str, field: str) -> dict[tuple[str, str], float]:
    """Return what a set recorded of each answer under this name (latency, cost_usd), by prompt and model."""
    found: dict[tuple[str, str], float] = {}
    with gzip.open(recorded_dir() / f"{file}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            for answer in row.get("answers", ()):
                if answer.get(field) is not None:
                    found[row["prompt"][:MOST_QUESTION], answer["model"]] = float(answer[field])
    return found


def clustered(values: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """Return the 95 % interval of the mean, each value with its group: a bootstrap of whole groups, seeded."""
    sums: defaultdict[str, tuple[float, int]] = defaultdict(lambda: (0.0, 0))
    for group, value in values:
        total, count = sums[group]
        sums[group] = total + value, count + 1
    held = list(sums.values())
    chance = random.Random(1)
    means: list[float] = []
    for _ in range(_RESAMPLES):
        drawn = chance.choices(held, k=len(held))
        means.append(sum(total for total, _ in drawn) / sum(count for _, count in drawn))
    means.sort()
    return means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES) - 1]
