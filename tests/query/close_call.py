"""A question whose answers are close, and what the tests of its judging share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from tests.query.conftest import Desk

from trillm.providers.fake import Script
from trillm.ranking.judge.judge import Judge, Terms
from trillm.vocabulary.question import Query

OPEN = "How should I begin to learn the piano as an adult?"
PROSE = {
    "a": Script(("Find a patient teacher and play every day for half an hour, scales first, then a song you love.",)),
    "b": Script(("Begin with both hands on easy pieces, record yourself weekly, and count aloud while you play.",)),
    "c": Script(("Play.",)),
}
SAME = dict.fromkeys("abc", Script(("The answer is 42.",)))
SUM = "What is 40 + 2?"


def shortest(answers: dict[str, str]) -> str:
    return min(answers, key=lambda label: len(answers[label]))


def best_text(query: Query) -> str:
    assert query.ranking is not None
    best = query.response(query.ranking.best or "")
    assert best is not None
    return best.text


def with_terms(desk: Desk, terms: Terms) -> Desk:
    """Return a desk over the same rooms whose judge is asked on other terms."""
    judge = Judge(desk.rooms.registry, desk.rooms.answerer, desk.rooms.ranker, terms=terms)
    return Desk(replace(desk.rooms, judge=judge), desk.asker.terms, desk.provider)


async def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - several things change, none of which tells
            await asyncio.sleep(0.005)
