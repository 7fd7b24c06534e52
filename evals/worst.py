"""The worst that the pick does to any trio: how far it falls below a random pick, over the trios that a set allows."""

# ruff: noqa: S311 - a sample, not a secret

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import fmean
from typing import NamedTuple

from evals.figures import random_score
from evals.panels import clustered
from evals.recorded import Panel, recorded, trio
from trillm.ranking.criteria import Criteria
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.weights import SHIPPED, Weights
from trillm.vocabulary.question import Question

MOST_TRIOS = 24
"""Where a set allows more than MOST_ALL, so many are drawn."""
MOST_ALL = 100
MAY_LOSE = 0.01
"""How far a trio may be below random."""
_RESAMPLES = 400


class Trio(NamedTuple):
    """Three models, and what the pick gains on a random one with them, 0 to 1 of quality."""

    members: tuple[str, ...]
    gain: float
    interval: tuple[float, float]
    gained: Mapping[str, float]
    """By prompt."""


def gains(name: str, weights: Weights | None) -> list[Trio]:
    """Return the trios of a set with what the pick gains, the worst first. Raises BadFile."""
    panels = recorded(name)
    answers = sum(len(panel.answers) for panel in panels)
    ranker = Learned(weights or SHIPPED, criteria=Criteria(remembered=4 * answers + 4))
    found: list[Trio] = []
    for members in _trios(name, panels):
        gained = asyncio.run(_gained(trio(panels, members), ranker))
        found.append(Trio(members, fmean(gain for _, gain in gained), clustered(gained), dict(gained)))
    return sorted(found, key=lambda trio: trio.gain)


def least_by_chance(trios: Sequence[Trio]) -> tuple[float, float]:
    """Return what the least of them shows in the middle one of many resamples if none truly loses more than it may.

    Besides, how often it is as low as the one that was seen. Prompts are drawn for all trios together.
    """
    prompts, chance = sorted({prompt for trio in trios for prompt in trio.gained}), random.Random(1)
    seen, least = min(trio.gain for trio in trios), list[float]()
    for _ in range(_RESAMPLES):
        drawn = chance.choices(prompts, k=len(prompts))
        least.append(
            min(
                fmean(gained) - trio.gain + max(trio.gain, -MAY_LOSE)
                for trio in trios
                if (gained := [trio.gained[prompt] for prompt in drawn if prompt in trio.gained])
            )
        )
    return sorted(least)[_RESAMPLES // 2], sum(low <= seen for low in least) / _RESAMPLES


def _trios(name: str, panels: Sequence[Panel]) -> list[tuple[str, ...]]:
    allowed = list(combinations(sorted({answer.model for panel in panels for answer in panel.answers}), 3))
    return allowed if len(allowed) <= MOST_ALL else random.Random(name).sample(allowed, MOST_TRIOS)


async def _gained(panels: Sequence[Panel], ranker: Learned) -> list[tuple[str, float]]:
    gained: list[tuple[str, float]] = []
    for panel in panels:
        best = (await ranker.rank(Question(panel.prompt), panel.answers)).best
        gained.append((panel.group, (0.0 if best is None else panel.scores[best]) - random_score(panel)))
    return gained
