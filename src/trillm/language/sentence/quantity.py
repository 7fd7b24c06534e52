"""Numbers with their units, and whether two of them can be the same."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from trillm.language.sentence.lexicon import lexicon

_NUMBER: Final = re.compile(
    r"(?<![\w.,])(?P<money>[$€£¥]\s?)?"
    r"(?P<digits>(?:\d{1,4}\s)?\d{1,4}[/\u2044]\d{1,4}|-?\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,12})?"
    r"|-?\d{1,15}(?:[.,]\d{1,12})?)"
    r"(?P<rest>\s?(?:%|°\s?[CFK]?|[^\W\d_]{1,14}))?(?P<more>\s[^\W\d_]{1,14})?"
)
_ORDINAL: Final = re.compile(
    r"(?:step|figure|fig|table|chapter|section|part|example|option|case|schritt|paso|étape)$", re.IGNORECASE
)
_SPELLED: Final = re.compile(r"[^\W\d_]{2,8}")
_ROUNDED: Final = 0.02
"""How far, of its size, a number that ends in zeros may be from the true one."""


class Quantity(NamedTuple):
    """A number in its kind's base unit; two are the same when their ranges of `slack` touch."""

    value: float
    kind: str
    """What is measured (length, time, money …), empty for a bare number."""
    slack: float
    near: frozenset[str]
    """The words next to it."""


def quantities(text: str) -> list[Quantity]:
    """Return the numbers of a sentence, some of them spelled; numbers of steps and figures are none."""
    found: list[Quantity] = []
    for match in _NUMBER.finditer(text):
        before = text[max(0, match.start() - 24) : match.start()].split()
        if not (before and _ORDINAL.search(before[-1].strip("*("))):
            found.append(_quantity(match, before[-1:], text[match.end() : match.end() + 24].split()[:1]))
    spelled = lexicon().numbers
    for match in _SPELLED.finditer(text):
        value = spelled.get(match[0].lower())
        if value is not None:
            before, behind = text[max(0, match.start() - 24) : match.start()].split(), text[match.end() :][:24].split()
            found.append(_measured(value, 0.0, behind[:1], _near([*before[-1:], *behind[:1]])))
    return found


def are_same(a: Quantity, b: Quantity) -> bool:
    """Whether both may name one value: 3.14 and 3.14159 do, and 5 km and 5,000 m."""
    if a.kind and b.kind and a.kind != b.kind:
        return False
    return abs(a.value - b.value) <= a.slack + b.slack + 1e-9 * max(abs(a.value), abs(b.value))


def can_contradict(a: Quantity, b: Quantity) -> bool:
    """Whether they stand in one place: the same kind of unit, or bare numbers beside the same word."""
    if a.kind != b.kind:
        return False
    ratio = max(abs(a.value), abs(b.value)) / (min(abs(a.value), abs(b.value)) or 1)
    thousand_or_point = not a.kind and round(ratio, 6) in (1e3, 1e6)  # 1.000 is a thousand to some
    return not thousand_or_point and bool(a.kind or a.near & b.near)


def _quantity(match: re.Match[str], before: list[str], behind: list[str]) -> Quantity:
    value, slack = _value(match["digits"])
    rest, more = ((match[name] or "").strip().lower() for name in ("rest", "more"))
    near = _near([*before, rest or more, *([] if rest else behind)])
    names, multipliers = [rest, more], lexicon().multipliers
    # "5 m" is metres, "$5m" and "5 million" are not
    if rest in multipliers and not (rest == "m" and not match["money"]):
        value, slack, names = value * multipliers[rest], slack * multipliers[rest], [more]
    if match["money"]:
        return Quantity(value, f"money {match['money'].strip()}", slack, near)
    return _measured(value, slack, names[:1], near)


def _measured(value: float, slack: float, names: list[str], near: frozenset[str]) -> Quantity:
    name = "".join(names).lower().strip(".,;:()")
    if name.startswith("°"):
        return Quantity(*_celsius(value, slack, name), near)
    kind, factor = lexicon().units.get(name, ("", 1.0))
    return Quantity(value * factor, kind, slack * factor, near)


def _value(digits: str) -> tuple[float, float]:
    digits = digits.replace("\u2044", "/")
    if "/" in digits:
        *whole, parts = digits.split()
        above, below = parts.split("/")
        return float(sum(map(int, whole)) + (int(above) / int(below) if int(below) else 0)), 0.0
    point = digits.replace(",", ".") if re.fullmatch(r"-?\d+,\d{1,2}", digits) else digits.replace(",", "")
    return float(point), _slack(point)


def _slack(digits: str) -> float:
    """Return half of what the last digit that counts is worth; whole numbers are exact unless they end in zeros."""
    whole, _, decimals = digits.lstrip("-").partition(".")
    if decimals:
        return 0.5 * 10.0 ** -len(decimals)
    zeros = len(whole) - len(whole.rstrip("0"))
    return min(0.5 * 10.0**zeros, _ROUNDED * int(whole)) if zeros >= 2 else 0.0


def _celsius(value: float, slack: float, name: str) -> tuple[float, str, float]:
    if name.endswith("f"):
        return (value - 32) / 1.8, "temperature", max(slack, 0.5)
    if name.endswith("k"):
        return value - 273.15, "temperature", max(slack, 0.5)
    return value, "temperature", slack


def _near(words: list[str]) -> frozenset[str]:
    return frozenset(word.lower().strip(".,;:()*_\"'").removesuffix("s") for word in words) - {""}
