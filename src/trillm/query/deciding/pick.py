"""Naming the best: ranked anew whenever an answer ends, fixed when nobody outstanding is likely to change it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

from trillm.query.fan_out import Run
from trillm.query.terms import Terms
from trillm.ranking.learned.learned import category_asked
from trillm.ranking.learned.learnt import Learnt
from trillm.ranking.learned.waiting import TOLERATED_LOSS, expected_loss
from trillm.ranking.ranker import Candidate, Ranker
from trillm.vocabulary.event import EventType
from trillm.vocabulary.question import Query, QueryStatus
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import Response, ResponseStatus

LAGGARD_FACTOR = 4.0
"""An answer that has not begun to speak after this many times the slowest finished answer's time is a laggard..."""

LAGGARD_SECONDS = 8.0
"""...but never before this many seconds, which thinking models need for their first word."""


def pick_is_settled(
    ranking: Ranking | None,
    responses: Iterable[Response],
    elapsed: float,
    deadline: float,
    *,
    tolerated_loss: float = TOLERATED_LOSS,
    priors: Mapping[str, float] | None = None,
) -> bool:
    """Say whether to stop waiting, `elapsed` seconds into the query.

    Yes at the deadline; and, when two have answered, if those outstanding are not expected to better the pick by more
    than `tolerated_loss` (quality, 0 to 1), or are laggards. What is outstanding streams on and is recorded all the
    same. `priors` are what has been learnt of the models, by response id, in logits.
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
    if expected_loss(ranking, [r.id for r in outstanding], priors or {}) <= tolerated_loss:
        return True
    slowest = max(r.response_time_ms or 0.0 for r in finished) / 1000
    silent = all(r.status is ResponseStatus.PENDING for r in outstanding)
    return silent and elapsed >= max(LAGGARD_SECONDS, LAGGARD_FACTOR * slowest)


async def rank(run: Run, ranker: Ranker) -> None:
    """Rank what has ended, provisionally, if something is new; a fixed pick stays."""
    query = run.query
    candidates = candidates_of(query)
    ranked = () if query.ranking is None else query.ranking.order
    if run.pick_fixed or not candidates or sorted(ranked) == sorted(c.id for c in candidates):
        return
    query.ranking = replace(await ranker.rank(query.question, candidates), provisional=True)
    show_ranking(query)


def is_settled(run: Run, terms: Terms, learnt: Learnt) -> bool:
    """Whether the pick, not fixed yet, is to be fixed now; never while a judge looks at it."""
    if run.pick_fixed or run.case is not None or run.query.ranking is None:
        return False
    elapsed = asyncio.get_running_loop().time() - run.begun
    if not run.answering:
        return True
    category = category_asked(run.query.question) if learnt.labels else ""
    return pick_is_settled(
        run.query.ranking,
        run.query.latest,
        elapsed,
        terms.query_timeout,
        tolerated_loss=terms.tolerated_loss,
        priors={r.id: learnt.of(r.key, category) for r in run.query.latest},
    )


def fix(run: Run, ranking: Ranking) -> None:
    """Let this ranking stand."""
    run.pick_fixed = True
    run.query.ranking = replace(ranking, provisional=False)
    show_ranking(run.query)


def tell(run: Run) -> None:
    """Write the ranking to the query's log unless it stands there already."""
    ranking = run.query.ranking
    if ranking is not None and ranking is not run.told:
        run.told = ranking
        run.log.append(EventType.RANKING, ranking.as_event())


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


def candidates_of(query: Query) -> list[Candidate]:
    """Return the answers that have ended, of each member the newest, as the ranker sees them."""
    return [
        Candidate(r.id, r.provider, r.model, r.status, r.text, r.response_time_ms)
        for r in query.latest
        if r.status.is_final
    ]
