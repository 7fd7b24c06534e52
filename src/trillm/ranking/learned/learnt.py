"""What one deployment has learnt from its labels: how reliable each model is, overall and by category, in logits.

A label is of one panel. The score of a final answer is the sum over the answers that give it of their values and their
models' priors (in prose every answer stands alone). A label that names the better answer is a choice among final
answers; a thumb is one noisy yes or no about the model whose answer was shown, never a comparison. Priors are normal
about zero, so that a model with few labels stays near its overall mean, and that near nothing. Where results are
compared, one more number says how far what follows from all this is to be trusted: by what it said of labels that it
had not seen.
Pure computation: no file, no database, no text of anybody's in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, isfinite, log
from typing import Any, Final, TypedDict

from trillm.ranking.learned.choice import Belief, Choice, Name, Option, after, most_probable, unseen

FORMAT: Final = 1
OVERALL_VARIANCE: Final = 0.5
"""Of a model's prior over all categories, in squared logits. Chosen with CATEGORY_VARIANCE over a hundred groups of
models: docs/decisions/0033-priors-without-doubt.md."""
CATEGORY_VARIANCE: Final = 0.1
"""Of how far a model's prior in one category is from its overall prior."""
THUMB_SLOPE: Final = 0.5
"""How much of a prior shows in a thumb: people also like wrong answers, and dislike right ones."""
LENIENCE: Final = Belief(1.0, 1.0)
"""How much people like what is shown, whatever model it is from."""

TRUST_VARIANCE: Final = 0.25
"""Of by how much scores of final answers are stretched before they become shares, about 1."""

_OVERALL: Final = ""
_LENIENCE: Final[Name] = ("", "lenience")
_TRUST: Final[Name] = ("", "trust")


@dataclass(frozen=True, slots=True)
class Answered:
    """A sound answer of a labelled panel."""

    model: str
    """`provider:model`."""
    value: float
    """What it adds to the score of its final answer by the shipped numbers, in logits."""
    group: int
    """Which of the panel's final answers it gives; in prose each has its own."""


@dataclass(frozen=True, slots=True)
class Label:
    """What somebody said of a panel: `better` is the place in `answers` of the better one, `liked` a thumb on `shown`.

    Either `better` is set, or `shown` and `liked`. `weight` is how many labels it counts as, `when` in seconds since
    1970. It says something only where the answers do not all say the same.
    """

    category: str
    answers: tuple[Answered, ...]
    better: int | None = None
    shown: int | None = None
    liked: bool | None = None
    weight: float = 1.0
    when: float = 0.0
    compared: bool = False
    """Final answers were compared."""
    blind: bool = False
    """Whoever said it had not seen our pick: only then it tells how often we are right."""


class Said(TypedDict, total=False):
    """What somebody said of a panel, by the ids of its answers; `weight` is how many labels it counts as."""

    better: str | None
    shown: str | None
    liked: bool | None
    weight: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """Priors of models. Never changed: each label makes a new one."""

    beliefs: Mapping[Name, Belief] = field(default_factory=dict[Name, Belief])
    """By model and category; the category "" is for what holds in all of them."""
    winners: int = 0
    """Labels that named the better answer."""
    thumbs: int = 0

    @property
    def labels(self) -> int:
        """How many labels it has learnt from."""
        return self.winners + self.thumbs

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
        parts = (self.beliefs.get((model, name)) for name in (_OVERALL, category))
        return sum(held.mean for held in parts if held)

    def judged(self, model: str, category: str) -> int:
        """Return how many labels of this category spoke of the model."""
        held = self.beliefs.get((model, category))
        return 0 if held is None else held.labels

    def models(self) -> list[tuple[str, str]]:
        """Return the models and categories of which labels spoke, in order, to be shown."""
        return sorted(name for name in self.beliefs if name[0] and name[1] != _OVERALL)

    def updated(self, label: Label) -> Learnt:
        """Return what is believed after one more label, in a fraction of a millisecond; trust waits for a fit."""
        choice = _choice(label)
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
        """Return the most probable priors given all labels, whatever their order."""
        held = sorted(labels, key=lambda label: (label.when, repr(label)))
        choices = [_choice(label) for label in held]
        prior = {name: _prior(name) for choice in choices for o in choice.options for name in o.parts}
        found = most_probable(choices, prior)
        telling = {id(choice) for label, choice in zip(held, choices, strict=True) if _tells_trust(label)}
        said = [_stretched(*one) for one in unseen(choices, prior, found) if id(one[0]) in telling] if telling else []
        winners = sum(label.better is not None for label in held)
        trusted = most_probable(said, {_TRUST: _prior(_TRUST)})
        return Learnt({**found, **trusted}, winners, len(held) - winners)

    def as_object(self) -> dict[str, Any]:
        """Return what `of_object` reads: numbers, and names of models and categories, to be kept as JSON."""
        beliefs = [[*name, b.mean, b.variance, b.labels] for name, b in sorted(self.beliefs.items())]
        return {"format": FORMAT, "winners": self.winners, "thumbs": self.thumbs, "beliefs": beliefs}

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
        return Learnt(beliefs, int(held["winners"]), int(held["thumbs"]))


def _prior(name: Name) -> Belief:
    if name == _LENIENCE:
        return LENIENCE
    if name == _TRUST:
        return Belief(0.0, TRUST_VARIANCE)
    return Belief(0.0, OVERALL_VARIANCE if name[1] == _OVERALL else CATEGORY_VARIANCE)


def _tells_trust(label: Label) -> bool:
    return label.compared and label.blind and label.better is not None


def _stretched(choice: Choice, utilities: Sequence[float]) -> Choice:
    """Return the choice as it speaks of trust, given what was said of its options before it was known."""
    return Choice(tuple(Option(u, {_TRUST: u}) for u in utilities), choice.chosen, choice.weight)


def _choice(label: Label) -> Choice:
    """Return the label as a choice. Raises ValueError when it says nothing."""
    if label.better is not None:
        return _among_answers(label, label.better)
    if label.shown is None or label.liked is None:
        raise ValueError("a label names the better answer, or says whether the one shown was liked")
    shown = label.answers[label.shown]
    parts = {(shown.model, _OVERALL): THUMB_SLOPE, (shown.model, label.category): THUMB_SLOPE, _LENIENCE: 1.0}
    offset = THUMB_SLOPE * _lead(label, shown.group)
    return Choice((Option(offset, parts), Option(0.0, {})), 0 if label.liked else 1, label.weight)


def _lead(label: Label, group: int) -> float:
    """Return how likely a final answer is the best by the shipped numbers, in logits: hard panels are liked less."""
    values: dict[int, float] = {}
    for answer in label.answers:
        values[answer.group] = values.get(answer.group, 0.0) + answer.value
    others = [value - values[group] for other, value in values.items() if other != group]
    most = max(others)
    return -most - log(sum(exp(value - most) for value in others))


def _among_answers(label: Label, better: int) -> Choice:
    groups: dict[int, tuple[list[float], dict[Name, float]]] = {}
    for answer in label.answers:
        values, parts = groups.setdefault(answer.group, ([], {}))
        values.append(answer.value)
        for name in ((answer.model, _OVERALL), (answer.model, label.category)):
            parts[name] = parts.get(name, 0.0) + 1.0
    options = tuple(Option(sum(values), parts) for values, parts in groups.values())
    return Choice(options, list(groups).index(label.answers[better].group), label.weight)
