"""The fitted numbers of the learned rung (`ranker.json`, by `make train-ranker`), and the signs of prose they weigh."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, log1p
from pathlib import Path
from typing import Any, Final

from trillm.language.request import Request
from trillm.ranking.hygiene import Defect
from trillm.ranking.measure import Measured

SHIPPED: Final = Path(__file__).with_name("ranker.json")
FORMAT: Final = 3
FEW: Final = 6
"""More answers than these are many."""
EARNS: Final = {
    "log_words": True,
    "log_characters": True,
    "log_lines": True,
    "beyond_4_5": False,
    "beyond_5_5": False,
    "richness": True,
    "variety": True,
    "repeated": False,
    "copied": False,
    "refusal": False,
    "open_ended": False,
    "empty": False,
    "long_when_brief": False,
}
"""Thirteen signs of an answer in prose, each of which may only count one way: bad things cost, good things earn.

Name of each sign, in order: whether it earns (its weight is never below 0) or costs (never above)."""


class BrokenWeights(ValueError):
    """A file of weights cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the fit found. Probabilities are within 0 and 1."""

    signs: tuple[float, ...]
    """One for each of EARNS, in logits."""
    temperature: float
    """By how much values in logits are divided before they become probabilities."""
    cap: float
    """Text alone never says more than this."""
    premise: float
    """How often the pick is right where some answers object to the premise."""
    agreement: Mapping[str, Mapping[str, float]]
    """How often the pick is right, by kind of question and pattern of agreement; the kind `all` knows every pattern.

    "1" is a result that stands alone, "0" an answer that has none where one is called for.
    """
    some: Mapping[str, Mapping[str, float]]
    """How often any answer is right, told likewise; of more than three results only."""

    @staticmethod
    def load(path: Path = SHIPPED) -> Weights:
        """Read and check the file. Raises BrokenWeights."""
        try:
            return Weights.of(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BrokenWeights(f"{path.name}: {error!r}") from error

    @staticmethod
    def of(held: Any) -> Weights:
        """Return the weights in a decoded file. Raises ValueError, KeyError, TypeError or AttributeError."""
        if held["format"] != FORMAT:
            raise ValueError(f"format {held['format']!r} is not {FORMAT}")
        prose = held["prose"]
        agreement, some = (
            {kind: {pattern: float(share) for pattern, share in table.items()} for kind, table in held[name].items()}
            for name in ("agreement", "some")
        )
        weights = Weights(
            signs=tuple(float(prose["weights"][name]) for name in EARNS),
            temperature=float(prose["temperature"]),
            cap=float(prose["cap"]),
            premise=float(held["premise"]),
            agreement=agreement,
            some=some,
        )
        weights._check()
        return weights

    def agreed(self, kind: str, found: str) -> float:
        """Return how often the pick was right on questions of a kind where answers agreed by this pattern."""
        return self.agreement.get(kind, {}).get(found, self.agreement["all"][found])

    def some_right(self, kind: str, found: str) -> float | None:
        """Return how often any of more than three results was right; None of fewer."""
        return self.some.get(kind, {}).get(found, self.some["all"].get(found))

    def alone(self, kind: str, found: str) -> float:
        """Return how sure a lone answer is: how often such a result was right; without one text says what it may."""
        return self.agreed(kind, found) if found else self.cap

    def as_object(self) -> dict[str, Any]:
        """Return what `of` reads."""
        prose = {
            "weights": dict(zip(EARNS, self.signs, strict=True)),
            "temperature": self.temperature,
            "cap": self.cap,
        }
        tables = {"agreement": self.agreement, "some": self.some}
        return {"format": FORMAT, "prose": prose, "premise": self.premise, **tables}

    def _check(self) -> None:
        for (name, earns), weight in zip(EARNS.items(), self.signs, strict=True):
            if not isfinite(weight) or (weight < 0 if earns else weight > 0):
                raise ValueError(f"the weight of {name} is {weight}")
        tables = (*self.agreement.values(), *self.some.values())
        shares = [self.cap, self.premise, *(p for table in tables for p in table.values())]
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError("a probability is not within 0 and 1")
        if not (isfinite(self.temperature) and self.temperature > 0):
            raise ValueError(f"the temperature is {self.temperature}")
        if missing := PATTERNS - self.agreement["all"].keys():
            raise ValueError(f"no probability for the patterns {sorted(missing)}")
        if missing := MANY - self.some["all"].keys():
            raise ValueError(f"no probability that any is right for the patterns {sorted(missing)}")


MANY: Final = frozenset(
    f"{size} {tenths / 10:g} {lead}"
    for size in ("few", "many")
    for lead, most in (("level", 5), ("near", 6), ("far", 10))
    for tenths in range(most + 1)
)
"""Patterns of more than three results."""
PATTERNS: Final = frozenset({"0", "1", "1-1", "2", "1-1-1", "2-1", "3"}) | MANY


def pattern(groups: list[int]) -> str:
    """Return the name of a pattern of agreement, given how many stand behind each final answer.

    Up to three answers are told group by group ("2-1"); more by whether they are few or many, the tenths that the
    largest group has of them, and its lead over the second, which is far where it has twice as many ("many 0.4 far").
    """
    given = sum(groups)
    if given <= 3:
        return "-".join(map(str, sorted(groups, reverse=True)))
    second, most = sorted((0, *groups))[-2:]
    lead = "level" if most == second else "far" if most >= 2 * second else "near"
    return f"{'few' if given <= FEW else 'many'} {10 * most // given / 10:g} {lead}"


def signs(request: Request, measured: Measured) -> tuple[float, ...]:
    """Return the signs in the order of EARNS. Length is the logarithm of words, with two bends where it counts less."""
    length = log1p(measured.word_count) if request.harm is None else 0.0
    return (
        length,
        log1p(measured.characters) if request.harm is None else -log1p(measured.characters),
        log1p(measured.lines) if request.harm is None else 0.0,
        max(0.0, length - 4.5),
        max(0.0, length - 5.5),
        measured.richness if request.harm is None else 0.0,
        measured.variety,
        measured.repeated,
        measured.copied,
        float(measured.defect is Defect.REFUSED),
        float(not measured.ended),
        float(measured.defect is Defect.EMPTY),
        length if request.brief else 0.0,
    )
