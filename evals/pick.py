"""Lets the ranker pick from recorded panels."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Sequence

from evals.figures import Pick
from evals.recorded import Panel
from trillm.ranking.criteria import Criteria
from trillm.ranking.heuristic import Heuristic
from trillm.ranking.judge.policy import is_close
from trillm.ranking.ladder import Ladder
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.weights import SHIPPED, Weights
from trillm.ranking.ranker import Ranker
from trillm.vocabulary.question import Question

_TOLD_EVERY = 500


def picks_of(panels: Sequence[Panel], weights: Weights | None = None, *, ranker: Ranker | None = None) -> list[Pick]:
    """Return what the ranker (the shipped ladder without plugins unless told otherwise) picks from each panel."""
    criteria = Criteria(remembered=256)
    ladder = ranker or Ladder([Learned(weights or SHIPPED, criteria=criteria), criteria, Heuristic()])
    return asyncio.run(_pick_all(panels, ladder))


async def _pick_all(panels: Iterable[Panel], ranker: Ranker) -> list[Pick]:
    picks: list[Pick] = []
    for panel in panels:
        found = await ranker.rank(Question(panel.prompt), panel.answers)
        picks.append(Pick(panel, found.best, found.confidence or 0.0, found.too_close, found.ground))
        tell(len(picks), "panels picked from")
    return picks


def tell(count: int, what: str) -> None:
    """Tell on stderr, now and then, how far a long work has come."""
    if count % _TOLD_EVERY == 0:
        print(f"{count} {what}", file=sys.stderr)  # noqa: T201 - progress


def goes_to_the_judge(pick: Pick) -> bool:
    """Whether a judge would be asked, by the rule of the server; of one sound answer it never is."""
    return bool(pick.ground) and is_close(pick.ground, pick.confidence, too_close=pick.too_close)
