"""The order of a panel's answers, how sure it is, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from trillm.vocabulary.response import Scores

DecidedBy = Literal["hygiene", "heuristic", "criteria", "learned", "judge"]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Response ids best first, with the probability of each being the best (together at most 1).

    `best` is None only when no answer has any text. `why` is one or two plain sentences.
    """

    order: tuple[str, ...]
    probabilities: Mapping[str, float]
    best: str | None
    confidence: float | None
    too_close: bool
    decided_by: DecidedBy
    why: str
    scores: Mapping[str, Scores] = field(default_factory=dict[str, Scores])
    provisional: bool = False

    def as_event(self) -> dict[str, Any]:
        """Return the data of a `ranking` event of the contract."""
        return {
            "order": list(self.order),
            "probabilities": dict(self.probabilities),
            "best": self.best,
            "confidence": self.confidence,
            "too_close": self.too_close,
            "decided_by": self.decided_by,
            "why": self.why,
            "scores": {response_id: scores.as_object() for response_id, scores in self.scores.items()},
            "provisional": self.provisional,
        }
