"""What one deployment has learnt from its labels: how reliable each model is, overall and by category, in logits.

Priors are normal about zero, so that a model with few labels stays near its overall mean, and that near nothing. Where
results are compared, three more kinds of numbers are fitted to what all this foretold of labels that it had not seen:
how far it is to be trusted, how much likelier any answer is right here than elsewhere, and how often the pick came true
beside how sure of it we were; of the last two only labels tell that may say "none". Pure computation: no file, no
database, no text of anybody's in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from math import exp, isfinite, log
from typing import Any, Final

from trillm.ranking.learned.came_true import (
    LEVEL,
    TRUST,
    Unheard,
    by_ground,
    level_in,
    levels_of,
    prior_of,
    sure_in,
    telling,
    tells_trust,
    trust_in,
)
from trillm.ranking.learned.choice import Belief, Name, after, most_probable, unseen, utilities
from trillm.ranking.learned.label import OVERALL, Label, as_choice, finals_of
from trillm.ranking.learned.order import SUREST

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Learnt:
    """Priors of models. Never changed: each label makes a new one."""

    beliefs: Mapping[Name, Belief] = field(default_factory=dict[Name, Belief])
    """By model and category; the category "" is for what holds in all of them."""
    winners: int = 0
    """Labels that named the better answer."""
    thumbs: int = 0
    nones: int = 0
    """Labels that said that none is right."""

    @property
    def labels(self) -> int:
        """How many labels it has learnt from."""
        return self.winners + self.thumbs + self.nones

    @property
    def trust(self) -> float:
        """By how much scores of final answers are stretched before they become shares: 1 until labels tell in a fit."""
        held = self.beliefs.get(TRUST)
        return 1.0 if held is None else max(0.0, 1.0 + held.mean)

    @property
    def tried(self) -> int:
        """How many labels told how far to trust."""
        held = self.beliefs.get(TRUST)
        return 0 if held is None else held.labels

    def of(self, model: str, category: str) -> float:
        """Return the prior of a model (`provider:model`) in a category, in logits; 0 while nothing was said of it."""
        parts = (self.beliefs.get((model, name)) for name in (OVERALL, category))
        return sum(held.mean for held in parts if held)

    def level(self, category: str) -> float:
        """Return how much likelier any answer is right here than by the shipped numbers, in logits, in a category."""
        return sum(self.beliefs[name].mean for name in levels_of(category) if name in self.beliefs)

    def came_true(self, ground: str, sure: float) -> float:
        """Return how often a pick came true of which we were so sure on this ground; just as often until a fit tells.

        Where all agree nobody votes: there nothing is told.
        """
        shift, stretch = (self.beliefs.get(name) for name in by_ground(ground))
        if shift is None or stretch is None or not 0 < sure < 1:
            return sure
        logit = shift.mean + (1 + stretch.mean) * log(sure / (1 - sure))
        return min(SUREST, 1 / (1 + exp(-logit)))

    def told_on(self, ground: str) -> int:
        """Return how many labels told how often the pick came true on this ground."""
        held = self.beliefs.get(by_ground(ground)[0])
        return 0 if held is None else held.labels

    def levels(self) -> list[tuple[str, int]]:
        """Return the categories in which labels told the level, in order, each with how many did; "" is all of them."""
        told = ((name, b.labels) for (model, name), b in sorted(self.beliefs.items()) if not model)
        return [(name.removeprefix(LEVEL).lstrip(), n) for name, n in told if name.startswith(LEVEL)]

    def judged(self, model: str, category: str) -> int:
        """Return how many labels of this category spoke of the model."""
        held = self.beliefs.get((model, category))
        return 0 if held is None else held.labels

    def models(self) -> list[tuple[str, str]]:
        """Return the models and categories of which labels spoke, in order, to be shown."""
        return sorted(name for name in self.beliefs if name[0] and name[1] != OVERALL)

    def updated(self, label: Label) -> Learnt:
        """Return what is believed after one more label, in a fraction of a millisecond; trust and level wait."""
        if label.none:
            return replace(self, nones=self.nones + 1)
        choice = as_choice(label)
        prior = {name: self.beliefs.get(name) or prior_of(name) for o in choice.options for name in o.parts}
        named = label.better is not None
        return replace(
            self,
            beliefs={**self.beliefs, **after(choice, prior)},
            winners=self.winners + named,
            thumbs=self.thumbs + (not named),
        )

    @staticmethod
    def fit(labels: Iterable[Label]) -> Learnt:
        """Return the most probable priors given all labels, whatever their order, and what is made of them."""
        held = sorted(labels, key=lambda label: (label.when, repr(label)))
        said, nones = [label for label in held if not label.none], [label for label in held if label.none]
        choices, refused = [as_choice(label) for label in said], [tuple(finals_of(label).values()) for label in nones]
        options = (*(option for choice in choices for option in choice.options), *chain(*refused))
        prior = {name: prior_of(name) for option in options for name in option.parts}
        found = most_probable(choices, prior)
        unheard: list[Unheard] = []
        if any(map(tells_trust, said)):
            seen = unseen(choices, prior, found)
            unheard = [Unheard(said[n], choices[n].options, worth) for n, worth in seen if tells_trust(said[n])]
        at = {name: found.get(name, belief).mean for name, belief in prior.items()}
        unheard += [Unheard(label, sides, utilities(sides, at)) for label, sides in zip(nones, refused, strict=True)]
        trust, told = trust_in(unheard), telling(unheard)
        winners = sum(label.better is not None for label in said)
        learnt = Learnt({**found, **trust}, winners, len(said) - winners, len(nones))
        learnt = replace(learnt, beliefs={**learnt.beliefs, **level_in(told, learnt.trust)})
        return replace(learnt, beliefs={**learnt.beliefs, **sure_in(told, learnt)})

    def as_object(self) -> dict[str, Any]:
        """Return what `of_object` reads: numbers, and names of models and categories, to be kept as JSON."""
        beliefs = [[*name, b.mean, b.variance, b.labels] for name, b in sorted(self.beliefs.items())]
        counts = {"winners": self.winners, "thumbs": self.thumbs, "nones": self.nones}
        return {"format": FORMAT, **counts, "beliefs": beliefs}

    @staticmethod
    def of_object(held: Any) -> Learnt:
        """Return what was kept. Raises ValueError, KeyError or TypeError when it cannot be used."""
        if held["format"] != FORMAT:
            raise ValueError(f"format {held['format']!r} is not {FORMAT}")
        beliefs = {
            (str(model), str(category)): Belief(float(mean), float(variance), int(labels))
            for model, category, mean, variance, labels in held["beliefs"]
        }
        if not all(isfinite(b.mean) and isfinite(b.variance) and b.variance > 0 for b in beliefs.values()):
            raise ValueError("a prior is no number")
        return Learnt(beliefs, int(held["winners"]), int(held["thumbs"]), int(held.get("nones", 0)))
