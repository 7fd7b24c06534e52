"""An honest fake of the ranker socket: ranks as scripted, fails as scripted, for tests here and in plugins."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from trillm.language.code_blocks import split_code
from trillm.language.request import read_request
from trillm.language.words import words
from trillm.ranking import confidence
from trillm.ranking.hygiene import Defect, find_defect
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking


class FakeRanker:
    """Prefers answers in the order of `preferred` ids, the rest by id; hygiene goes before both, as for every ranker.

    `failures` is consumed a call at a time: an exception is raised, a number of seconds waited, None does nothing.
    """

    name = "fake"

    def __init__(self, preferred: Sequence[str] = (), failures: Sequence[Exception | float | None] = ()) -> None:
        self._preferred = tuple(preferred)
        self._failures = list(failures)
        self.asked: list[tuple[Question, tuple[Candidate, ...]]] = []

    async def rank(self, question: Question, candidates: Sequence[Candidate]) -> Ranking:
        """Return the scripted ranking of the candidates, or fail as scripted."""
        self.asked.append((question, tuple(candidates)))
        failure = self._failures.pop(0) if self._failures else None
        if isinstance(failure, Exception):
            raise failure
        await asyncio.sleep(failure or 0)
        return self._ranking(question, candidates)

    def _ranking(self, question: Question, candidates: Sequence[Candidate]) -> Ranking:
        request = read_request(question.text)
        placed: list[tuple[Defect, int, str]] = []
        for candidate in candidates:
            text = candidate.text[:20_000]
            defect = find_defect(request, candidate, split_code(text), words(text))
            liked = self._preferred.index(candidate.id) if candidate.id in self._preferred else len(self._preferred)
            placed.append((defect, liked, candidate.id))
        placed.sort()
        order = tuple(id for _, _, id in placed)
        spoken = [id for defect, _, id in placed if defect is not Defect.EMPTY]
        sound = sum(defect is Defect.NONE for defect, _, _ in placed)
        shares = confidence.settled([0.6 * 0.4**place for place in range(len(spoken))])
        if sound == 0:
            shares = [min(share, confidence.ALL_REJECTED_CAP) for share in shares]
        found = dict(zip(spoken, shares, strict=True))
        return Ranking(
            order=order,
            probabilities={id: found.get(id, 0.0) for id in order},
            best=order[0] if spoken else None,
            confidence=shares[0] if spoken else None,
            too_close=bool(spoken) and sound == 0,
            decided_by="criteria" if sound else "hygiene",
            why="It is first in the script." if spoken else "No model gave an answer.",
        )
