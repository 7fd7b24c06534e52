"""Labels from what was said of a query: which votes and verdicts count, and how much.

A query gives one label of a kind at most: one that names the better answer, and one thumb; or one that none is right,
which somebody says who judged blind and voted all answers down. A person comes before a judge, and the newest vote
before the older ones; a vote that is changed is one vote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from trillm.ranking.learned.label import Label
from trillm.ranking.learned.learned import Learned, category_asked
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Feedback, Query
from trillm.vocabulary.ranking import Judgement
from trillm.vocabulary.response import ResponseStatus

PERSON: Final = 1.0
"""The weight of a vote given blind, or against our pick."""
CONFIRMS: Final = 0.5
"""Of a vote for our pick by somebody who saw it: it may only repeat what we said."""
JUDGE: Final = 0.7
"""Of a judge's verdict, on an audit or a close call. It does not see our pick, so it cannot repeat it; but it errs more
often than a person who looks."""
CAUTIONED: Final = 0.35
"""Of a verdict with a caution: a judge favours answers of its own family."""
Dated = TypeVar("Dated", Feedback, Judgement)


def labels_of(learned: Learned, query: Query, votes: Sequence[Feedback]) -> list[Label]:
    """Return the labels that a query's votes and judgements make, if they say anything. Raises BrokenWeights.

    A copy makes none: its answers were bought once, and they are judged where they were bought.
    """
    if query.cached_at is not None:
        return []
    rejecting = _rejecting(query, votes)
    if rejecting and (none := _label(learned, query, rejecting[-1], rejected={r.response_id for r in rejecting})):
        return none
    named = _newest(vote for vote in votes if vote.better is not None)
    better = None if named is None else _now(query, named.better)
    if named is not None and better is not None:
        weight = _weight(named, confirms=better == _best(query))
        return _label(learned, query, named, better=better, weight=weight)
    latest = {r.id for r in query.latest}
    said = () if rejecting else (vote for vote in votes if vote.response_id in latest)  # of all alike: of none of them
    thumb, verdict = _newest(said), _verdict_on(query)
    labels: list[Label] = []
    if verdict is not None and not (thumb and _contradicts(thumb, verdict)):
        weight = CAUTIONED if verdict.caution else JUDGE
        labels += _label(learned, query, verdict, better=verdict.better, weight=weight)
    if thumb is not None:
        liked = thumb.rating > 0
        weight = _weight(thumb, confirms=liked and thumb.response_id == _best(query))
        labels += _label(learned, query, thumb, shown=thumb.response_id, liked=liked, weight=weight)
    return labels


def _rejecting(query: Query, votes: Sequence[Feedback]) -> list[Feedback]:
    """Return the votes, newest last, by which somebody who judged blind voted every answer down; else none."""
    texts = {r.id for r in query.latest if r.text}
    about = sorted((vote for vote in votes if vote.response_id in texts), key=lambda vote: (vote.created_at, vote.id))
    down = [vote for vote in about if vote.blind and vote.rating < 0 and vote.better is None]
    return down if down == about and {vote.response_id for vote in down} == texts else []


def _verdict_on(query: Query) -> Judgement | None:
    """Return the newest judgement that named one answer in both orders."""
    return _newest(j for j in query.judgements if j.status == "consistent" and j.better is not None)


def _now(query: Query, named: str | None) -> str | None:
    """Return the answer that stands for the named one now; None where its model, asked again, has none.

    A vote speaks of a model: it holds when a further attempt has taken the place of the one that was read.
    """
    meant = next((r for r in query.responses if r.id == named), None)
    latest = next((r for r in query.latest if meant and r.key == meant.key), None)
    if meant is None or latest is None:
        return None
    return latest.id if latest is meant or latest.status is ResponseStatus.COMPLETE else None


def _newest(said: Iterable[Dated]) -> Dated | None:
    return max(said, key=lambda one: (one.created_at, one.id), default=None)


def _contradicts(thumb: Feedback, verdict: Judgement) -> bool:
    """Whether a person dislikes what the judge prefers, or likes another answer."""
    return (thumb.rating > 0) != (thumb.response_id == verdict.better)


def _weight(vote: Feedback, *, confirms: bool) -> float:
    return CONFIRMS if confirms and not vote.blind else PERSON


def _best(query: Query) -> str | None:
    return None if query.ranking is None else query.ranking.best


def _label(learned: Learned, query: Query, said: Feedback | Judgement, **what: Any) -> list[Label]:
    candidates = [
        Candidate(r.id, r.provider, r.model, r.status, r.text, r.response_time_ms)
        for r in query.latest
        if r.status.is_final
    ]
    label = learned.label(query.question, candidates, category=category_asked(query.question), **what)
    if label is None:
        return []
    by_judge = isinstance(said, Judgement)
    blind = by_judge or said.blind  # a judge is not told our pick
    return [replace(label, when=said.created_at.timestamp(), blind=blind, by_judge=by_judge)]
