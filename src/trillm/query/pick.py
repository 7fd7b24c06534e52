"""Naming the best: ranked anew whenever an answer ends, fixed when nobody outstanding is likely to change it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from trillm.query.fan_out import Run
from trillm.ranking.ranker import Candidate, Ranker
from trillm.vocabulary.event import EventType
from trillm.vocabulary.question import Query, QueryStatus
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import Response, ResponseStatus

SURE = 0.9
"""A provisional best this probable is not worth waiting for a rival; text alone never gets here, agreement does."""

LAGGARD_FACTOR = 4.0
"""An answer that has not begun to speak after this many times the slowest finished answer's time is a laggard..."""

LAGGARD_SECONDS = 8.0
"""...but never before this many seconds, which thinking models need for their first word."""


def pick_is_settled(ranking: Ranking | None, responses: Iterable[Response], elapsed: float, deadline: float) -> bool:
    """Say whether to stop waiting, `elapsed` seconds into the query.

    Yes at the deadline; when nobody outstanding is likely to change the pick; when two have answered and the rest are
    laggards. What is outstanding streams on and is recorded all the same.
    """
    if ranking is None or ranking.best is None:
        return False
    if elapsed >= deadline:
        return True
    # an answer that has ended but is not ranked yet is as outstanding as one that still streams
    finished = [r for r in responses if r.status is ResponseStatus.COMPLETE and r.id in ranking.order]
    outstanding = [r for r in responses if r.id not in ranking.order]
    if len(finished) < 2:
        return False
    if (ranking.confidence or 0.0) >= SURE:
        return True
    slowest = max(r.response_time_ms or 0.0 for r in finished) / 1000
    silent = all(r.status is ResponseStatus.PENDING for r in outstanding)
    return silent and elapsed >= max(LAGGARD_SECONDS, LAGGARD_FACTOR * slowest)


async def pick(run: Run, ranker: Ranker, deadline: float, *, news: bool) -> Ranking | None:
    """Rank what has ended, if there is `news`, and fix the pick when it is settled; a fixed pick stays.

    Returns the ranking when it says something new. While answers are outstanding it is told at once; the last one is
    the caller's to tell, after it is kept.
    """
    if run.pick_fixed:
        return None
    query = run.query
    candidates = [_candidate(r) for r in query.latest if r.status.is_final]
    if news and candidates:
        query.ranking = await ranker.rank(query.question, candidates)
    elapsed = asyncio.get_running_loop().time() - run.begun
    settled = not run.outstanding or pick_is_settled(query.ranking, query.latest, elapsed, deadline)
    if query.ranking is None or not (news or settled):
        return None
    run.pick_fixed = settled
    query.ranking = replace(query.ranking, provisional=not settled)
    show_ranking(query)
    if run.outstanding:
        run.log.append(EventType.RANKING, query.ranking.as_event())
    return query.ranking


def show_ranking(query: Query) -> None:
    """Write the ranking's places into the responses."""
    ranking = query.ranking
    for response in query.responses:
        placed = ranking is not None and response.id in ranking.order
        response.rank = ranking.order.index(response.id) + 1 if ranking and placed else None
        response.probability = ranking.probabilities.get(response.id) if ranking and placed else None
        response.scores = ranking.scores.get(response.id) if ranking and placed else None
        response.is_best = ranking is not None and response.id == ranking.best


def status_of(query: Query) -> QueryStatus:
    """Return the status of a query whose answers have all ended."""
    if all(r.status is ResponseStatus.COMPLETE for r in query.latest):
        return QueryStatus.COMPLETE
    answered = query.ranking is not None and query.ranking.best is not None
    return QueryStatus.PARTIAL if answered else QueryStatus.FAILED


def _candidate(response: Response) -> Candidate:
    return Candidate(
        response.id, response.provider, response.model, response.status, response.text, response.response_time_ms
    )
