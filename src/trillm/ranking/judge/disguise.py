"""What a text says once its disguise is off: other letters, marks in between, codes.

Read are look-alike, styled and accented letters, strokes, digits for letters, tags, comments, TeX commands, hyphens,
dots and brackets between words, spelled letters, text from right to left, ROT13; entities, percent signs, escapes,
base64 and hexadecimals, twice over. Not read: base32, binary digits and whatever else a model decodes when told to.
"""

from __future__ import annotations

import base64
import codecs
import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote

_MARKUP: Final = {ord(mark): " " for mark in "*_`~\"'\n\r\t\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u2028\u2029"}
_LOOK_ALIKE: Final = str.maketrans(
    "аеорсухіјѕһԁԛԝвгкмнптανοτικυρεχηβμ\u0561\u0578\u057d\u0585\u0581\u0570",
    "aeopcyxijshdqwbrkmhntavotikupexnbmwnuogh",
)
"""Cyrillic, Greek and Armenian letters as Latin ones."""
_STYLED: Final = re.compile(
    "(?:LATIN LETTER SMALL CAPITAL|(?:NEGATIVE )?(?:SQUARED|CIRCLED) LATIN CAPITAL LETTER"
    "|REGIONAL INDICATOR SYMBOL LETTER|LATIN (?:SMALL|CAPITAL) LETTER(?= [A-Z] WITH)) ([A-Z])(?: WITH .*)?"
)
_ROT13: Final = {ord(c): codecs.encode(c, "rot13") for c in "abcdefghijklmnopqrstuvwxyz"}
_NOTHING: Final = "\0"
"""Stands where a character is to be left out."""
_BETWEEN: Final = re.compile(r"<!--.{0,400}?-->|</?[a-zA-Z][^<>]{0,200}>|\\[a-zA-Z]+\s*\{|[{}]", re.DOTALL)
_BRACKETS: Final = str.maketrans(dict.fromkeys("()[]<>|#^\u2026\u00b7\u2022", " "))
_INNER: Final = re.compile(r"(?<=[a-z])[-.,:;!?/+=\u2010-\u2015](?=[a-z])")
_SPELLED: Final = re.compile(r"(?<![a-z0-9])(?:[a-z][^a-z0-9]{1,3}){5,}[a-z](?![a-z0-9])")
_GAP: Final = re.compile("[^a-z]+")
_LEET: Final = re.compile(r"(?<=[a-z])[013457@$]+(?![0-9])|(?<![0-9])[013457@$]+(?=[a-z])")
_AS_LETTER: Final = str.maketrans("013457@$", "oieastas")

_CODED: Final = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2}){6,}|(?:(?:0x)?[0-9a-fA-F]{2}[ ,:]{1,2}){5,}(?:0x)?[0-9a-fA-F]{2}")
_NOT_HEX: Final = re.compile(r"0x|[^0-9a-fA-F]")
_ESCAPED: Final = re.compile(
    r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,5})\}|([01][0-7]{2})|[nrt/\"])"
)
_QUOTED: Final = re.compile("=([0-9A-F]{2})")


class Shadow(NamedTuple):
    """A reading of a text, and where in the text each of its characters stands."""

    text: str
    at: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return what a span of the reading is in the text."""
        ends = self.at[start], self.at[end - 1]
        return min(ends), max(ends) + 1


def shadows(text: str) -> list[Shadow]:
    """Return the text as it stands in lower case, in ROT13, from right to left, and bare of all that is in between."""
    if not text:
        return []
    straight = range(len(text))
    plain = _translated(text, _plain)
    found = [Shadow(plain, straight), Shadow(plain.translate(_ROT13), straight), Shadow(plain[::-1], straight[::-1])]
    bare = _kept(_translated(_BETWEEN.sub(_blank, text), _bared), straight)
    if (spelled := _SPELLED.sub(_joined, bare.text)) != bare.text:
        found.append(_kept(spelled, bare.at))
    return [*found, Shadow(_LEET.sub(_letters, _INNER.sub(" ", bare.text)), bare.at)]


def decoded(text: str, depth: int = 2) -> list[str]:
    """Return what a text says once entities, percent signs, escapes, base64 and hexadecimals are read."""
    said: list[str] = []
    if "&" in text:
        said.append(html.unescape(text))
    if "%" in text or "=" in text:
        said.append(unquote(_QUOTED.sub(r"%\1", text)))
    if "\\" in text:
        said.append(_ESCAPED.sub(_unescaped, text))
    said += [bytes.fromhex(digits).decode("utf-8", "replace") for digits in _hexadecimals(text)]
    said += [plain for token in _CODED.findall(text) if _is_text(plain := _from_base64(token))]
    said = [clean for one in said if (clean := one.encode("utf-8", "replace").decode()) != text]
    return said if depth < 2 else [*said, *(deep for one in said for deep in decoded(one, depth - 1))]


def _translated(text: str, one: Callable[[str], str]) -> str:
    return text.translate({ord(character): one(character) for character in set(text)})


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """Return one character for it: lower case, without accent, style or typography."""
    if ord(character) in _MARKUP or character.isspace():
        return " "
    if not character.isascii() and (styled := _STYLED.fullmatch(unicodedata.name(character, ""))):
        return styled[1].lower()
    folded = unicodedata.normalize("NFKD", character)
    lower = (folded[0] if folded[0].isascii() or len(folded) == 1 else character).lower()
    return lower if len(lower) == 1 else character


@lru_cache(maxsize=4096)
def _bared(character: str) -> str:
    """Return the Latin letter that it looks like, nothing for a stroke or an accent, a space for a bracket."""
    if character == _NOTHING or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return _NOTHING
    return _plain(character.translate(_BRACKETS)).translate(_LOOK_ALIKE)


def _kept(text: str, at: Sequence[int]) -> Shadow:
    if _NOTHING not in text:
        return Shadow(text, at)
    return Shadow(text.replace(_NOTHING, ""), [place for place, c in zip(at, text, strict=True) if c != _NOTHING])


def _blank(match: re.Match[str]) -> str:
    return _NOTHING * len(match[0])


def _letters(match: re.Match[str]) -> str:
    return match[0].translate(_AS_LETTER)


def _joined(match: re.Match[str]) -> str:
    """Return spelled letters as words: what stands between all of them goes, wider gaps and other blanks stay."""
    gaps = set(_GAP.findall(match[0]))
    wide = any(len(gap) > 1 for gap in gaps)
    blank = not wide and " " in gaps and len(gaps) > 1

    def close(gap: re.Match[str]) -> str:
        stays = len(gap[0]) > 1 if wide else blank and gap[0] == " "
        return " " * len(gap[0]) if stays else _blank(gap)

    return _GAP.sub(close, match[0])


def _unescaped(match: re.Match[str]) -> str:
    if match[4]:
        return chr(int(match[4], 8))
    return chr(int(match[1] or match[2] or match[3] or "20", 16))


def _hexadecimals(text: str) -> list[str]:
    found = [_NOT_HEX.sub("", match[0]) for match in _HEX.finditer(text)]
    return [digits[: len(digits) // 2 * 2] for digits in found]


def _from_base64(token: str) -> str:
    body = token.rstrip("=").replace("-", "+").replace("_", "/")
    body = body[: len(body) - (len(body) % 4 == 1)]
    return base64.b64decode(body + "=" * (-len(body) % 4)).decode("utf-8", "replace")


def _is_text(said: str) -> bool:
    return 4 * said.count("\ufffd") < len(said)
