"""What somebody said of a panel, as a choice from which priors are learnt.

The score of a final answer is the sum over the answers that give it of their values and their models' priors (in prose
every answer stands alone). A label that names the better answer is a choice among final answers; a thumb is one noisy
yes or no about the model whose answer was shown, never a comparison.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import exp, log
from typing import Final, TypedDict

from trillm.ranking.learned.choice import Choice, Name, Option

OVERALL: Final = ""
"""In the place of a category: what holds in all of them."""
LENIENT: Final[Name] = ("", "lenience")
"""Of how much people like what is shown, whatever model it is from."""
THUMB_SLOPE: Final = 0.5
"""How much of a prior shows in a thumb: people also like wrong answers, and dislike right ones."""


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

    Either `better` is set, or `shown` and `liked`, or `none`. `weight` is how many labels it counts as, `when` in
    seconds since 1970. It says something only where the answers do not all say the same.
    """

    category: str
    answers: tuple[Answered, ...]
    better: int | None = None
    shown: int | None = None
    liked: bool | None = None
    none: bool = False
    """None of the final answers is right."""
    weight: float = 1.0
    when: float = 0.0
    some: float | None = None
    """How likely any final answer is right by the shipped numbers; None where none are compared."""
    blind: bool = False
    """Whoever said it had not seen our pick: only then it tells how often we are right."""
    ground: str = ""
    """On what ground the shipped numbers decide the panel."""
    by_judge: bool = False
    """A judge said it, who names the better one whether or not any is right."""


class Said(TypedDict, total=False):
    """What somebody said of a panel, by the ids of its answers; `weight` is how many labels it counts as.

    `rejected` are answers that were all called wrong: where they are all that there are, none is right.
    """

    better: str | None
    shown: str | None
    liked: bool | None
    rejected: Collection[str]
    weight: float


def as_choice(label: Label) -> Choice:
    """Return the label as a choice. Raises ValueError when it names no answer."""
    if label.better is not None:
        return Choice(tuple(finals_of(label).values()), named_place(label), label.weight)
    if label.shown is None or label.liked is None:
        raise ValueError("a label names the better answer, or says whether the one shown was liked")
    shown = label.answers[label.shown]
    parts = {(shown.model, OVERALL): THUMB_SLOPE, (shown.model, label.category): THUMB_SLOPE, LENIENT: 1.0}
    offset = THUMB_SLOPE * _lead(label, shown.group)
    return Choice((Option(offset, parts), Option(0.0, {})), 0 if label.liked else 1, label.weight)


def _lead(label: Label, group: int) -> float:
    """Return how likely a final answer is the best by the shipped numbers, in logits: hard panels are liked less."""
    values = {side: option.offset for side, option in finals_of(label).items()}
    others = [value - values[group] for other, value in values.items() if other != group]
    most = max(others)
    return -most - log(sum(exp(value - most) for value in others))


def finals_of(label: Label) -> dict[int, Option]:
    """Return the final answers of a panel as what may be chosen, by group."""
    groups: dict[int, tuple[list[float], dict[Name, float]]] = {}
    for answer in label.answers:
        values, parts = groups.setdefault(answer.group, ([], {}))
        values.append(answer.value)
        for name in ((answer.model, OVERALL), (answer.model, label.category)):
            parts[name] = parts.get(name, 0.0) + 1.0
    return {group: Option(sum(values), parts) for group, (values, parts) in groups.items()}


def named_place(label: Label) -> int:
    """Return the place of the final answer that was named better among those of the panel."""
    assert label.better is not None  # noqa: S101 - for the type
    return list(finals_of(label)).index(label.answers[label.better].group)
