"""How much a voice counts: what one session says of a category weighs less and less, and all of it is bounded."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from trillm.ranking.learned.label import Label
from trillm.ranking.learned.learned import category_asked
from trillm.ranking.learning import store
from trillm.ranking.learning.store import Mark
from trillm.storage.database import Database
from trillm.vocabulary.question import Query

FULL: Final = 10
"""So many questions of one voice teach in full; those after them less and less."""

Voice = tuple[str, str]
"""Who speaks, and of what: a session and a category."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is learned of a query."""

    mark: Mark
    voice: Voice
    labels: tuple[Label, ...]


def voice_of(query: Query) -> Voice:
    """Return by which voice the labels of a query count."""
    return query.caller.session_id, category_asked(query.question)


def share(n: int) -> float:
    """Return how much of its weight the n-th question of one voice keeps: all of them together count less than 2 FULL.

    What one session teaches is everybody's: its taste shall show, and not drown the others'.
    """
    return 1.0 if n <= FULL else (FULL / n) ** 2


def weighed(heard: Mapping[str, Heard], spoken: Counter[Voice]) -> Iterator[tuple[str, list[Label]]]:
    """Yield the labels of each query in the order of time, weighed by its turn after what its voice had `spoken`."""
    spoken = spoken.copy()
    for query_id, one in sorted(heard.items(), key=lambda item: item[1].mark):
        spoken[one.voice] += 1
        left = share(spoken[one.voice])
        yield query_id, [replace(label, weight=label.weight * left) for label in one.labels]


class Voices:
    """Knows what a fit has heard of the sessions that speak after it; each is looked up once."""

    def __init__(self, database: Database, until: Mark | None) -> None:
        self._database = database
        self._until = until
        self._before: dict[str, dict[str, Voice]] = {}

    def has_heard(self, query_id: str, voice: Voice) -> bool:
        """Whether a query counts among what the fit has heard, as far as was looked up."""
        return query_id in self._before.get(voice[0], {})

    async def spoken(self, later: Mapping[str, Heard]) -> Counter[Voice]:
        """Return how often the fit has heard the voices of these queries, which are not counted. Raises Unavailable."""
        sessions = {heard.voice[0] for heard in later.values()}
        unknown, until = sessions - self._before.keys(), self._until
        if until is not None and unknown:
            found: dict[str, dict[str, Voice]] = {session: {} for session in unknown}
            for query_id, session, question in await self._database.read(
                lambda conn: store.spoken_of(conn, until, unknown)
            ):
                found[session][query_id] = session, category_asked(question)
                await asyncio.sleep(0)  # a long question's category takes a while to tell
            self._before |= found
        held = (self._before.get(session, {}) for session in sessions)
        return Counter(voice for mine in held for query_id, voice in mine.items() if query_id not in later)
