"""The map of a kept query: made when it is read, and remembered for a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from trillm.ranking.claims.claim import ClaimMap
from trillm.ranking.claims.compare import Answer, compare
from trillm.vocabulary.question import Query, QueryStatus
from trillm.vocabulary.response import ResponseStatus

_REMEMBERED: Final = 64


class ClaimMaps:
    """Makes maps away from the event loop; the last ones made are held."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, ...], ClaimMap] = OrderedDict()

    async def of(self, query: Query) -> ClaimMap:
        """Return the map of the query's complete answers, the newest of each model; empty while it runs."""
        complete = [r for r in query.latest if r.status is ResponseStatus.COMPLETE]
        if query.status is QueryStatus.RUNNING:
            return ClaimMap()
        return await self.between(query.id, query.question.text, [Answer(r.id, r.text) for r in complete])

    async def between(self, of: str, question: str, answers: Sequence[Answer]) -> ClaimMap:
        """Return the map of these answers; `of` is the id of what they belong to, within which theirs hold."""
        if len(answers) < 2:
            return ClaimMap()
        key = (of, *(answer.id for answer in answers))
        if key not in self._held:
            self._held[key] = await asyncio.to_thread(compare, question, answers)
        self._held.move_to_end(key)
        while len(self._held) > _REMEMBERED:
            self._held.popitem(last=False)
        return self._held[key]
