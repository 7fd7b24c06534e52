"""An amount as an exact number with its unit, so that equal amounts are equal strings and others are not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from trillm.language.results.units import SCALES, UNITS, Unit

KNOWN_WORDS: Final = "|".join(sorted((*SCALES, *UNITS), key=len, reverse=True))
"""Of scales and units, as alternatives of a pattern."""

MEASURED: Final = re.compile(rf"\d+(?: (?:{KNOWN_WORDS}))?")
"""Digits with a scale or a unit behind them, or nothing."""
_AMOUNT: Final = re.compile(
    r"[~≈$€£¥ ]*(-?)[$€£¥ ]*(?:(\d{1,9}) +(?=\d{1,9} ?/))?"
    r"(\d{1,3}(?:\.\d{3}){1,9},\d{1,9}|\d{1,3}(?:\.\d{3}){2,9}"
    r"|\d[\d,]{0,30}(?:\.\d{1,30})?|\d{1,3}(?: \d{3}){1,9}|\.\d{1,30})(?:[eE]([+-]?\d{1,3}))?"
    r"(?:\s*/\s*(\d{1,30}))?(\s*[%°]?\s*)([^\W\d_][\w²³/ -]{0,36})?"
)
_POWER_OF_TEN: Final = re.compile(r"(?:(\d[\d.,]*) ?[*x\xb7] ?)?10\s*\^\s*(?:\{(-?\d{1,3})\}|(-?\d{1,3}))")
_DECIMAL_COMMA: Final = re.compile(r"\d+,\d{1,2}")
_LIST: Final = re.compile(r"\d+,\d{4,}")
_NO_UNIT: Final = re.compile(r"π|(?:pi|sqrt|[iknxyz])\b|.*\s\d", re.IGNORECASE)
"""What stands behind a factor or before a further number: then it is a formula or a phrase."""
_SCALE: Final = re.compile(
    rf"({'|'.join(sorted(SCALES, key=len, reverse=True))})(?:(?<=[万萬亿億])|\b)\s*", re.IGNORECASE
)
_SHORT_SCALES: Final = {"M": 1_000_000, "B": 1_000_000_000}
"""Where they touch the digits: 5 M may be anything."""
_NOT_PLAIN: Final = re.compile(r"[/²³]|\b(?:per|pro|por|par|squared?|cubed?|an?)\b", re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?[0-9]+(?:/0*[1-9][0-9]*)?")
_ABBREVIATED: Final = 2


def amount(text: str) -> str | None:
    """Return the amount that is all of the text, as "3/2" or "3 hours"; None where it is none.

    A unit of time, length or mass is kept, in one spelling; any other is dropped.
    """
    if (power := _POWER_OF_TEN.match(text.lstrip("-$ "))) is not None:
        text = text.replace(power[0], f"{power[1] or 1}e{power[2] or power[3]}", 1)
    found = _AMOUNT.fullmatch(text)
    if found is None or _LIST.fullmatch(found[3]) or (found[7] is not None and _NO_UNIT.match(found[7])):
        return None
    sign, whole, digits, exponent, divisor, gap, said = found.groups()
    if divisor is not None and int(divisor) == 0:
        return None
    scale, unit = _scale_and_unit(said or "", touching=not gap)
    number = Fraction(_plain_digits(digits))
    if exponent or divisor or whole or scale != 1:  # exact arithmetic costs more than all else here
        number = number * Fraction(10) ** int(exponent or 0) / int(divisor or 1)
        number = (number + int(whole or 0)) * scale
    return f"{-number if sign else number}{' ' + unit.name if unit else ''}"


def comparable(amounts: Sequence[str | None]) -> list[str | None]:
    """Return amounts (and whatever else) so that what is equal is equal strings.

    A unit counts where another one is named beside it: then all are told in the base unit of what they measure, and a
    bare number is taken to be of the unit that most of them name.
    """
    named = Counter(unit for said in amounts if said is not None and (unit := _split(said)[1]) is not None)
    most = [unit for unit, count in named.items() if count == max(named.values())]
    usual = most[0] if len(most) == 1 else None
    return [None if said is None else _told(said, usual, alone=len(named) < 2) for said in amounts]


def _told(said: str, usual: Unit | None, *, alone: bool) -> str:
    number, unit = _split(said)
    if alone:
        return said if unit is None else number
    unit = unit or (usual if _is_number(said) else None)
    return said if unit is None else f"{Fraction(number) * unit.factor} of {unit.measures}"


def _split(said: str) -> tuple[str, Unit | None]:
    number, _, name = said.partition(" ")
    return number, UNITS.get(name) if _is_number(number) else None


def _is_number(said: str) -> bool:
    return _NUMBER.fullmatch(said) is not None


def _plain_digits(digits: str) -> str:
    """A comma before one or two digits at the end, or behind a dot, marks a fraction; else it marks thousands."""
    if digits.count(".") > 1 or ("." in digits.partition(",")[0] and "," in digits):
        return digits.replace(".", "").replace(",", ".")
    return digits.replace(",", "." if _DECIMAL_COMMA.fullmatch(digits) else "").replace(" ", "")


def _scale_and_unit(said: str, *, touching: bool) -> tuple[int, Unit | None]:
    scale = 1
    if touching and said in _SHORT_SCALES:
        return _SHORT_SCALES[said], None
    while (word := _SCALE.match(said)) is not None:
        scale *= SCALES[word[1].lower()]
        said = said[word.end() :]
    name, _, rest = said.lower().partition(" ")
    plain = not _NOT_PLAIN.search(said) and not (len(name) <= _ABBREVIATED and rest)
    return scale, UNITS.get(name) if plain else None
