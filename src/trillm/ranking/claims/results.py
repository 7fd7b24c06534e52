"""The final answers as claims: what each answer comes to, and the passage that says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from trillm.language.code_blocks import split_code
from trillm.language.final_answer import Expected, final_answer
from trillm.language.naming.alike import alike
from trillm.language.naming.asked import Naming
from trillm.language.naming.said import named
from trillm.language.request import Request
from trillm.language.results.amount import comparable
from trillm.language.sentence.split import Piece
from trillm.language.words import words

_LAST: Final = 12
_FIRST: Final = 2
_DIGITS: Final = frozenset("0123456789")


class Result(NamedTuple):
    """A final answer in its one spelling, and where it stands."""

    value: str
    piece: Piece


def results_of(texts: Sequence[str], parts: Sequence[Sequence[Piece]], request: Request) -> list[Result | None]:
    """Return what each answer comes to, in the form in which they are compared: what amounts to the same is equal.

    Where the question asks for a name it is that, if most name the same.
    """
    found = [result_of(text, pieces, request) for text, pieces in zip(texts, parts, strict=True)]
    values = [None if result is None else result.value for result in found]
    told = values if request.expected is Expected.LITERAL else comparable(values)
    results = [
        None if result is None or value is None else Result(value, result.piece)
        for result, value in zip(found, told, strict=True)
    ]
    return results if request.naming is None or any(results) else _named(texts, parts, request.naming)


def _named(texts: Sequence[str], parts: Sequence[Sequence[Piece]], naming: Naming) -> list[Result | None]:
    """Return what the answers name, each with the first passage that says the name."""
    found = [named(split_code(text).prose, naming) for text in texts]
    results: list[Result | None] = []
    for text, pieces, one, name in zip(texts, parts, found, alike(found), strict=True):
        said = words(one.said or name or "")
        saying = (piece for piece in pieces if said and set(said) <= set(words(text[piece.start : piece.end])))
        piece = next(saying, None)
        results.append(None if name is None or piece is None else Result(name, piece))
    return results


def result_of(text: str, pieces: Sequence[Piece], request: Request) -> Result | None:
    """Return what the answer comes to; None where it does not say, or no passage of it says so by itself."""
    if not pieces:
        return None
    expected, options = request.expected, request.options
    value = final_answer(split_code(text).prose, expected, options)
    if value is None or (expected is Expected.OPEN and not _DIGITS & set(value)):
        return None  # two open answers that are worded differently need not differ
    for piece in (*reversed(pieces[-_LAST:]), *pieces[:_FIRST]):
        if final_answer(text[piece.start : piece.end], expected, options) == value:
            return Result(value, piece)
    return None
