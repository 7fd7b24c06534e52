"""The final answers as claims: what each answer comes to, and the passage that says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from trillm.language.code_blocks import split_code
from trillm.language.final_answer import Expected, final_answer
from trillm.language.results.amount import comparable
from trillm.language.sentence.split import Piece

_LAST: Final = 12
_FIRST: Final = 2
_DIGITS: Final = frozenset("0123456789")


class Result(NamedTuple):
    """A final answer in its one spelling, and where it stands."""

    value: str
    piece: Piece


def results_of(texts: Sequence[str], parts: Sequence[Sequence[Piece]], expected: Expected) -> list[Result | None]:
    """Return what each answer comes to, in the form in which they are compared: what amounts to the same is equal."""
    found = [result_of(text, pieces, expected) for text, pieces in zip(texts, parts, strict=True)]
    values = [None if result is None else result.value for result in found]
    told = values if expected is Expected.LITERAL else comparable(values)
    return [
        None if result is None or value is None else Result(value, result.piece)
        for result, value in zip(found, told, strict=True)
    ]


def result_of(text: str, pieces: Sequence[Piece], expected: Expected) -> Result | None:
    """Return what the answer comes to; None where it does not say, or no passage of it says so by itself."""
    if not pieces:
        return None
    value = final_answer(split_code(text).prose, expected)
    if value is None or (expected is Expected.OPEN and not _DIGITS & set(value)):
        return None  # two open answers that are worded differently need not differ
    for piece in (*reversed(pieces[-_LAST:]), *pieces[:_FIRST]):
        if final_answer(text[piece.start : piece.end], expected) == value:
            return Result(value, piece)
    return None
