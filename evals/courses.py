"""How a panel's ranking would have run: what the learned rung says of its answers in whatever order they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from evals.recorded import Panel
from trillm.ranking.criteria import Criteria
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.weights import SHIPPED, Weights
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking


class Rung:
    """The learned rung, with one memory of readings for all panels."""

    def __init__(self, weights: Weights | None = None) -> None:
        self.criteria = Criteria(remembered=256)
        self.ranker = Learned(weights or SHIPPED, criteria=self.criteria)


@dataclass(slots=True)
class Course:
    """One panel, and its rankings so far by the set of answers that had arrived."""

    panel: Panel
    rung: Rung
    _held: dict[frozenset[str], Ranking] = field(default_factory=dict[frozenset[str], Ranking])

    async def after(self, arrived: Sequence[str]) -> Ranking:
        """Return the ranking of the answers with these ids."""
        key = frozenset(arrived)
        if key not in self._held:
            answers = [a for a in self.panel.answers if a.id in key]
            self._held[key] = await self.rung.ranker.rank(Question(self.panel.prompt), answers)
        return self._held[key]

    def score(self, ranking: Ranking) -> float:
        """Return the quality of the ranking's pick; 0 when there is none."""
        return 0.0 if ranking.best is None else self.panel.scores[ranking.best]
