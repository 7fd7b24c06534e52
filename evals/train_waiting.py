"""`python -m evals.train_waiting`: fits what waiting for late answers gains (waiting.json), and when a lone answer is
doubtful (doubt.json). Permissively licensed sets alone: ZeroEval and PandaLM (Apache-2.0), BullshitBench (MIT)."""

# ruff: noqa: S311, T201 - samples, not secrets; progress

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evals.courses import Course, Rung
from evals.economy import fit_doubt, lone_by_set
from evals.recorded import Panel, only, recorded
from evals.shipped import ship
from evals.train import OBJECTIVE, PREMISES, VOTES
from trillm.ranking.learned import doubt
from trillm.ranking.learned.grounds import Ground
from trillm.ranking.learned.waiting import GAINING, SHIPPED, WAIT, Gains, expected_loss

SETS = (*OBJECTIVE, PREMISES, VOTES)
_SIZES = (3, 3, 5)
_PROMPTS = 400
_SHRINK = 30.0
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Waited:
    """On one ground, over prompts of one set: what waiting gained, and the late ones' share of the panel, in sum."""

    gain: float = 0.0
    share: float = 0.0
    prompts: float = 0.0

    def __add__(self, other: Waited) -> Waited:
        return Waited(self.gain + other.gain, self.share + other.share, self.prompts + other.prompts)


async def waited(panels: Sequence[Panel], name: str) -> dict[str, Waited]:
    """Return what waiting gained by ground, panels drawn at random from the models that answered.

    Each prompt counts once on each ground, however many draws fell there.
    """
    chance, rung = random.Random(name), Rung()
    by_prompt: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for panel in chance.sample(list(panels), min(_PROMPTS, len(panels))):
        for size in _SIZES if not panel.pair else (2,):
            ids = [a.id for a in chance.sample(panel.answers, min(size, len(panel.answers)))]
            course = Course(only_ids(panel, ids), rung)
            full = course.score(await course.after(ids))
            for known in range(1 if panel.pair else 2, len(ids)):
                before = await course.after(ids[:known])
                ground = before.ground or Ground.PROSE
                if (known > 1 and not before.ground) or expected_loss(before, ids[known:], gains=WAIT) == 0:
                    continue
                by_prompt[ground, panel.group].append((full - course.score(before), 1 - known / len(ids)))
    found: defaultdict[str, Waited] = defaultdict(Waited)
    for (ground, _), states in by_prompt.items():
        gain, share = (sum(values) / len(states) for values in zip(*states, strict=True))
        found[ground] += Waited(gain, share, 1.0)
    return dict(found)


def only_ids(panel: Panel, ids: Iterable[str]) -> Panel:
    """Return the panel with these answers alone."""
    kept = set(ids)
    return only(panel, [a.model for a in panel.answers if a.id in kept]) if not panel.pair else panel


def gains_of(sets: Iterable[Mapping[str, Waited]]) -> Gains:
    """Return the gain a ground as a share of the panel still out, drawn towards prose as by 30 more prompts."""
    total: defaultdict[str, Waited] = defaultdict(Waited)
    for held in sets:
        for ground, waiting in held.items():
            total[ground] += waiting
    prose = total[Ground.PROSE]
    towards = prose.gain / prose.share
    found: dict[str, float] = {}
    for ground in GAINING:
        held = total[ground]
        pseudo = _SHRINK * (held.share / held.prompts if held.prompts else 1 / 3)
        gain = (held.gain + pseudo * towards) / (held.share + pseudo)
        found[ground.value] = round(min(1.0, max(0.0, gain)), _DIGITS)
    return Gains(found)


def waited_by_set() -> dict[str, dict[str, Waited]]:
    """Return what waiting gained on each set that permits it to be fitted on, by its name. Raises BadFile."""
    return {name: asyncio.run(waited(recorded(name), name)) for name in SETS}


def main() -> None:
    """Write waiting.json and doubt.json. Raises BadFile."""
    for path, found in (
        (SHIPPED, gains_of(waited_by_set().values()).as_object()),
        (doubt.SHIPPED, fit_doubt(lone_by_set().values()).as_object()),
    ):
        print(ship(path, found))


if __name__ == "__main__":
    main()
