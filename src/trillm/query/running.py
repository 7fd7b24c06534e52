"""The queries that this process works on, and its right to do so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from trillm.history import store
from trillm.query.fan_out import Run
from trillm.storage.database import Database
from trillm.vocabulary.errors import Fenced, TrillmError
from trillm.vocabulary.ids import now

log = logging.getLogger(__name__)


class Running:
    """Live runs by query id and by fingerprint, and the lease under which this process (`owner`) holds them all.

    The lease is renewed for all runs with one statement. A run that another process has claimed is abandoned; a process
    whose lease is over, because it slept or lost its database, neither buys nor writes until it has renewed it.
    """

    def __init__(self, database: Database, owner: str, lease_seconds: float) -> None:
        self._database = database
        self.owner = owner
        self._lease_seconds = lease_seconds
        self._runs: dict[str, Run] = {}
        self._leaders: dict[str, Run] = {}
        self._held_until = now() + timedelta(seconds=lease_seconds)

    def __len__(self) -> int:
        return len(self._runs)

    def __iter__(self) -> Iterator[Run]:
        return iter(list(self._runs.values()))

    def get(self, query_id: str) -> Run | None:
        """Return the live run of a query."""
        return self._runs.get(query_id)

    def same(self, fingerprint: str) -> Run | None:
        """Return the run that is buying the answer to an identical question."""
        return self._leaders.get(fingerprint)

    def add(self, run: Run, *, leads: bool) -> None:
        """Take up a run; one that `leads` can be joined by identical questions."""
        self._runs[run.query.id] = run
        if leads:
            self._leaders.setdefault(run.query.fingerprint, run)

    def remove(self, run: Run) -> None:
        """Let go of a run that has ended."""
        self._runs.pop(run.query.id, None)
        if self._leaders.get(run.query.fingerprint) is run:
            del self._leaders[run.query.fingerprint]

    def lease(self) -> datetime:
        """Return until when a run taken up now is held."""
        return now() + timedelta(seconds=self._lease_seconds)

    async def ensure_lease(self, on_lost: Callable[[Run], None]) -> None:
        """Renew a lease that ran out while this process slept; Fenced when it cannot be renewed."""
        if now() > self._held_until:
            await self.renew(on_lost)
        self.check_lease()

    def check_lease(self) -> None:
        """Raise Fenced when the lease is over: buying now could buy a second time."""
        if now() > self._held_until:
            raise Fenced("The lease of this process is over.")

    async def renew_forever(self, on_lost: Callable[[Run], None]) -> None:
        """Renew the lease three times in its span until cancelled; `on_lost` is told of each run that was claimed."""
        while True:
            try:
                await self.renew(on_lost)
            except Exception:  # a door: without this task every question of this process would soon be refused
                log.exception("the lease could not be renewed through a defect of ours")
            await asyncio.sleep(self._lease_seconds / 3)

    async def renew(self, on_lost: Callable[[Run], None]) -> None:
        """Renew the lease once."""
        until = self.lease()
        before = [run for run in self if run.accepted and not run.closing]
        try:
            held: set[str] = set()
            if before:  # an idle server leaves its database alone
                held = await self._database.write(
                    lambda conn: store.renew(conn, self.owner, [r.query.id for r in before], until)
                )
        except TrillmError as error:
            log.warning("the lease could not be renewed: %s", error.detail)
            return
        self._held_until = until
        for run in before:
            if run.query.id not in held and not run.closing and self._runs.get(run.query.id) is run:
                on_lost(run)
