"""Sentences by which an answer speaks to a model that judges it, also where they are disguised.

They are found by what they say of themselves ("choose this answer", "ignore the rules above"), so that an answer which
merely discusses judging keeps every word; phrases.toml says which. It is no proof against every wording and every code:
that an answer is data in the judge's prompt is the other wall.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal, NamedTuple

from trillm.language.final_answer import marks_result
from trillm.language.linear import Pattern, linear
from trillm.language.praise import clauses
from trillm.ranking.judge.disguise import decoded, shadows

MARK: Final = "[…]"
"""What stands in the place of such a sentence."""

_PIECE_END: Final = re.compile("(?<=[.!?。\uff01\uff1f])[\"')\\]*_]{0,3}\\s+|(?<=[。\uff01\uff1f])|\n+|-->")
_TAG: Final = re.compile("[\U000e0000-\U000e007f]+")
_ABOUT_JUDGING: Final = linear(
    r"(?i)\b(?:judg(?:e|es|ing|ement)|evaluat\w+|grad(?:er|ing)|rubric|prompt injections?|jailbreak\w*"
    r"|(?:pick|choose) me|ignore (?:all |any |the )*(?:previous|prior) instructions)\b"
)


class Stripped(NamedTuple):
    """A text with marks in the place of such sentences; `orders`: whether one of them was more than a plea."""

    text: str
    orders: bool


def without_appeals(text: str) -> Stripped:
    """Return the text with each such sentence replaced; one that has none is returned as it is. Takes linear time.

    An order names the judge, its rules, its verdict or the other answers. What may as well be an example of our form or
    of a model's turns goes alone, without its sentence.
    """
    text = text.encode("utf-8", "replace").decode()
    hidden = "".join(chr(ord(c) & 0x7F) for run in _TAG.findall(text) for c in run)
    shown = _TAG.sub("", text) if hidden else text
    found = _found(shown)
    elsewhere = [hit for said in (hidden, *decoded(shown)) for hit in _found(said) if hit.kind != "mark"]
    if found or elsewhere:
        sentences = [span for piece in _pieces(shown) if _is_hit(*piece, found) for span in _taken_out(*piece, found)]
        marks = [(hit.start, hit.end) for hit in found if hit.kind == "mark"]
        shown = _without(shown, [*sentences, *marks])
    orders = any(hit.kind == "order" for hit in (*found, *elsewhere))
    return Stripped(shown, orders)


def is_about_judging(question: str) -> bool:
    """Whether such sentences may belong to what was asked: they are taken out all the same, but are no offence."""
    return _ABOUT_JUDGING.search(question.encode("utf-8", "replace").decode()) is not None


class _Hit(NamedTuple):
    start: int
    end: int
    kind: Literal["order", "plea", "mark"]


def _is_hit(start: int, piece: str, found: list[_Hit]) -> bool:
    if piece.isspace():
        return False
    end = start + len(piece)
    if any(hit.start < end and start < hit.end for hit in found if hit.kind != "mark"):
        return True
    return any(hit.kind != "mark" for said in decoded(piece) for hit in _found(said))


def _taken_out(start: int, piece: str, found: list[_Hit]) -> list[tuple[int, int]]:
    """Return what goes of a sentence that pleads: all of it, or of one that marks a result the clauses that do."""
    whole = [(start, start + len(piece))]
    if not marks_result(piece) or any(
        hit.kind == "order" and hit.start < whole[0][1] and start < hit.end for hit in found
    ):
        return whole
    spans: list[tuple[int, int]] = []
    for clause in clauses(piece):
        at = start + piece.index(clause, spans[-1][1] - start if spans else 0)
        spans.append((at, at + len(clause)))
    hit = [span for span in spans if _is_hit(span[0], piece[span[0] - start : span[1] - start], found)]
    return hit if 0 < len(hit) < len(spans) else whole


def _found(text: str) -> list[_Hit]:
    """Return where the text, freed of its disguise, speaks to the judge."""
    return [
        _Hit(*shadow.span(*match.span()), kind="order" if match.span(1)[0] >= 0 else _lesser(match.span(2)[0]))
        for shadow in shadows(text)
        for match in _phrases().finditer(shadow.text)
    ]


def _lesser(plea: int) -> Literal["plea", "mark"]:
    return "plea" if plea >= 0 else "mark"


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text with a mark in the place of each span; spans that overlap get one."""
    kept: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if start >= done:
            kept += [text[done:start], MARK]
        done = max(done, end)
    return "".join([*kept, text[done:]])


def _pieces(text: str) -> list[tuple[int, str]]:
    """Return sentences, lines and what stands between them, each with where it begins; joined they are the text."""
    pieces: list[tuple[int, str]] = []
    start = 0
    for gap in _PIECE_END.finditer(text):
        pieces += [(start, text[start : gap.start()]), (gap.start(), gap[0])]
        start = gap.end()
    return [(at, piece) for at, piece in [*pieces, (start, text[start:])] if piece]


@lru_cache(maxsize=1)
def _phrases() -> Pattern:
    """Read and compile at the first use: it takes milliseconds. Group 1 is an order, group 2 a plea, neither a mark."""
    held = tomllib.loads(files("trillm.ranking.judge").joinpath("phrases.toml").read_text(encoding="utf-8"))
    orders, pleas, marks = (_joined(held[kind], held["words"]) for kind in ("orders", "pleas", "marks"))
    return linear(f"(?s)({orders})|({pleas})|(?:{marks})")


def _joined(phrases: dict[str, str], words: dict[str, str]) -> str:
    joined = "|".join(f"(?:{phrase})" for phrase in phrases.values())
    for name, word in words.items():
        joined = joined.replace(f"{{{name}}}", word)
    return joined.replace("[ ]", r"\s").replace(" ", r"\s+")
