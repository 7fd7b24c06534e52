"""Continues what a process left unfinished: run by the server, at its start and from then on. Never by `trillm ask`."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

from trillm.history import store
from trillm.history.listing import store as listing
from trillm.providers.registry import Member
from trillm.query.ask import Asker
from trillm.query.record import has_what_is_missing, save_responses
from trillm.query.synthesis.wanted import expected_cost
from trillm.query.terms import Rooms
from trillm.vocabulary.errors import InvalidInput, TrillmError
from trillm.vocabulary.ids import new_id, now
from trillm.vocabulary.question import Query
from trillm.vocabulary.response import Failure, Response, ResponseStatus
from trillm.vocabulary.synthesis import Synthesis

log = logging.getLogger(__name__)

CUT_SHORT = Failure("cancelled", "Cut short by a restart; the model was asked again.")
TOO_OFTEN = Failure("cancelled", "Cut short by one restart after the other; the model was not asked again.")
LEFT = Failure("cancelled", "Cut short when the command that asked was ended.")

CUT_OFF = Failure(
    "cancelled", "Cut short by a restart; what was continued is deleted, so the model was not asked again."
)

_ENDED = -1
TIMES_ASKED = 3
"""How often a model is asked within one query that restarts cut short: the query may be what ends the process, and each
time may be charged."""


def owner_name(door: str) -> str:
    """Return the name of this process as an owner: the door it serves, its host, its pid and when that pid began.

    So that a later process on the same host can tell a dead owner from a living one without waiting for its lease.
    """
    return f"{door}@{socket.gethostname()}:{os.getpid()}:{_begun(os.getpid()) or 0}"


class Recovery:
    """Claims queries whose owner is dead or whose lease is over, and sees them through.

    An answer that is complete is not asked again; one that was cut short ends `cancelled` and its model is asked as a
    new attempt, whatever the day's budget says: it was admitted when it was accepted. A query left by `trillm ask` is
    ended with what it has: nobody waits for it, so nothing more is bought.
    """

    def __init__(self, rooms: Rooms, asker: Asker) -> None:
        self._rooms = rooms
        self._asker = asker

    async def forever(self) -> None:
        """Look for what is unfinished now, and again as often as leases run out, until cancelled."""
        while True:
            try:
                await self.once()
                await self.purge()
            except TrillmError as error:
                log.warning("unfinished queries could not be looked for: %s", error.detail)
            await asyncio.sleep(self._asker.terms.lease_seconds / 2)

    async def once(self) -> list[str]:
        """Claim what is unfinished and nobody's; return the ids of the queries that go on here."""
        found = await self._rooms.database.read(lambda conn: (store.claimable(conn, now()), store.running(conn)))
        over, running = found
        dead = [(query_id, owner) for query_id, owner in running if owner is not None and _is_dead(owner)]
        taken: list[str] = []
        surely_dead = {query_id for query_id, _ in dead}
        for query_id, owner in dict(over + dead).items():
            if self._asker.running.get(query_id) is not None:
                continue
            try:
                # a lease that was only over may have been renewed meanwhile: then the claim finds it held
                if await self._continue(query_id, owner, dead=query_id in surely_dead):
                    taken.append(query_id)
            except TrillmError as error:
                log.warning("query %s could not be continued: %s", query_id, error.detail)
            except Exception:  # a door: one row that cannot be read must not keep the others from going on
                log.exception("query %s could not be continued through a defect of ours", query_id)
        return taken

    async def purge(self) -> None:
        """Delete for good what was thrown away and is not fetched back in time."""
        overdue = await self._rooms.database.read(lambda conn: listing.overdue(conn, now()))
        if overdue:  # an idle server leaves its database alone
            await self._rooms.database.write(lambda conn: listing.purge(conn, overdue))

    async def _continue(self, query_id: str, former: str | None, *, dead: bool) -> bool:
        running = self._asker.running
        buy = former is None or not former.startswith("ask@")

        def claim(conn: Any) -> tuple[Query, list[Response]] | None:
            query = store.claim(conn, query_id, running.owner, running.lease(), held_by=former if dead else None)
            if query is None:
                return None
            may = buy and not query.question.is_cut_off
            _cut_merging_short(conn, query, buy=may)
            return query, _cut_short(conn, query, buy=may)

        claimed = await self._rooms.database.write(claim)
        if claimed is None:
            return False
        query, again = claimed
        log.info("query %s goes on here, %d answers are asked again", query_id, len(again))
        members: list[tuple[Response, Member]] = []
        for response in again:
            try:
                members.append((response, self._rooms.registry.panel([response.key])[0]))
            except InvalidInput as unknown:  # its provider is not configured any more
                response.status = ResponseStatus.FAILED
                response.error = Failure("not-configured", unknown.detail)
        gone = [response for response in again if response.status.is_final]
        may = buy and not query.question.is_cut_off
        origin = await self._rooms.database.write(lambda conn: self._settle(conn, query, gone, may_copy=may))
        if origin is not None and has_what_is_missing(origin, query):
            await self._asker.copy(query, origin, {response.key: response.id for response, _ in members})
            return True
        reserve = self._asker.reserve_of(query) if may else []
        expected = expected_cost(self._rooms.registry, query, [*(member for _, member in members), *reserve])
        self._asker.resume(query, members, self._rooms.limits.resume(expected), buys=may)
        return True

    def _settle(self, conn: Any, query: Query, gone: list[Response], *, may_copy: bool) -> Query | None:
        """Keep what cannot be asked again; return the identical query that was answered, if one may be copied."""
        save_responses(conn, query, gone)
        if not may_copy or not self._asker.may_reuse(query.question):
            return None
        since = query.created_at - timedelta(seconds=self._asker.terms.cache_seconds)
        return store.find_answered(conn, query.fingerprint, since)


def _cut_short(conn: Any, query: Query, *, buy: bool) -> list[Response]:
    """End the attempts that a dead process left open, in the claiming transaction; return the new attempts."""
    again: list[Response] = []
    for response in query.responses[:]:
        if response.status.is_final:
            continue
        asked = 1 + sum(r.key == response.key and r.error == CUT_SHORT for r in query.responses)
        reason = TOO_OFTEN if asked >= TIMES_ASKED else CUT_SHORT
        if not buy:
            reason = CUT_OFF if query.question.is_cut_off else LEFT
        response.status, response.error = ResponseStatus.CANCELLED, reason
        store.save_response(conn, query, response)
        if reason is CUT_SHORT:
            again.append(Response(new_id(), response.provider, response.model, response.attempt + 1))
            query.responses.append(again[-1])
            store.save_response(conn, query, again[-1])
    return again


def _cut_merging_short(conn: Any, query: Query, *, buy: bool) -> None:
    """End the synthesis that a dead process left open, in the claiming transaction, and have it made anew."""
    last = query.syntheses[-1] if query.syntheses else None
    if last is None or last.made.status.is_final:
        return
    asked = 1 + sum(s.made.error == CUT_SHORT for s in query.syntheses)
    last.made.status = ResponseStatus.CANCELLED
    last.made.error = LEFT if not buy else TOO_OFTEN if asked >= TIMES_ASKED else CUT_SHORT
    store.save_synthesis(conn, query, last)
    if last.made.error is CUT_SHORT:
        again = Synthesis(Response(new_id(), last.made.provider, last.made.model), last.of)
        query.syntheses.append(again)
        store.save_synthesis(conn, query, again)


def _is_dead(owner: str) -> bool:
    """Whether the owner was a process of this host that is no more."""
    host, _, process = owner.partition("@")[2].partition(":")
    pid, _, begun = process.partition(":")
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    if (since := _begun(int(pid))) is not None:
        return since == _ENDED or str(since) != begun  # or the number was given to another process
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _begun(pid: int) -> int | None:
    """Return when a process began, in clock ticks since boot (proc(5), stat field 22); None where there is no /proc.

    _ENDED of one that has ended and that nobody has waited for.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return _ENDED if stat[0] in "ZX" else int(stat[19])
    except (OSError, ValueError, IndexError):
        return None
