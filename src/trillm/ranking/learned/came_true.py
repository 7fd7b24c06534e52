"""What is made of what was foretold of labels that were not seen, where results are compared.

How far it is to be trusted, how much likelier any answer is right here than elsewhere, and how often the pick came true
beside how sure of it we were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf, log
from statistics import fmean
from typing import Final, Protocol

from trillm.ranking.learned.choice import Belief, Choice, Name, Option, most_probable
from trillm.ranking.learned.grounds import CONTESTED
from trillm.ranking.learned.label import LENIENT, OVERALL, Label, named_place
from trillm.ranking.learned.order import foretold, odds_of_some

OVERALL_VARIANCE: Final = 0.5
"""Of a model's prior over all categories, in squared logits, and of the level. Chosen with CATEGORY_VARIANCE over a
hundred groups of models: docs/decisions/0033-priors-without-doubt.md."""
CATEGORY_VARIANCE: Final = 0.1
"""Of how far a model's prior, or the level, in one category is from the overall one.

Of what came true on a ground, and its stretch, as well: docs/decisions/0050-what-came-true-by-ground.md."""
LENIENCE: Final = Belief(1.0, 1.0)
"""How much people like what is shown, whatever model it is from."""
TRUST_VARIANCE: Final = 0.25
"""Of by how much scores of final answers are stretched before they become shares, about 1."""

TRUST: Final[Name] = ("", "trust")
LEVEL: Final = "level"
SURE: Final = "sure"
"""Of what is added, on a ground, to how sure of the pick we are, in logits..."""
STRETCH: Final = "stretch"
"""...after these are stretched, by a factor about 1."""


class Held(Protocol):
    """What was learnt before: trust, and the level of a category."""

    @property
    def trust(self) -> float:
        """By how much scores of final answers are stretched."""
        ...

    def level(self, category: str) -> float:
        """Return how much likelier any answer is right, in logits."""
        ...


@dataclass(frozen=True, slots=True)
class Unheard:
    """A label, the final answers of its panel, and what each was worth, in logits, before the label was known."""

    label: Label
    sides: tuple[Option, ...]
    worth: Sequence[float]

    def apart(self) -> tuple[list[float], list[float]]:
        """Return what each final answer was worth by the shipped numbers, and what priors added to it."""
        values = [side.offset for side in self.sides]
        return values, [worth - value for worth, value in zip(self.worth, values, strict=True)]


def trust_in(unheard: Iterable[Unheard]) -> dict[Name, Belief]:
    """Return how far to stretch what was foretold so that it is what came true, of labels that name the better one."""
    choices = [
        Choice(tuple(Option(value, {TRUST: value}) for value in one.worth), named_place(one.label), one.label.weight)
        for one in unheard
        if tells_trust(one.label)
    ]
    return most_probable(choices, {TRUST: prior_of(TRUST)})


def telling(unheard: Iterable[Unheard]) -> list[Unheard]:
    """Return the labels that tell how often any answer is right.

    Until somebody first said "none" its absence tells nothing: the door by which people vote may not have offered it.
    """
    blind = [one for one in unheard if _tells_level(one.label)]
    first = min((one.label.when for one in blind if one.label.none), default=inf)
    return [one for one in blind if one.label.when >= first]


def level_in(told: Iterable[Unheard], trust: float) -> dict[Name, Belief]:
    """Return how much likelier it came true than was foretold that any answer is right."""
    choices: list[Choice] = []
    for one in told:
        values, lifts = one.apart()
        odds = odds_of_some(one.label.some or 0.0, values, [trust * lift for lift in lifts])
        options = Option(log(odds), dict.fromkeys(levels_of(one.label.category), 1.0)), Option(0.0, {})
        choices.append(Choice(options, int(one.label.none), one.label.weight))
    return most_probable(choices, {name: prior_of(name) for choice in choices for name in choice.options[0].parts})


def sure_in(told: Sequence[Unheard], at: Held) -> dict[Name, Belief]:
    """Return by how much likelier or less likely the pick came true than was foretold, by ground."""
    found: dict[Name, Belief] = {}
    for ground in sorted(CONTESTED):
        said = [one for one in told if one.label.ground == ground]
        if said:
            found |= _came_true(by_ground(ground), said, at)
    return found


def _came_true(names: tuple[Name, Name], said: Sequence[Unheard], at: Held) -> dict[Name, Belief]:
    """Return the two numbers of a ground.

    Logits are stretched about the middle of what was foretold, so that one number does not take the other's part.
    """
    sure: list[float] = []
    for one in said:
        level = at.level(one.label.category)
        first, left = foretold(*one.apart(), one.label.some or 0.0, at.trust, level)
        sure.append(log(first * left / (1 - first * left)))
    middle = fmean(sure, weights=[one.label.weight for one in said])
    choices: list[Choice] = []
    for one, logit in zip(said, sure, strict=True):
        is_right = not one.label.none and named_place(one.label) == one.worth.index(max(one.worth))
        options = Option(logit, dict(zip(names, (1.0, logit - middle), strict=True))), Option(0.0, {})
        choices.append(Choice(options, int(not is_right), one.label.weight))
    shift, stretch = (most_probable(choices, {name: prior_of(name) for name in names})[name] for name in names)
    stretch = replace(stretch, mean=max(-1.0, stretch.mean))
    return dict(zip(names, (replace(shift, mean=shift.mean - stretch.mean * middle), stretch), strict=True))


def by_ground(ground: str) -> tuple[Name, Name]:
    """Return the names of the two numbers by which what we are sure of on a ground becomes what came true."""
    return ("", f"{SURE} {ground}"), ("", f"{STRETCH} {ground}")


def levels_of(category: str) -> Iterator[Name]:
    """Yield the names of the numbers that add up to the level in a category."""
    yield "", LEVEL
    yield "", f"{LEVEL} {category}"


def prior_of(name: Name) -> Belief:
    """Return what is believed of a number before any label."""
    if name == LENIENT:
        return LENIENCE
    if name == TRUST:
        return Belief(0.0, TRUST_VARIANCE)
    return Belief(0.0, OVERALL_VARIANCE if name[1] in (OVERALL, LEVEL) else CATEGORY_VARIANCE)


def tells_trust(label: Label) -> bool:
    """Whether a label says which result is right, and whoever said it had not seen our pick."""
    return label.some is not None and label.blind and label.better is not None


def _tells_level(label: Label) -> bool:
    known = label.some is not None and 0 < label.some < 1
    return known and label.blind and not label.by_judge and (label.none or label.better is not None)
