"""The same question twice: a query of its own, with its own ids, whose answers another query has bought."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from trillm.eventlog.log import EventLog
from trillm.vocabulary.event import EventType
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import Query
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import Response

NewId = Callable[[str], str]


def copied(origin: Query, new_ids: dict[str, str] | None = None) -> tuple[list[Response], Ranking | None]:
    """Return the answers and ranking of a query under new ids; a copy costs nothing, its origin has paid."""
    responses = origin.latest
    ids = {r.id: (new_ids or {}).get(r.key) or new_id() for r in responses}
    copies = [replace(r, id=ids[r.id], attempt=1, cost_usd=0.0) for r in responses]
    return copies, None if origin.ranking is None else _renamed(origin.ranking, ids)


async def mirror(leader: EventLog, log: EventLog, ids: dict[str, str]) -> None:
    """Repeat a running query's events in the log of one that joined it, under its own response ids (old to new)."""
    names = [(old.encode(), new.encode()) for old, new in ids.items()]
    async for batch in leader.tail():
        for event in batch:
            if event.type not in (EventType.QUERY, EventType.DONE, EventType.ERROR):
                data = event.data
                for old, new in names:
                    data = data.replace(old, new)
                log.append(event.type, data)


def _renamed(ranking: Ranking, ids: dict[str, str]) -> Ranking:
    return replace(
        ranking,
        order=tuple(ids[i] for i in ranking.order if i in ids),
        probabilities={ids[i]: p for i, p in ranking.probabilities.items() if i in ids},
        best=ids.get(ranking.best or ""),
        scores={ids[i]: s for i, s in ranking.scores.items() if i in ids},
    )
