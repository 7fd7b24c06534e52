"""The two calls of a judgement: made at once, within one clock, and what they cost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import Final

from trillm.providers.answer import Answerer, Outcome
from trillm.providers.provider import Delta
from trillm.ranking.judge.choose import Chosen
from trillm.ranking.judge.envelope import MOST_TOKENS, Sheet
from trillm.ranking.judge.reading import Reading, Unreadable, read
from trillm.vocabulary.response import Failure, Response, ResponseStatus, Usage

CHARACTERS_PER_TOKEN: Final = 3
"""Of ASCII; of anything else a character is taken for a token."""
OUTPUT_TOKENS: Final = 800
"""What one reading is expected to say and think, at low effort, and must be free to."""


@dataclass(slots=True)
class Reply:
    """One call, as far as it came; `outcome` None: the clock ran out first."""

    pieces: list[str] = field(default_factory=list[str])
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """Tokens and USD of both calls together; None: not known."""

    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None


def tokens_of(text: str) -> int:
    """Return how many tokens a text is expected to be, rather too many than too few."""
    plain = len(text.encode("ascii", "ignore"))
    return -(-plain // CHARACTERS_PER_TOKEN) + len(text) - plain


def estimate(judge: Chosen, pair: Sequence[Sheet]) -> float | None:
    """Return what the readings are expected to cost in USD; None where the price is not known."""
    return _cost(judge, pair, OUTPUT_TOKENS)


def bounded(judge: Chosen, pair: Sequence[Sheet], cap_usd: float | None) -> Sequence[Sheet] | None:
    """Return the readings, free to say together what the cap leaves; None where it leaves no room for a verdict.

    Nothing bounds a cost that nobody knows.
    """
    nothing, most = _cost(judge, pair, 0), _cost(judge, pair, MOST_TOKENS)
    if cap_usd is None or nothing is None or most is None or most <= cap_usd:
        return pair
    if nothing >= cap_usd:
        return None
    tokens = int(MOST_TOKENS * (cap_usd - nothing) / (most - nothing))
    if tokens < OUTPUT_TOKENS:
        return None
    return [replace(sheet, request=replace(sheet.request, max_output_tokens=tokens)) for sheet in pair]


def _cost(judge: Chosen, pair: Sequence[Sheet], output_tokens: int) -> float | None:
    """Return what the readings cost in USD if each says so much."""
    read = sum(tokens_of(sheet.request.prompt) + tokens_of(sheet.request.system or "") for sheet in pair)
    return judge.provider.estimate_cost(judge.model, read, output_tokens * len(pair))


async def ask(answerer: Answerer, judge: Chosen, pair: Sequence[Sheet], seconds: float) -> list[Reply]:
    """Make the calls and return a reply for each. Cancelling it cancels them."""
    replies = [Reply() for _ in pair]
    with suppress(TimeoutError):  # the replies tell
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as calls:
            for sheet, reply in zip(pair, replies, strict=True):
                calls.create_task(_call(answerer, judge, sheet, reply))
    return replies


async def _call(answerer: Answerer, judge: Chosen, sheet: Sheet, reply: Reply) -> None:
    async with aclosing(answerer.answer(judge.provider, sheet.request)) as events:
        async for event in events:
            if isinstance(event, Delta):
                reply.pieces.append(event.text)
            else:
                reply.outcome = event


def readings(pair: Sequence[Sheet], replies: Sequence[Reply], seconds: float) -> list[Reading] | Failure:
    """Return what both replies say, or the first thing that is wrong with them."""
    found: list[Reading] = []
    for sheet, reply in zip(pair, replies, strict=True):
        if reply.outcome is None:
            return Failure("total-timeout", f"The judge gave no verdict within {seconds:g} s.")
        if reply.outcome.error is not None:
            return reply.outcome.error
        try:
            found.append(read("".join(reply.pieces), sheet.ids))
        except Unreadable as problem:
            return Failure("malformed", f"The judge's reply is of no use: {problem}.")
    return found


def bill(judge: Chosen, replies: Sequence[Reply]) -> Bill:
    """Return what was used and spent; a call that may have cost what nobody knows makes the sum unknown."""
    calls = [_as_response(judge, reply) for reply in replies]
    unknown = any(call.may_have_cost for call in calls)
    return Bill(
        _sum([call.usage.input_tokens for call in calls]),
        _sum([call.usage.output_tokens for call in calls]),
        None if unknown else round(sum(call.cost_usd or 0.0 for call in calls), 6),  # as it is kept
    )


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _as_response(judge: Chosen, reply: Reply) -> Response:
    """Return the call as an answer like any other, which knows what may have cost."""
    outcome = reply.outcome
    return Response(
        id="",
        provider=judge.provider.name,
        model=judge.model,
        status=ResponseStatus.TIMEOUT if outcome is None else outcome.status,
        text="".join(reply.pieces),
        usage=Usage() if outcome is None else outcome.usage,
        cost_usd=None if outcome is None else outcome.cost_usd,
        error=None if outcome is None else outcome.error,
    )
