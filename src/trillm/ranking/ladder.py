"""The ladder: the best ranker that works decides. One that fails is recorded, and the next takes its place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from math import isfinite
from typing import Final

from trillm.ranking.criteria import Criteria
from trillm.ranking.heuristic import Heuristic
from trillm.ranking.learned.learned import Learned
from trillm.ranking.ranker import Candidate, Ranker
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking

PLUGINS: Final = "trillm.rankers"
_ROUNDING: Final = 1e-6
_NEVER_WAIT: Final = (Learned, Criteria, Heuristic)
"""Pure computation, which no clock could stop."""

log = logging.getLogger(__name__)


class BrokenRanking(Exception):
    """A ranker returned what the socket forbids; the message says which promise it broke."""


class Ladder:
    """Rungs from top to bottom, each with `timeout` seconds. It falls down and never to chance.

    When even the bottom rung fails, its error is raised: there is nothing honest left to say.
    """

    name = "ladder"

    def __init__(self, rungs: Sequence[Ranker], *, timeout: float = 10.0) -> None:
        if not rungs:
            raise ValueError("a ladder needs a rung")
        self.rungs = tuple(rungs)
        self._timeout = timeout

    async def rank(self, question: Question, candidates: Sequence[Candidate]) -> Ranking:
        """Return the ranking of the highest rung that gives a sound one."""
        for rung in self.rungs[:-1]:
            try:
                return await self._try(rung, question, candidates)
            except Exception:
                log.exception("ranker %s failed; falling to the next", rung.name)
        return await self._try(self.rungs[-1], question, candidates)

    async def _try(self, rung: Ranker, question: Question, candidates: Sequence[Candidate]) -> Ranking:
        if type(rung) in _NEVER_WAIT:  # a plugin may be one of these that waits
            ranking = await rung.rank(question, candidates)
        else:
            ranking = await asyncio.wait_for(rung.rank(question, candidates), self._timeout)
        check(ranking, candidates)
        return ranking


def check(ranking: Ranking, candidates: Sequence[Candidate]) -> None:
    """Raise BrokenRanking unless the ranking keeps the socket's promises about ids and probabilities."""
    ids = sorted(candidate.id for candidate in candidates)
    probabilities = ranking.probabilities.values()
    if sorted(ranking.order) != ids or sorted(ranking.probabilities) != ids:
        raise BrokenRanking("order and probabilities must hold every candidate once")
    if not all(isfinite(p) and 0 <= p <= 1 for p in probabilities) or sum(probabilities) > 1 + _ROUNDING:
        raise BrokenRanking("probabilities must be within 0 and 1 and add up to at most 1")
    if ranking.best not in (None, ranking.order[0]):
        raise BrokenRanking("the best must be the first")
    if not ranking.why.strip():
        raise BrokenRanking("a ranking must say why")


def default_ladder(learned: Learned | None = None, criteria: Criteria | None = None) -> Ladder:
    """Return the ladder of this installation: plugins, the learned rung, the criteria, the heuristic.

    What is given takes the place of a new one: rungs that share their criteria read each answer once.
    """
    criteria = criteria or Criteria()
    learned = learned or Learned(criteria=criteria)
    return Ladder([*load_plugins(tuple(entry_points(group=PLUGINS))), learned, criteria, Heuristic()])


def load_plugins(points: Sequence[EntryPoint]) -> list[Ranker]:
    """Return the rankers behind the entry points, by name; one that cannot be loaded is reported and left out."""
    rankers: list[Ranker] = []
    for point in sorted(points, key=lambda point: point.name):
        try:
            rankers.append(point.load()())
        except Exception:
            log.exception("ranker plugin %s cannot be loaded; left out", point.name)
    return rankers
