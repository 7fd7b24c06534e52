"""Asks the cheapest model of a recorded panel first, and the rest only when its answer is doubtful: what that saves and
what it loses. And fits the doubt, on permissively licensed sets alone."""

# ruff: noqa: S311 - samples, not secrets

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from statistics import fmean

from evals.courses import Course, Rung
from evals.logistic import fit_logistic
from evals.panels import MIXED, TRIO_SOURCES, Source, clustered, recorded_of
from evals.recorded import Panel, only, recorded
from evals.train import OBJECTIVE, PREMISES, VOTES
from trillm.ranking.hygiene import Defect
from trillm.ranking.learned.doubt import RAISES, DoubtWeights, doubt_signs
from trillm.vocabulary.question import Question

THRESHOLDS = (0.03, 0.05, 0.06, 0.07, 0.1, 0.15, 0.2, 0.3)
PRICES: Mapping[str, tuple[float, float]] = {
    "gpt-4o-mini": (0.15, 0.60),
    "gpt-4o-2024-05-13": (5, 15),
    "gpt-4o-2024-08-06": (2.50, 10),
    "gpt-4-turbo": (10, 30),
    "gpt-4-0314": (30, 60),
    "gpt4": (30, 60),
    "gpt-3.5-turbo": (0.50, 1.50),
    "claude-3-haiku": (0.25, 1.25),
    "claude-3-5-haiku": (0.80, 4),
    "claude-3-sonnet": (3, 15),
    "claude-3-5-sonnet": (3, 15),
    "claude-3-opus": (15, 75),
    "claude-2.1": (8, 24),
    "gemini-1.5-flash": (0.075, 0.30),
    "gemini-1.5-pro": (1.25, 5),
    "gemini-pro": (0.50, 1.50),
}
"""USD for a million tokens in and out, by the first of these that a model's name starts with: list prices of 2024, when
these models answered (today's models and prices: src/trillm/providers/models.toml)."""
_LARGE, _LARGE_2024 = MIXED["a small one and two large"], MIXED["a small one and two large, 2024"]
SOURCES: Sequence[Source] = (
    *TRIO_SOURCES,
    Source("mathematics, a small one and two large", "multi_zeroeval_math", _LARGE),
    Source("output of code, a small one and two large", "multi_zeroeval_crux", _LARGE),
    Source("grade-school, a small one and two large", "multi_zeroeval_gsm", _LARGE_2024),
    Source("number sense, a small one and two large", "multi_zeroeval_numersense", _LARGE_2024),
    Source("false premises, a small one and two large", "multi_bullshit", MIXED["a small one and two large, 2025"]),
)
SETS = (*OBJECTIVE, PREMISES, VOTES)
_CHARACTERS_A_TOKEN = 4
_PROMPTS = 400
_DRAWS = 2
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Lone:
    """One panel with its cheapest model asked first: what its answer shows, and what both ways score and cost."""

    group: str
    signs: tuple[float, ...] | None
    """None where hygiene rejects the answer: that is always doubtful."""
    score: float
    full: float
    """The score of the whole panel's pick."""
    cost: float
    full_cost: float

    def doubt(self, weights: DoubtWeights) -> float:
        """Return how doubtful the answer is."""
        if self.signs is None:
            return 1.0
        return 1 / (1 + exp(-(weights.bias + sum(w * s for w, s in zip(weights.signs, self.signs, strict=True)))))


@dataclass(frozen=True, slots=True)
class Saving:
    """What one threshold of doubt does to one source; shares are of 1."""

    threshold: float
    stops: float
    """The share of questions that stop at one answer."""
    saved: float
    """The share of the whole panel's cost."""
    lost: float
    interval: tuple[float, float]


async def alone(panels: Sequence[Panel], costs: Mapping[tuple[str, str], float]) -> list[Lone]:
    """Return each panel with the model first that is the cheapest on average; costs are recorded, or from prices."""
    rung = Rung()
    spent: defaultdict[str, list[float]] = defaultdict(list)
    for panel in panels:
        for answer in panel.answers:
            spent[answer.model].append(cost_of(panel, answer.model, answer.text, costs))
    mean = {model: fmean(values) for model, values in spent.items()}
    found: list[Lone] = []
    for panel in panels:
        course = Course(panel, rung)
        full = course.score(await course.after([a.id for a in panel.answers]))
        first = min(panel.answers, key=lambda a: (mean[a.model], a.model))
        request, entries = rung.criteria.read(Question(panel.prompt), [first])
        measured = entries[0].measured
        each = {a.id: cost_of(panel, a.model, a.text, costs) for a in panel.answers}
        found.append(
            Lone(
                panel.group,
                doubt_signs(request, measured) if measured.defect is Defect.NONE else None,
                panel.scores[first.id],
                full,
                each[first.id],
                sum(each.values()),
            )
        )
    return found


def cost_of(panel: Panel, model: str, text: str, costs: Mapping[tuple[str, str], float]) -> float:
    """Return the cost of an answer in USD: as recorded, else by list price; 0 where neither is known."""
    known = costs.get((panel.prompt, model))
    if known is not None:
        return known
    given, taken = next((price for name, price in PRICES.items() if model.startswith(name)), (0.0, 0.0))
    return (len(panel.prompt) * given + len(text) * taken) / _CHARACTERS_A_TOKEN / 1e6


def saving(found: Sequence[Lone], weights: DoubtWeights, threshold: float) -> Saving:
    """Return what this threshold does to the panels."""
    stops = [one.doubt(weights) < threshold for one in found]
    paid = sum(one.cost if stop else one.full_cost for one, stop in zip(found, stops, strict=True))
    lost = [(one.group, one.full - one.score if stop else 0.0) for one, stop in zip(found, stops, strict=True)]
    return Saving(
        threshold,
        fmean(stops),
        1 - paid / sum(one.full_cost for one in found),
        fmean(value for _, value in lost),
        clustered(lost),
    )


def lone_by_set() -> dict[str, list[Lone]]:
    """Return panels of one model a vendor, drawn from each set that permits it to be fitted on. Raises BadFile."""
    return {name: asyncio.run(alone(_drawn(name), recorded_of(name, "cost_usd"))) for name in SETS}


def _drawn(name: str) -> list[Panel]:
    chance, panels = random.Random(name), recorded(name)
    panels = chance.sample(panels, min(_PROMPTS, len(panels)))
    if panels[0].pair:
        return panels
    found: list[Panel] = []
    for panel in panels:
        vendors: defaultdict[str, list[str]] = defaultdict(list)
        for answer in panel.answers:
            if name == PREMISES or any(answer.model.startswith(known) for known in PRICES):
                vendors[answer.provider].append(answer.model)
        found += [only(panel, [chance.choice(models) for models in vendors.values()]) for _ in range(_DRAWS)]
    return [panel for panel in found if len(panel.answers) > 1]


def fit_doubt(sets: Iterable[Sequence[Lone]]) -> DoubtWeights:
    """Return the weights by which a panel's pick is better than the lone answer: a logistic regression, each sign held
    to its side of zero."""
    rows = [((1.0, *one.signs), one.full > one.score) for held in sets for one in held if one.signs is not None]
    bias, *weights = fit_logistic(rows, [None, *RAISES.values()])
    return DoubtWeights(round(bias, _DIGITS), tuple(round(w, _DIGITS) for w in weights))
