"""Whether a query's answers are to be merged, which of them, by whom, and what that is expected to cost."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from trillm.providers.registry import Member, Registry
from trillm.query.deciding.economy import CHARACTERS_PER_TOKEN, EXPECTED_OUTPUT_TOKENS, estimate
from trillm.query.deciding.pick import candidates_of
from trillm.ranking.judge.choose import choose
from trillm.ranking.judge.envelope import LABELS, shown
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.errors import Conflict, InvalidInput, Unavailable
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import Query, Question
from trillm.vocabulary.response import Failure, Response, ResponseStatus
from trillm.vocabulary.synthesis import Synthesis

LEAST: Final = 2
"""Answers that there must be to make one of."""

TOO_FEW: Final = Failure("too-few-answers", "There are not two answers to make one of.")
NOBODY: Final = Failure("not-configured", "No model that could merge the answers can be asked now.")

_USABLE: Final = (ResponseStatus.COMPLETE, ResponseStatus.TRUNCATED)
_RULES_TOKENS: Final = 600


def is_wanted(query: Query) -> bool:
    """Whether a synthesis is to be made that is not: asked for with the question, or afterwards, or cut short."""
    if query.syntheses:
        return not query.syntheses[-1].made.status.is_final
    return query.question.synthesize


def serves(earlier: Query, question: Question) -> bool:
    """Whether an earlier query has what this question asks for beside its answers."""
    if not question.synthesize:
        return True
    whole = [set(s.of) for s in earlier.syntheses[-1:] if s.made.status is ResponseStatus.COMPLETE]
    return any(of <= {r.id for r in earlier.latest} for of in whole)


def answers_of(query: Query) -> list[Candidate]:
    """Return the answers that can be merged: of each member the newest, if it ended by itself and has text.

    One that gives orders to whoever reads it, such as to ignore the others, is left out: a model may obey them.
    """
    ended = [c for c in candidates_of(query) if c.status in _USABLE and c.text.strip()]
    orders = {given.id for given in shown(query.question, ended) if given.appeals}
    return [c for c in ended if c.id not in orders][: len(LABELS)]


def member_named(registry: Registry, key: str) -> Member:
    """Return the model that a caller names to merge; InvalidInput where it cannot be one."""
    try:
        return registry.panel([key])[0]
    except InvalidInput as error:
        raise InvalidInput(error.detail, field="synthesizer") from None


def check(registry: Registry, question: Question) -> None:
    """Raise InvalidInput when nobody can be asked to merge as the question wants."""
    if question.synthesizer is not None:
        if not question.synthesize:
            raise InvalidInput("A synthesizer is named and nothing is to be merged.", field="synthesizer")
        member_named(registry, question.synthesizer)


def merger(registry: Registry, query: Query, named: str | None) -> Member | None:
    """Return who merges: whoever is named, else the best answer's model, else the cheapest capable one; None: nobody.

    Who is named is asked even if it is not ready: its failure tells more than another's work.
    """
    if named is not None:
        with suppress(InvalidInput):  # it was configured when it was named
            return member_named(registry, named)
        return None
    best = query.response(query.ranking.best or "") if query.ranking is not None else None
    if best is not None:
        with suppress(InvalidInput):
            member = registry.panel([best.key])[0]
            if member.provider.is_available().ready:
                return member
    chosen = choose(registry, candidates_of(query))
    return None if chosen is None else Member(chosen.provider, chosen.model)


def wish(registry: Registry, query: Query, named: str | None, default: str | None) -> Synthesis:
    """Return what somebody wants made, after the end, by whom they name: to be made, or what was made of it before.

    The query's last is shown already; an earlier one comes as a copy. Raises InvalidInput, Conflict, Unavailable.
    """
    if named is not None:
        member_named(registry, named)
    member = merger(registry, query, named or default)
    if member is None:
        raise Unavailable(NOBODY.detail)
    answers = [answer.id for answer in answers_of(query)]
    if len(answers) < LEAST:
        raise Conflict(TOO_FEW.detail)
    kept = [s for s in query.syntheses if s.is_of(member.key, answers)]
    if not kept:
        return Synthesis(Response(new_id(), member.provider.name, member.model), tuple(answers))
    return kept[-1] if kept[-1] is query.syntheses[-1] else kept[-1].copy({id: id for id in answers})


def expected_cost(registry: Registry, query: Query, members: Sequence[Member]) -> float | None:
    """Return what asking these members, and merging if it is wanted, will cost in USD, about; None: not known."""
    asking = estimate(members, query.question.characters)
    if asking is None or not is_wanted(query):
        return asking
    named = query.syntheses[-1].made.key if query.syntheses else query.question.synthesizer
    tokens = query.question.characters // CHARACTERS_PER_TOKEN + _RULES_TOKENS
    tokens += EXPECTED_OUTPUT_TOKENS * max(len(members), len(query.latest))
    try:
        able = registry.panel([named] if named is not None else [r.key for r in query.latest])
    except InvalidInput:  # a member that is not configured any more
        return None
    costs = [m.provider.estimate_cost(m.model, tokens, EXPECTED_OUTPUT_TOKENS) for m in able]
    known = [cost for cost in costs if cost is not None]
    return asking + max(known, default=0.0) if len(known) == len(costs) else None
