"""What a question to today's default panel costs by list prices, were the answers as long as recorded ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from evals.figures import Pick
from evals.pick import goes_to_the_judge
from trillm.providers.answer import Answerer, Clocks
from trillm.providers.breaker import Breakers
from trillm.providers.catalogue import Catalogue
from trillm.providers.registry import Registry
from trillm.providers.retry import RetryBudget
from trillm.providers.vendor import build_vendors
from trillm.ranking.criteria import Criteria
from trillm.ranking.judge.judge import Judge
from trillm.ranking.learned.doubt import DOUBTFUL, Doubt
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question

CHARACTERS_A_TOKEN = 4
_SEATS = {"openai": "openai", "anthropic": "anthropic", "google": "gemini"}
"""Which of our vendors takes the seat of a recorded one."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The mean cost of a question in USD: everybody asked, economically, and everybody with the judge that is asked."""

    everybody: float
    economy: float
    judged: float


class Prices:
    """The default models of the three vendors, and who would judge them, by models.toml."""

    def __init__(self) -> None:
        catalogue = Catalogue.load()
        vendors = build_vendors(catalogue, dict.fromkeys(_SEATS.values(), "key"), {}, 1.0)
        registry, criteria = Registry(vendors), Criteria(remembered=64)
        answerer = Answerer(Clocks(), retries=RetryBudget(), breakers=Breakers())
        self._judge = Judge(registry, answerer, criteria, criteria=criteria)
        self._doubt = Doubt(criteria=criteria)
        models = dict(catalogue.default_panel())
        self._seats = {theirs: (registry.get(ours), models[ours]) for theirs, ours in _SEATS.items()}

    @property
    def models(self) -> list[str]:
        """Return the models that take the seats, each `provider:model`."""
        return [f"{provider.name}:{model}" for provider, model in self._seats.values()]

    def cost(self, picks: Sequence[Pick]) -> Cost | None:
        """Return what the panels of these picks would have cost; None where a vendor's seat is nobody's."""
        if any(len(p.panel.answers) != 3 or any(a.provider not in _SEATS for a in p.panel.answers) for p in picks):
            return None
        costs = [self._costs(pick) for pick in picks]
        return Cost(*(fmean(found) for found in zip(*costs, strict=True)))

    def _costs(self, pick: Pick) -> tuple[float, float, float]:
        question = Question(pick.panel.prompt)
        seated = [self._seated(answer) for answer in pick.panel.answers]
        each = [self._answer(question, answer) for answer in seated]
        everybody, cheapest = sum(each), min(range(len(each)), key=each.__getitem__)
        stops = self._doubt.of(question, seated[cheapest]) < DOUBTFUL
        judged = (self._judge.estimate(question, seated) or 0.0) if goes_to_the_judge(pick) else 0.0
        return everybody, each[cheapest] if stops else everybody, everybody + judged

    def _seated(self, answer: Candidate) -> Candidate:
        provider, model = self._seats[answer.provider]
        return replace(answer, provider=provider.name, model=model)

    def _answer(self, question: Question, answer: Candidate) -> float:
        provider, model = next(seat for seat in self._seats.values() if seat[0].name == answer.provider)
        tokens = [len(text) // CHARACTERS_A_TOKEN for text in (question.text, answer.text)]
        return provider.estimate_cost(model, *tokens) or 0.0
