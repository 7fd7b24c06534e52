"""SOCKET ranker: orders the answers of one panel. Implementations pass tests/contracts/test_ranker.py.

Third parties plug in by the entry point group `trillm.rankers`: a callable that takes no argument and returns a Ranker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import ResponseStatus


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer that can be ranked: final in its status, with whatever text it has (possibly none)."""

    id: str
    provider: str
    model: str
    status: ResponseStatus
    text: str
    response_time_ms: float | None = None


class Ranker(Protocol):
    """Orders candidates.

    `order` holds every candidate's id once. An answer that hygiene rejects never precedes a sound one. With no text at
    all `best` is None. Probabilities are within 0..1 and add up to at most 1. The result depends on the candidates, not
    on the order they are given in. Rankers call no network unless they say so, and raise only on defects: the ladder
    then falls to the next.
    """

    name: str

    async def rank(self, question: Question, candidates: Sequence[Candidate]) -> Ranking:
        """Return the ranking of the candidates (at least one)."""
        ...
