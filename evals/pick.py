"""Lets the ranker pick from recorded panels."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Sequence

from evals.figures import Pick
from evals.recorded import Panel
from trillm.ranking.criteria import Criteria
from trillm.ranking.heuristic import Heuristic
from trillm.ranking.hygiene import Defect
from trillm.ranking.ladder import Ladder
from trillm.ranking.learned.grounds import Ground, ground_of
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.weights import SHIPPED, Weights
from trillm.ranking.ranker import Ranker
from trillm.vocabulary.question import Question

_CLEAR = 0.7
"""A lead in prose from which no judge would be asked."""
_TOLD_EVERY = 500


def picks_of(panels: Sequence[Panel], weights: Weights | None = None, *, ranker: Ranker | None = None) -> list[Pick]:
    """Return what the ranker (the shipped ladder without plugins unless told otherwise) picks from each panel."""
    criteria = Criteria(remembered=256)
    ladder = ranker or Ladder([Learned(weights or SHIPPED, criteria=criteria), criteria, Heuristic()])
    return asyncio.run(_pick_all(panels, ladder, criteria))


async def _pick_all(panels: Iterable[Panel], ranker: Ranker, criteria: Criteria) -> list[Pick]:
    picks: list[Pick] = []
    for panel in panels:
        question = Question(panel.prompt)
        ranking = await ranker.rank(question, panel.answers)
        ground = ground_on(criteria, question, panel)
        picks.append(Pick(panel, ranking.best, ranking.confidence or 0.0, ranking.too_close, ground))
        if len(picks) % _TOLD_EVERY == 0:
            print(f"{len(picks)} panels", file=sys.stderr)  # noqa: T201 - progress
    return picks


def ground_on(criteria: Criteria, question: Question, panel: Panel) -> Ground | None:
    """Return the ground on which a panel is decided; None when hygiene leaves at most one answer."""
    request, entries = criteria.read(question, panel.answers)
    sound = [e for e in entries if e.measured.defect is Defect.NONE]
    return ground_of(request, sound) if len(sound) > 1 else None


def goes_to_the_judge(pick: Pick) -> bool:
    """Whether a judge would be asked, by the rule that stands in for it until there is one.

    Where final answers all differ, where the premise is contested, and in prose unless the lead is clear; never where
    a majority agrees.
    """
    if pick.ground is Ground.PROSE:
        return pick.confidence < _CLEAR
    return pick.ground in (Ground.DIVIDED, Ground.PREMISE)
