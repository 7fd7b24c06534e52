"""The top rung: a further model reads the leading answers twice, in opposite orders, and names the better one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random, SystemRandom
from time import perf_counter
from typing import Final

from trillm.providers.answer import Answerer
from trillm.providers.registry import Member, Registry
from trillm.ranking.criteria import Criteria
from trillm.ranking.hygiene import Defect
from trillm.ranking.judge.calls import Bill, ask, bill, bounded, estimate, readings, tokens_of
from trillm.ranking.judge.choose import Chosen, choose
from trillm.ranking.judge.envelope import sheets, shown
from trillm.ranking.judge.policy import Because, why_ask
from trillm.ranking.judge.settle import Panel, completed, ranking_after
from trillm.ranking.ranker import Candidate, Ranker
from trillm.ranking.reasons.told import in_english
from trillm.vocabulary.ids import new_id, now
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Judgement, Ranking
from trillm.vocabulary.response import Failure

MOST_SHOWN: Final = 4
"""More answers make a worse comparison, and the pick is nearly always among the first of the ranking below."""


class NotAsked(Exception):
    """No judge was asked and nothing was spent; the message says why. The ranking below stands."""


class JudgeFailed(Exception):
    """The judge was asked in vain."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms judges are asked. `model`: the operator's own choice, as `provider:model`.

    `cap_usd` is the most that a judgement may cost: one that is estimated above it is not asked for, nor a model whose
    price nobody knows unless it is the operator's own, and the readings may not say more than it pays for. `seconds` is
    the clock of a whole judgement.
    """

    model: str | None = None
    cap_usd: float | None = None
    seconds: float = 30.0


class Judge:
    """Asks a judge through the providers: it calls the network and costs money.

    `below` ranks for `rank`, which is the socket; a query that has its ranking already calls `judge`. `criteria` may be
    shared with the rungs below, which have read the answers already. Raises InvalidInput for a model that cannot be.
    """

    name = "judge"

    def __init__(
        self,
        registry: Registry,
        answerer: Answerer,
        below: Ranker,
        *,
        terms: Terms | None = None,
        criteria: Criteria | None = None,
        draw: Random | None = None,
    ) -> None:
        self._registry, self._answerer, self._below = registry, answerer, below
        self._terms = terms or Terms()
        self._criteria = criteria or Criteria()
        self._draw = draw or SystemRandom()
        named = self._terms.model
        self._named: Member | None = registry.panel([named])[0] if named else None

    @property
    def seconds(self) -> float:
        """The clock of a whole judgement."""
        return self._terms.seconds

    async def rank(self, question: Question, candidates: Sequence[Candidate]) -> Ranking:
        """Return the judge's ranking, or the one below where nobody could be asked. Raises JudgeFailed."""
        below = await self._below.rank(question, candidates)
        if why_ask("always", below, sound=len(self.sound(question, candidates)), audited=False) is None:
            return below
        try:
            ranking, judgement = await self.judge(question, candidates, below, "asked")
        except NotAsked:
            return below
        if judgement.error is not None:
            raise JudgeFailed(f"{judgement.error.type}: {judgement.error.detail}")
        return ranking

    def sound(self, question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the candidates that hygiene leaves."""
        _, entries = self._criteria.read(question, candidates)
        return [entry.candidate for entry in entries if entry.measured.defect is Defect.NONE]

    def chosen(self, candidates: Sequence[Candidate]) -> Chosen | None:
        """Return who would judge these candidates, if anybody."""
        priced, left_alone = self._terms.cap_usd is not None, self._answerer.is_left_alone
        return choose(self._registry, candidates, named=self._named, priced=priced, is_left_alone=left_alone)

    def estimate(self, question: Question, candidates: Sequence[Candidate]) -> float | None:
        """Return what a judgement is expected to cost in USD; None: no judge, or no price known."""
        judge = self.chosen(candidates)
        if judge is None:
            return None
        answers = shown(question, sorted(candidates, key=lambda c: -tokens_of(c.text))[:MOST_SHOWN])
        return estimate(judge, sheets(judge.model, question, answers, self._draw))

    def may_cost(self, expected_usd: float | None) -> bool:
        """Whether a judgement that is expected to cost so much is within the cap; the operator's own may be unknown."""
        cap = self._terms.cap_usd
        if cap is None:
            return True
        return self._named is not None if expected_usd is None else expected_usd <= cap

    async def judge(
        self, question: Question, candidates: Sequence[Candidate], below: Ranking, because: Because
    ) -> tuple[Ranking, Judgement]:
        """Return the ranking after the judge, and what it said.

        A judge that fails changes nothing: the ranking is `below`, the judgement holds the error. An audit changes
        nothing either: it is made to learn from. Raises NotAsked before anything is spent. Cancelling it cancels both
        calls.
        """
        judge = self.chosen(candidates)
        if judge is None:
            raise NotAsked("no model that can be asked now is capable of judging")
        sound = {candidate.id: candidate for candidate in self.sound(question, candidates)}
        leading = [sound[id] for id in below.order if id in sound][:MOST_SHOWN]
        if len(leading) < 2:
            raise NotAsked("there are not two sound answers to compare")
        answers = shown(question, leading)
        pair = bounded(judge, sheets(judge.model, question, answers, self._draw), self._terms.cap_usd)
        if pair is None or not self.may_cost(estimate(judge, pair)):
            raise NotAsked("it would cost more than a judgement may")
        started = perf_counter()
        replies = await ask(self._answerer, judge, pair, self._terms.seconds)
        asked = _asked(judge, because, bill(judge, replies), perf_counter() - started)
        found = readings(pair, replies, self._terms.seconds)
        if isinstance(found, Failure):
            return below, replace(asked, error=found)
        ordering = frozenset(answer.id for answer in answers if answer.appeals)
        panel = Panel([answer.id for answer in answers], tuple(sound), ordering)
        judgement = completed(asked, panel, found)
        return ranking_after(below, panel, judgement), judgement

    def recall(
        self, question: Question, candidates: Sequence[Candidate], below: Ranking, judgement: Judgement
    ) -> Ranking:
        """Return the ranking after a judgement that was made before, of these same answers."""
        sound = [candidate.id for candidate in self.sound(question, candidates)]
        return ranking_after(below, Panel([id for id in sound if id in judgement.scores], sound), judgement)


def _asked(judge: Chosen, because: Because, spent: Bill, seconds: float) -> Judgement:
    """Return what is known of a judgement before anybody has read the replies."""
    return Judgement(
        id=new_id(),
        provider=judge.provider.name,
        model=judge.model,
        asked_because=because,
        status="failed",
        created_at=now(),
        caution=in_english(judge.cautions),
        cautions=judge.cautions,
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        cost_usd=spent.cost_usd,
        response_time_ms=seconds * 1000,
    )
