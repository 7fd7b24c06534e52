"""What asking costs, who is asked first where money is to be saved, and whether that answer is enough."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from trillm.providers.registry import Member
from trillm.query.deciding.pick import candidates_of
from trillm.ranking.learned.doubt import Doubt
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import Query
from trillm.vocabulary.response import Response

EXPECTED_OUTPUT_TOKENS = 500
"""An answer's usual length, for the estimate that a budget is asked for beforehand."""

CHARACTERS_PER_TOKEN = 4

ENOUGH = "The cheapest model was asked first and its answer was not doubtful, so nobody else was asked."


def is_doubtful(query: Query, doubt: Doubt, doubtful: float) -> bool:
    """Whether every answer that has come is at least this doubtful: then the rest of the panel is asked."""
    return all(doubt.of(query.question, candidate) >= doubtful for candidate in candidates_of(query))


def say_enough(query: Query) -> None:
    """Let the reason say why nobody else was asked."""
    if query.ranking is not None:
        query.ranking = replace(query.ranking, why=ENOUGH)


def estimate(members: Sequence[Member], characters: int) -> float | None:
    """Return what sending so much to these members will cost in USD, about; None when one's price is not known."""
    tokens = characters // CHARACTERS_PER_TOKEN + 1
    costs = [m.provider.estimate_cost(m.model, tokens, EXPECTED_OUTPUT_TOKENS) for m in members]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def cheapest(members: Sequence[Member]) -> list[Member]:
    """Return the member that an answer costs least of, alone; one of unknown price comes last."""

    def price(member: Member) -> float:
        cost = member.provider.estimate_cost(member.model, CHARACTERS_PER_TOKEN, EXPECTED_OUTPUT_TOKENS)
        return math.inf if cost is None else cost

    return [min(members, key=price)]


def attempt_of(query: Query, member: Member) -> Response:
    """Return a new attempt of this member at the query."""
    earlier = [r.attempt for r in query.responses if r.key == member.key]
    return Response(new_id(), member.provider.name, member.model, 1 + max(earlier, default=0))
