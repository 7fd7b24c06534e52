"""What one deployment has learnt from its labels: how reliable each model is, overall and by category, in logits.

Priors are normal about zero, so that a model with few labels stays near its overall mean, and that near nothing. Where
results are compared, two more kinds of numbers are fitted to what all this foretold of labels that it had not seen: how
far it is to be trusted, and how much likelier any answer is right here than elsewhere, which only labels tell that may
say "none". Pure computation: no file, no database, no text of anybody's in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from math import inf, isfinite, log
from typing import Any, Final

from trillm.ranking.learned.choice import Belief, Choice, Name, Option, after, most_probable, unseen, utilities
from trillm.ranking.learned.label import LENIENT, OVERALL, Label, as_choice, finals_of, named_place
from trillm.ranking.learned.order import odds_of_some

FORMAT: Final = 1
OVERALL_VARIANCE: Final = 0.5
"""Of a model's prior over all categories, in squared logits, and of the level. Chosen with CATEGORY_VARIANCE over a
hundred groups of models: docs/decisions/0033-priors-without-doubt.md."""
CATEGORY_VARIANCE: Final = 0.1
"""Of how far a model's prior, or the level, in one category is from the overall one."""
LENIENCE: Final = Belief(1.0, 1.0)
"""How much people like what is shown, whatever model it is from."""
TRUST_VARIANCE: Final = 0.25
"""Of by how much scores of final answers are stretched before they become shares, about 1."""

_TRUST: Final[Name] = ("", "trust")
_LEVEL: Final = "level"


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
        held = self.beliefs.get(_TRUST)
        return 1.0 if held is None else max(0.0, 1.0 + held.mean)

    @property
    def tried(self) -> int:
        """How many labels told how far to trust."""
        held = self.beliefs.get(_TRUST)
        return 0 if held is None else held.labels

    def of(self, model: str, category: str) -> float:
        """Return the prior of a model (`provider:model`) in a category, in logits; 0 while nothing was said of it."""
        parts = (self.beliefs.get((model, name)) for name in (OVERALL, category))
        return sum(held.mean for held in parts if held)

    def level(self, category: str) -> float:
        """Return how much likelier any answer is right here than by the shipped numbers, in logits, in a category."""
        return sum(self.beliefs[name].mean for name in _levels(category) if name in self.beliefs)

    def levels(self) -> list[tuple[str, int]]:
        """Return the categories in which labels told the level, in order, each with how many did; "" is all of them."""
        told = ((name, b.labels) for (model, name), b in sorted(self.beliefs.items()) if not model)
        return [(name.removeprefix(_LEVEL).lstrip(), n) for name, n in told if name.startswith(_LEVEL)]

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
        prior = {name: self.beliefs.get(name) or _prior(name) for o in choice.options for name in o.parts}
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
        prior = {name: _prior(name) for option in options for name in option.parts}
        found = most_probable(choices, prior)
        foretold: list[_Foretold] = []
        if any(map(_tells_trust, said)):
            seen = unseen(choices, prior, found)
            foretold = [_Foretold(said[n], choices[n].options, worth) for n, worth in seen if _tells_trust(said[n])]
        at = {name: found.get(name, belief).mean for name, belief in prior.items()}
        foretold += [_Foretold(label, sides, utilities(sides, at)) for label, sides in zip(nones, refused, strict=True)]
        trust = _trust(foretold)
        winners = sum(label.better is not None for label in said)
        learnt = Learnt({**found, **trust}, winners, len(said) - winners, len(nones))
        return replace(learnt, beliefs={**learnt.beliefs, **_level(foretold, learnt.trust)})

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


@dataclass(frozen=True, slots=True)
class _Foretold:
    """A label, the final answers of its panel, and what each was worth, in logits, before the label was known."""

    label: Label
    sides: tuple[Option, ...]
    worth: Sequence[float]


def _trust(foretold: Iterable[_Foretold]) -> dict[Name, Belief]:
    """Return how far to stretch what was foretold so that it is what came true, of labels that name the better one."""
    choices = [
        Choice(tuple(Option(value, {_TRUST: value}) for value in one.worth), named_place(one.label), one.label.weight)
        for one in foretold
        if _tells_trust(one.label)
    ]
    return most_probable(choices, {_TRUST: _prior(_TRUST)})


def _level(foretold: Iterable[_Foretold], trust: float) -> dict[Name, Belief]:
    """Return how much likelier it came true than was foretold that any answer is right.

    Until somebody first said "none" its absence tells nothing: the door by which people vote may not have offered it.
    """
    telling = [one for one in foretold if _tells_level(one.label)]
    first = min((one.label.when for one in telling if one.label.none), default=inf)
    telling = [one for one in telling if one.label.when >= first]
    choices: list[Choice] = []
    for one in telling:
        values = [side.offset for side in one.sides]
        lifts = [trust * (worth - value) for worth, value in zip(one.worth, values, strict=True)]
        odds = odds_of_some(one.label.some or 0.0, values, lifts)
        options = Option(log(odds), dict.fromkeys(_levels(one.label.category), 1.0)), Option(0.0, {})
        choices.append(Choice(options, int(one.label.none), one.label.weight))
    return most_probable(choices, {name: _prior(name) for choice in choices for name in choice.options[0].parts})


def _levels(category: str) -> Iterator[Name]:
    """Yield the names of the numbers that add up to the level in a category."""
    yield "", _LEVEL
    yield "", f"{_LEVEL} {category}"


def _prior(name: Name) -> Belief:
    if name == LENIENT:
        return LENIENCE
    if name == _TRUST:
        return Belief(0.0, TRUST_VARIANCE)
    return Belief(0.0, OVERALL_VARIANCE if name[1] in (OVERALL, _LEVEL) else CATEGORY_VARIANCE)


def _tells_trust(label: Label) -> bool:
    return label.some is not None and label.blind and label.better is not None


def _tells_level(label: Label) -> bool:
    known = label.some is not None and 0 < label.some < 1
    return known and label.blind and not label.by_judge and (label.none or label.better is not None)
