"""Answered questions, votes and verdicts on them, kept in a real database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from trillm.history import store
from trillm.ranking.learned.learnt import Learnt
from trillm.storage.database import Database
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import Caller, Feedback, Query, QueryStatus, Question
from trillm.vocabulary.ranking import Judgement, Ranking
from trillm.vocabulary.response import Response, ResponseStatus

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ADVICE = (
    "Walk a little every day, keep a note of how you sleep, and change one habit at a time until it holds.",
    "Go to bed at the same hour each night, leave the phone in another room, and drink no coffee after noon.",
    "Talk to a doctor first. If nothing is wrong, try a short walk before dinner and less light in the evening.",
)


def panel(
    text: str = "How can I sleep better?",
    answers: Sequence[str] = ADVICE,
    *,
    category: str | None = "advice",
    best: int = 0,
    **more: Any,
) -> Query:
    """An answered question; the models are vendor:a, vendor:b and so on, and the pick is the answer at `best`."""
    responses = [
        Response(new_id(), "vendor", model, status=ResponseStatus.COMPLETE, text=answer, response_time_ms=900.0)
        for model, answer in zip("abcdefgh", answers, strict=False)
    ]
    ids = [r.id for r in responses]
    ranking = Ranking((ids[best], *(i for i in ids if i != ids[best])), {}, ids[best], 0.5, False, "learned", "It is.")
    query = Query(new_id(), Question(text, category=category), Caller("ada"), NOON, responses=responses)
    query.status, query.ranking = QueryStatus.COMPLETE, ranking
    return replace(query, **more)


def vote(query: Query, place: int, rating: int = 1, better: int | None = None, **more: Any) -> Feedback:
    named = None if better is None else query.responses[better].id
    made = Feedback(new_id(), query.id, query.responses[place].id, rating, NOON, better=named)
    return replace(made, **more)


def verdict(query: Query, better: int | None, **more: Any) -> Judgement:
    named = None if better is None else query.responses[better].id
    status = "undecided" if better is None else "consistent"
    made = Judgement(new_id(), "four", "judge", "close", status, NOON, better=named, cost_usd=0.001)
    return replace(made, **more)


async def keep(database: Database, query: Query, *said: Feedback | Judgement) -> Query:
    """Keep a question and what was said of it."""
    query.judgements = [one for one in said if isinstance(one, Judgement)]
    await database.write(partial(store.accept, query=query))
    for one in said:
        if isinstance(one, Feedback):
            await database.write(partial(store.save_feedback, judgement=one))
    return query


async def delete(database: Database, query: Query) -> None:
    assert await database.write(partial(store.delete, query_id=query.id, session_id=query.caller.session_id))


def believed(learnt: Learnt, model: str) -> float:
    """Return how far a model's prior has moved, before it is drawn back to zero for being uncertain."""
    held = [learnt.beliefs.get((f"vendor:{model}", category)) for category in ("", "advice")]
    return sum(belief.mean for belief in held if belief is not None)


def near(one: Learnt, other: Learnt) -> None:
    assert one.models() == other.models()
    assert (one.winners, one.thumbs) == (other.winners, other.thumbs)
    for name in one.models():
        assert one.beliefs[name].mean == pytest.approx(other.beliefs[name].mean, abs=1e-12)
