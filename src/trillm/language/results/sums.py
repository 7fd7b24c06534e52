"""The sums that a text works out in numbers alone ("12 * 7 = 84", in TeX too): how many hold, and which do not.

What is called wrong should be wrong in every usual reading: a line that doubts, supposes or tries something is not
read, nor is a text that reckons with remainders or in another base. Why, and what is misread:
docs/decisions/0047-sums-that-hold.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from math import isclose
from typing import Final

from trillm.language.linear import linear
from trillm.language.results.formula import Number, value_of


@dataclass(frozen=True, slots=True)
class Sums:
    """What became of the sums of a text."""

    held: int = 0
    broken: tuple[str, ...] = ()
    """Those that do not hold, as they are written without TeX."""


_LONGEST: Final = 240
_MOST_SIDES: Final = 12
_MOST_RUNS: Final = 100
"""Of what may be sums, in one text: a text of nothing else would take long."""
_DEEPEST: Final = 4
"""Of fractions within fractions."""
_NEAR: Final = 0.02
"""How far numbers that were rounded may be apart, of the larger: what they were made of was mostly rounded too."""
_CHANGES: Final = (60, 100, 1000)
"""Between units ("20 * 45 = 9.00", in cents and dollars)."""
_ROUNDED: Final = 0.001

_ELSEWHERE: Final = linear(
    r"\bmod\b|\\[pb]mod|\\equiv|≡|\bcongruen|\bbase[ -]\d|\b(?:binary|octal|hex|xor)|\d_\{?\d|\d_[a-z]"
)
_UNSURE: Final = linear(
    r"(?i)\b(?:not|no|\w+n['\x{2019}]t|cannot|false|incorrect|wrong|contradict\w*|impossible|wait|mistakes?|errors?|instead"
    r"|guess\w*|try\w*|tri(?:ed|al)|test\w*|suppos\w+|assum\w+|if|check\w*|however|but|nicht|kein\w*|falsch|wenn|aber"
    r"|pas|faux|mais|si|non|falso|errado|não|niet|fout|maar)\b|≠|\\neq?\b|[❌✗不错錯誤]"
)
_FRACTION: Final = re.compile(r"\\[dtc]?frac ?(?:\{([^{}]*)\}|(\d)) ?(?:\{([^{}]*)\}|(\d))")
_ROOT: Final = re.compile(r"\\sqrt ?(?:\{([^{}]*)\}|(\d))|\bsqrt(?=\()")
_RAISED: Final = re.compile(r"\^ ?\{([^{}]*)\}")
_SIGNS: Final = str.maketrans(
    {"\xd7": "*", "\xb7": "*", "⋅": "*", "∙": "*", "•": "*", "\u2217": "*", "÷": "/", "\u2212": "-", "\u2013": "-"}
    | {"²": "^2", "³": "^3", "[": "(", "]": ")"}
)
_MARKS: Final = (
    (re.compile(r"\\(?:left|right|[bB]igg?[lr]?)(?![a-zA-Z])|(?<=\d)(?:,|\{,\})(?=\d{3}(?!\d))"), ""),
    (re.compile(r"\\(?:cdot|times)(?![a-zA-Z])"), "*"),
    (re.compile(r"\\div(?![a-zA-Z])"), "/"),
    (re.compile(r"\\(?:thick)?approx(?![a-zA-Z])"), "≈"),
    (re.compile(r"\\(?:[,;!()$\[\]]|q?quad\b)|\*\*(?=[^\d(]|$)|(?<![\d)])\*\*|[$&]"), " "),
)
_RUN: Final = re.compile(r"(?:[\d+\-*/()^ =≈√]|\.(?=\d))+")
_SIGN: Final = re.compile("[=≈]")
_PAIR: Final = re.compile(r"\d[^=≈]*[=≈][^=≈]*\d")
_FIRST: Final = re.compile(r"(?:[-*+] +)?(?:\(?\d+[.)] +)?(?=[-\d(√])")
"""What marks a step of a list."""
_WORKED: Final = re.compile(r"[*/^√]|(?<=[\d) ])[-+]")
_APART: Final = frozenset(["", *' \t:;,("*'])
"""What may touch the first sign of a sum."""
_JOINED: Final = frozenset("\\_}{^<>!%|±°'")
"""What stands, with or without a space, before the rest of something longer."""
_LEADING: Final = re.compile(r"[+*/^]|- ")
_BARE: Final = re.compile(r"\(? *\d+ *\)")
_WORD: Final = re.compile(r"([A-Za-z]+)\s*$")
_PARTS: Final = re.compile(
    "[a-z]|mod|pi|log|ln|sin|cos|tan|gcd|lcm|percent|of|by|than|base|plus|minus|times|over|remainder|choose|and"
    "|step|day|week|case|part|box|round|problem|question|schritt|tag|fall|aufgabe|étape|paso",
    re.IGNORECASE,
)
"""Words before a number that make it a part or the name of something else, and single letters."""
_BELONGS: Final = re.compile(
    r"\s*(?:[\\^_{<>!%°|≡±?≠√(]|π|[A-Za-z](?![A-Za-z])|(?:mod|pi|remainder|with|log|sin|cos|tan|or|per ?cent)\b"
    r"|(?:dozen|hundred|thousand|[mb]illi|trillion|tausend|mill?on|mil\b|mille\b|[mt]rd\b|mio\b|lakh|crore)|[万萬亿億千百])"
    r"|[A-Za-z]|[,:'\u2019]\d"
)
"""What stands behind a number that is a part of something longer."""
_COMMA: Final = re.compile(r"\d(?:[,:'\u2019]|\{,\})$")
"""What touches a number that is the rest of another one, or of a list."""
_DIVIDES: Final = re.compile(r"\d +:$")
_THOUSANDS: Final = re.compile(r"(?<![\d.])[1-9]\d{0,2}(?:\.\d{3})+(?![\d.])")
"""A thousand in one language, one in another."""
_QUOTIENT: Final = re.compile(r"\(*-?\d+\)* */ *\(*\d+\)*")
_UNIT: Final = re.compile(
    r"(?:hour|day|week|month|year|minute|f(?:oo|ee)t\b|yard|mile|pound|gallon|stunde|tag|woche|jahr|[ap]m\b)",
    re.IGNORECASE,
)
"""What the result may have been changed to."""
_AHEAD: Final = re.compile(r"\(* *(-?\d+(?:\.\d+)?)")


def sums(text: str) -> Sums:
    """Return how many sums of the text hold and which do not. A text in lines: no sum goes over the end of one."""
    if ("=" not in text and "≈" not in text and "approx" not in text) or _ELSEWHERE.search(text):
        return Sums()
    lines = (line for line in text.split("\n") if "=" in line or "≈" in line or "approx" in line)
    runs = (run for line in lines if not _UNSURE.search(line) for run in _RUN.finditer(_plain(line)) if _may_be(run[0]))
    found = [told for run in islice(runs, _MOST_RUNS) for told in _in_run(run)]
    return Sums(sum(holds for _, holds in found), tuple(said for said, holds in found if not holds))


def _plain(line: str) -> str:
    line = line.translate(_SIGNS)
    for _ in range(_DEEPEST if "\\" in line or "^" in line else 1):
        line = _RAISED.sub(r"^(\1)", _ROOT.sub(_rooted, _FRACTION.sub(r"((\1\2)/(\3\4))", line)))
    for pattern, instead in _MARKS:
        line = pattern.sub(instead, line)
    return line


def _rooted(found: re.Match[str]) -> str:
    return f"√({found[1] or found[2]})" if found[1] or found[2] else "√"


def _may_be(run: str) -> bool:
    if len(run) > _LONGEST or not _PAIR.search(run) or not _WORKED.search(run):
        return False
    return len(_SIGN.findall(run)) < _MOST_SIDES


def _in_run(run: re.Match[str]) -> Iterator[tuple[str, bool]]:
    """Yield each sum of a run of digits and signs, and whether it holds."""
    at_start = not run.string[: run.start()].strip()
    sides = [side.strip() for side in _SIGN.split(run[0])]
    if at_start:
        sides[0] = _FIRST.sub("", sides[0], count=1)
    values = [value_of(side) for side in sides]
    if not _begins(run, sides[0], at_start=at_start):
        values[0] = None
    if _BELONGS.match(run.string, run.start() + len(run[0].rstrip())):
        values[-1] = None
    unclear = run.string.lstrip().startswith("- ") or _UNIT.match(run.string, run.end()) is not None
    told = list(zip(sides, values, strict=True))
    for (one, other), sign in zip(pairwise(told), _SIGN.findall(run[0]), strict=True):
        (left, a), (right, b) = one, other
        if a is not None and b is not None and (_WORKED.search(left) or _WORKED.search(right)):
            try:
                said, holds = f"{left} {sign} {right}", _holds((left, a), (right, b), about=sign == "≈")
            except ArithmeticError:  # too large or too small to be compared
                continue
            if holds or not (unclear or _THOUSANDS.search(said) or _BARE.fullmatch(right)):
                yield said, holds


def _begins(run: re.Match[str], first: str, *, at_start: bool) -> bool:
    """Whether a sum may begin here: what stands before is no part of it, and no name of what follows ("Week 1 = ")."""
    before = run.string[max(0, run.start() - 14) : run.start()]
    word = _WORD.search(before)
    if not run[0].startswith(" ") and (before[-1:] not in _APART or _COMMA.search(before)):
        return False
    if before.rstrip()[-1:] in _JOINED or _DIVIDES.search(before):
        return False
    if word is not None and _PARTS.fullmatch(word[1]):
        return False
    if _LEADING.match(first) or _BARE.fullmatch(first):
        return False
    return at_start or _WORKED.search(first) is not None


def _holds(one: tuple[str, Number], other: tuple[str, Number], *, about: bool) -> bool:
    """Whether both sides are the same number, as far as they tell."""
    (left, a), (right, b) = one, other
    rounded = about or "." in left + right or isinstance(a, float) or isinstance(b, float)
    if _equal(a, b, right, rounded=rounded):
        return True
    if not rounded and _QUOTIENT.fullmatch(left) and right.lstrip("-").isdecimal() and abs(a - b) < 1:
        return True  # a quotient may be told without its remainder
    ahead = _AHEAD.match(right) if _WORKED.search(right) else None
    if ahead is not None and _equal(a, Fraction(ahead[1]), right, rounded=rounded):
        return True  # told on from there: "5 + 3 = 8 * 2 = 16"
    return bool(a and b) and any(isclose(max(abs(a / b), abs(b / a)), change, rel_tol=_ROUNDED) for change in _CHANGES)


def _equal(a: Number, b: Number, written: str, *, rounded: bool) -> bool:
    """Whether two numbers are equal; rounded ones as far as the second tells, `written` so."""
    if not rounded:
        return a == b
    decimals = len(written.partition(".")[2]) if written.lstrip("-").replace(".", "", 1).isdecimal() else 0
    return float(abs(a - b)) <= max(_NEAR * float(max(abs(a), abs(b))), 0.51 * 10**-decimals)
