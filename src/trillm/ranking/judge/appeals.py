"""Sentences by which an answer speaks to a model that judges it, also where they are disguised.

They are found by what they say of themselves ("choose this answer", "ignore the rules above"), so that an answer which
merely discusses judging keeps every word. What disguises them is taken off first: look-alike letters, marks, line
breaks, entities, percent signs, escapes, base64, ROT13, tag characters. It is no proof against every wording: that an
answer is data in the judge's prompt is the other wall.
"""

from __future__ import annotations

import base64
import codecs
import html
import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Final, NamedTuple
from urllib.parse import unquote

from trillm.language.linear import Pattern, linear

MARK: Final = "[…]"
"""What stands in the place of such a sentence."""

_MARKUP: Final = {ord(mark): " " for mark in "*_`~\"'\n\r\t\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u2028\u2029"}
_LOOK_ALIKE: Final = str.maketrans("аеорсухіјѕһԁԛԝνοτικυ", "aeopcyxijshdqwvotiku")
_ROT13: Final = {ord(c): codecs.encode(c, "rot13") for c in "abcdefghijklmnopqrstuvwxyz"}
_PIECE_END: Final = re.compile("(?<=[.!?。\uff01\uff1f])[\"')\\]*_]{0,3}\\s+|(?<=[。\uff01\uff1f])|\n+|-->")
_CODED: Final = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})+")
_ESCAPED: Final = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|[nrt/\"])")
_TAG: Final = re.compile("[\U000e0000-\U000e007f]+")
_ABOUT_JUDGING: Final = linear(
    r"(?i)\b(?:judg(?:e|es|ing|ement)|evaluat\w+|grad(?:er|ing)|rubric|prompt injections?|jailbreak\w*"
    r"|(?:pick|choose) me|ignore (?:all |any |the )*(?:previous|prior) instructions)\b"
)


class Stripped(NamedTuple):
    """A text with marks in the place of such sentences; `orders`: whether one of them was more than a boast."""

    text: str
    orders: bool


def without_appeals(text: str) -> Stripped:
    """Return the text with each such sentence replaced; one that has none is returned as it is. Takes linear time."""
    text = text.encode("utf-8", "replace").decode()
    hidden = "".join(chr(ord(c) & 0x7F) for run in _TAG.findall(text) for c in run)
    shown = _TAG.sub("", text) if hidden else text
    found = _found(shown)
    elsewhere = [hit for said in (hidden, *_decoded(shown)) for hit in _found(said)]
    if found or elsewhere:
        shown = "".join(MARK if _is_hit(piece, start, found) else piece for start, piece in _pieces(shown))
    orders = any(hit.order for hit in (*found, *elsewhere))
    return Stripped(shown, orders)


def is_about_judging(question: str) -> bool:
    """Whether such sentences may belong to what was asked: they are taken out all the same, but are no offence."""
    return _ABOUT_JUDGING.search(question.encode("utf-8", "replace").decode()) is not None


class _Hit(NamedTuple):
    start: int
    end: int
    order: bool


def _is_hit(piece: str, start: int, found: list[_Hit]) -> bool:
    if piece.isspace():
        return False
    end = start + len(piece)
    return any(hit.start < end and start < hit.end for hit in found) or any(map(_found, _decoded(piece)))


def _found(text: str) -> list[_Hit]:
    """Return where the text, freed of its disguise, gives orders or boasts."""
    return [
        _Hit(*match.span(), order=match.span(1)[0] >= 0)
        for shadow in _shadows(text)
        for match in _phrases().finditer(shadow)
    ]


def _shadows(text: str) -> list[str]:
    """Return the text without its disguise, character by character: plain, ROT13, look-alikes as Latin."""
    if not text:
        return []
    plain = text.translate({ord(character): _plain(character) for character in set(text)})
    shadows = [plain, plain.translate(_ROT13)]
    return shadows if plain.isascii() else [*shadows, plain.translate(_LOOK_ALIKE)]


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """Return one character for it: lower case, without accent or typography."""
    if ord(character) in _MARKUP or character.isspace():
        return " "
    folded = unicodedata.normalize("NFKD", character)
    lower = (folded[0] if folded[0].isascii() or len(folded) == 1 else character).lower()
    return lower if len(lower) == 1 else character


def _pieces(text: str) -> list[tuple[int, str]]:
    """Return sentences, lines and what stands between them, each with where it begins; joined they are the text."""
    pieces: list[tuple[int, str]] = []
    start = 0
    for gap in _PIECE_END.finditer(text):
        pieces += [(start, text[start : gap.start()]), (gap.start(), gap[0])]
        start = gap.end()
    return [(at, piece) for at, piece in [*pieces, (start, text[start:])] if piece]


def _decoded(piece: str) -> list[str]:
    """Return what a piece says once entities, percent signs, escapes, base64 and hexadecimals are read."""
    said: list[str] = []
    if "&" in piece:
        said.append(html.unescape(piece))
    if "%" in piece:
        said.append(unquote(piece))
    if "\\" in piece:
        said.append(_ESCAPED.sub(lambda match: chr(int(match[1] or match[2] or "20", 16)), piece))
    for token in _CODED.findall(piece):
        body = token.rstrip("=").replace("-", "+").replace("_", "/")
        body = body[: len(body) - (len(body) % 4 == 1)]
        said.append(base64.b64decode(body + "=" * (-len(body) % 4)).decode("utf-8", "replace"))
        if _HEX.fullmatch(token):
            said.append(bytes.fromhex(token).decode("utf-8", "replace"))
    return [text.encode("utf-8", "replace").decode() for text in said]


@lru_cache(maxsize=1)
def _phrases() -> Pattern:
    """Read and compile at the first use: it takes milliseconds. Group 1 is an order; without it, it is a boast."""
    held = tomllib.loads(files("trillm.ranking.judge").joinpath("phrases.toml").read_text(encoding="utf-8"))
    orders, boasts = (_joined(held[kind], held["words"]) for kind in ("orders", "boasts"))
    return linear(f"(?s)({orders})|(?:{boasts})")


def _joined(phrases: dict[str, str], words: dict[str, str]) -> str:
    joined = "|".join(f"(?:{phrase})" for phrase in phrases.values())
    for name, word in words.items():
        joined = joined.replace(f"{{{name}}}", word)
    return joined.replace("[ ]", r"\s").replace(" ", r"\s+")
