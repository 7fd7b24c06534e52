"""What was said before a question that continues an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

MOST_TURNS: Final = 8
"""Turns of a conversation that are sent; the oldest are left out first."""

MOST_CHARACTERS: Final = 24_000
"""Characters of all turns together; the newest turn is sent even so, with the middle of its answer left out."""

LEFT_OUT: Final = "\n[\u2026]\n"
"""Stands where the middle of a long answer was left out."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, and the answer to it that the next question continues."""

    question: str
    answer: str

    @property
    def characters(self) -> int:
        """How long both are together."""
        return len(self.question) + len(self.answer)


@dataclass(frozen=True, slots=True)
class Followed:
    """The answer that a question continues: the id of a response, or, until it is looked up, of a query's best one."""

    response_id: str
    query_id: str | None = None
    """None until it is looked up."""

    def as_object(self) -> dict[str, str | None]:
        """Return it as the contract's JSON object."""
        return {"query_id": self.query_id, "response_id": self.response_id}


def bounded(newest_first: Iterable[Turn], most_characters: int = MOST_CHARACTERS) -> tuple[Turn, ...]:
    """Return as much of a conversation as is sent, oldest turn first."""
    kept: list[Turn] = []
    room = most_characters
    for turn in newest_first:
        if not kept:
            turn = _shortened(turn, room)  # it is never left out
        room -= turn.characters
        if room < 0 or len(kept) == MOST_TURNS:
            break
        kept.append(turn)
    return tuple(reversed(kept))


def _shortened(turn: Turn, most: int) -> Turn:
    """Return the turn with the middle of its answer left out where it is too long: the end is what people refer to."""
    if turn.characters <= most:
        return turn
    half = max(0, most - len(turn.question) - len(LEFT_OUT)) // 2
    return replace(turn, answer=turn.answer[:half] + LEFT_OUT + turn.answer[len(turn.answer) - half :])
