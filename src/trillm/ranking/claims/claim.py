"""What the map says: claims, who makes them, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Agreement(StrEnum):
    """How many of the compared answers make a claim; `CONTESTED`: they make it, but differ in what they say."""

    CONTESTED = "contested"
    ALL = "all"
    MOST = "most"
    """More than half of them."""
    SOME = "some"
    """At least two, no more than half."""
    ONE = "one"


class Difference(StrEnum):
    """What contradicts on otherwise the same claim."""

    ANSWER = "answer"
    """The final answers."""
    NUMBER = "number"
    NEGATION = "negation"
    OPPOSITE = "opposite"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Passage:
    """Where an answer says it: from `start` to before `end`, in UTF-16 code units of its text as JavaScript counts."""

    response_id: str
    start: int
    end: int

    def as_object(self) -> dict[str, Any]:
        """Return the passage as JSON has it."""
        return {"response_id": self.response_id, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Side:
    """Those that say the same, in the words of the first of them, without markup; a passage for each."""

    text: str
    passages: tuple[Passage, ...]

    def as_object(self) -> dict[str, Any]:
        """Return the side as JSON has it."""
        return {"text": self.text, "passages": [passage.as_object() for passage in self.passages]}


@dataclass(frozen=True, slots=True)
class MappedClaim:
    """A claim of the map. A contested one has a side for each thing that is said, every other one has one."""

    agreement: Agreement
    differs_in: Difference | None
    sure: float
    """How likely the map is right about it, 0 to 1 (docs/reference/claims.md)."""
    sides: tuple[Side, ...]

    def as_object(self) -> dict[str, Any]:
        """Return the claim as JSON has it."""
        return {
            "agreement": self.agreement.value,
            "differs_in": None if self.differs_in is None else self.differs_in.value,
            "sure": round(self.sure, 2),
            "sides": [side.as_object() for side in self.sides],
        }


@dataclass(frozen=True, slots=True)
class ClaimMap:
    """The claims of the answers that were compared: contested ones first, then by how many make them."""

    compared: tuple[str, ...] = ()
    """The ids of the responses."""
    claims: tuple[MappedClaim, ...] = ()

    def as_object(self) -> dict[str, Any]:
        """Return the map as JSON has it."""
        return {"compared": list(self.compared), "claims": [claim.as_object() for claim in self.claims]}
