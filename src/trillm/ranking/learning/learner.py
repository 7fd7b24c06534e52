"""Keeps the learned rung at what this deployment's labels say: online after each, and by a full fit now and then.

The tables are the truth. What is believed is the newest fit and, on top of it, the labels that came later, learned one
by one; a further fit reads all labels again, so that it forgets what was deleted or changed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.learnt import Learnt
from trillm.ranking.learning import store
from trillm.ranking.learning.labels import labels_of
from trillm.ranking.learning.store import Fit, Mark, Said
from trillm.ranking.learning.voices import Heard, Voices, voice_of, weighed
from trillm.storage.database import Database
from trillm.vocabulary.errors import TrillmError
from trillm.vocabulary.ids import new_id, now

FIT_AFTER: Final = 20
"""A fit is due when this many votes and verdicts have come since the last..."""
FIT_PAUSE: Final = timedelta(minutes=10)
"""...or when one was deleted or changed, but not sooner than this after the last."""
MOST: Final = 10_000
"""A fit reads the newest so many votes and verdicts."""
REPLAYED: Final = 200
"""At most so many of those that came after a fit are learned online."""
LOOK_SECONDS: Final = 15.0
"""How often other processes' labels and fits are looked for."""
_AT_ONCE: Final = 50
"""Queries in memory at a time: their answers may be long."""

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Told how many of how many votes and verdicts have been read."""


class Learner:
    """Gives the learned rung what labels teach. Its failures are recorded, and the rung keeps what it has."""

    def __init__(self, database: Database, learned: Learned) -> None:
        self._database = database
        self._learned = learned
        self.newest: Fit | None = None
        """The fit that is in use; None before the first."""
        self.learnt = Learnt()
        """What is believed now."""
        self._base = Learnt()
        self._seen: str | None = None
        self._later: dict[str, Heard] = {}
        self._voices = Voices(database, None)
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Take up the newest fit and what was said since; without a database the shipped numbers stay."""
        await self._recorded("what was learned could not be read", self.catch_up())

    async def learn(self, query_id: str) -> None:
        """Learn from what was just said of a query, in milliseconds."""
        await self._recorded("a label could not be learned from", self._learn(query_id))

    async def forever(self, pause: float = LOOK_SECONDS) -> None:
        """Keep up with the tables, other processes' labels included, and fit anew when that is due, until cancelled."""
        while True:
            await asyncio.sleep(pause)
            await self._recorded("what was learned could not be read", self.catch_up())
            await self._recorded("the ranker could not be fitted", self._fit_if_due())

    async def catch_up(self) -> None:
        """Bring what is believed to what the tables say. Raises Unavailable."""
        async with self._turn:
            fit = await self._database.read(store.newest_fit)
            if (fit and fit.id) != self._seen:
                self._begin_from(fit)
            said = await self._database.read(lambda conn: store.said_after(conn, self._mark, REPLAYED))
            marks = _newest_marks(said)
            gone = self._later.keys() - marks.keys()
            changed = {q: mark for q, mark in marks.items() if q not in self._later or self._later[q].mark != mark}
            await self._take(changed, gone)

    async def fit(self, progress: Progress | None = None) -> Fit:
        """Fit all numbers anew from the tables, keep and adopt them. Raises Unavailable and BrokenWeights."""
        begun = now()
        said = await self._database.read(lambda conn: store.said_after(conn, None, MOST))
        heard = await self._read(_newest_marks(said), progress)
        labels = [label for _, found in weighed(heard, Counter()) for label in found]
        learnt = await asyncio.to_thread(Learnt.fit, labels)
        last = said[0].mark if said else None
        fit = Fit(new_id(), begun, len(said), last, learnt.as_object())
        await self._database.write(lambda conn: store.save_fit(conn, fit))
        await self.catch_up()
        return fit

    async def said_since_fit(self) -> int:
        """Return how many votes and verdicts came after the newest fit. Raises Unavailable."""
        return (await self._database.read(lambda conn: store.count_said(conn, self._mark)))[1]

    async def is_fit_due(self) -> bool:
        """Whether enough was said, deleted or changed since the newest fit. Raises Unavailable."""
        until, after = await self._database.read(lambda conn: store.count_said(conn, self._mark))
        if self.newest is None:
            return after >= FIT_AFTER
        differs = self.newest.labels < MOST and until != self.newest.labels
        return (after >= FIT_AFTER or differs) and now() - self.newest.created_at >= FIT_PAUSE

    @property
    def _mark(self) -> Mark | None:
        return None if self.newest is None else self.newest.last

    async def _fit_if_due(self) -> None:
        if await self.is_fit_due():
            fit = await self.fit()
            log.info("the ranker was fitted to %d votes and verdicts", fit.labels)

    async def _learn(self, query_id: str) -> None:
        async with self._turn:
            said = await self._database.read(lambda conn: store.said_after(conn, self._mark, REPLAYED, query_id))
            await self._take(_newest_marks(said), set())

    async def _take(self, changed: dict[str, Mark], gone: set[str]) -> None:
        """Learn what is new, or, where that alone would not give what the tables say, all after the fit again."""
        if not changed and not gone:
            return
        fresh = await self._read(changed)
        kept = {query_id: heard for query_id, heard in self._later.items() if query_id not in gone}
        learned_until = max((heard.mark for heard in kept.values()), default=None)
        late = learned_until is not None and any(heard.mark < learned_until for heard in fresh.values())
        moved = any(q in self._later or self._voices.has_heard(q, heard.voice) for q, heard in fresh.items())
        again = bool(gone or late or moved)
        later = kept | fresh
        learnt = self._base if again else self.learnt
        for query_id, labels in weighed(later, await self._voices.spoken(later)):
            if again or query_id in fresh:
                for label in labels:
                    learnt = learnt.updated(label)
                await asyncio.sleep(0)  # a label takes a quarter of a millisecond, and there may be hundreds
        self._later = later
        self._adopt(learnt)

    async def _read(self, marks: dict[str, Mark], progress: Progress | None = None) -> dict[str, Heard]:
        """Return what the queries say that stand at these marks; those that are gone are left out."""
        query_ids = list(marks)
        heard: dict[str, Heard] = {}
        for start in range(0, len(query_ids), _AT_ONCE):
            if progress is not None:
                progress(start, len(query_ids))
            some = query_ids[start : start + _AT_ONCE]
            for query, votes in await self._database.read(lambda conn, some=some: store.labelled(conn, some)):
                labels = tuple(labels_of(self._learned, query, votes))
                heard[query.id] = Heard(marks[query.id], voice_of(query), labels)
                await asyncio.sleep(0)  # reading a panel takes milliseconds: others go on between
        return heard

    def _begin_from(self, fit: Fit | None) -> None:
        """Believe what the fit found; one of another version is as good as none, and the next takes its place."""
        self._seen = fit and fit.id
        try:
            self._base, self.newest = (Learnt.of_object(fit.numbers), fit) if fit else (Learnt(), None)
        except (ValueError, KeyError, TypeError) as error:
            log.warning("what was learned cannot be used until the next fit: %r", error)
            self._base, self.newest = Learnt(), None
        self._later, self._voices = {}, Voices(self._database, self._mark)
        self._adopt(self._base)

    def _adopt(self, learnt: Learnt) -> None:
        self.learnt = learnt
        self._learned.adopt(learnt)

    async def _recorded(self, failure: str, work: Awaitable[Any]) -> None:
        try:
            await work
        except TrillmError as error:
            log.warning("%s: %s", failure, error.detail)
        except Exception:  # a door: a vote is kept and a question answered, whatever becomes of the learning
            log.exception("%s through a defect of ours", failure)


def _newest_marks(said: Sequence[Said]) -> dict[str, Mark]:
    """Return the newest mark of each query; `said` comes newest first."""
    marks: dict[str, Mark] = {}
    for one in said:
        marks.setdefault(one.query_id, one.mark)
    return marks
