"""The final answer of a text that works towards one, in a form in which equal answers are equal strings.

Looked for in this order: boxed, cue phrase, choice letter, yes or no, last number (docs/decisions/0006).
"""

from __future__ import annotations

import re
from enum import StrEnum

from trillm.language.results.amount import KNOWN_WORDS, MEASURED, amount
from trillm.language.results.choice import said_letter, yes_or_no
from trillm.language.results.cue import ends_of_cues, first_sentence, is_cued, says_nothing
from trillm.language.results.dates import day
from trillm.language.results.literal import NoLiteral, exact, literal, printed, spelled, structure
from trillm.language.results.numerals import in_digits, plain_signs
from trillm.language.results.options import NO_OPTIONS, Options, chosen, label_of


class Expected(StrEnum):
    """What kind of final answer a question asks for; `OPEN`: none in particular."""

    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes-no"
    LITERAL = "literal"
    """What code prints or returns: case, spaces and marks count."""
    OPEN = "open"


_TAIL = 2_000
_LONGEST = 200
_LONGEST_WORDS = 40
_NUMBER = re.compile(
    r"(?:(?<![\w)\]])-)?(?:\d+ +(?=\d+/\d))?\d(?:[\d,]*\d)?(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,}(?!\d)|\.\d+)?"
    r"(?:e[+-]?\d{1,3}\b)?"
    r"(?: ?(?:\\times|\\cdot|[x*\u00d7\u00b7]) ?10 ?\^ ?(?:\{-?\d{1,3}\}|-?\d{1,3}))?"
    rf"(?:/\d+)?(?:[-\u2013]\d[\d.,]*)*(?: ?(?:{KNOWN_WORDS})\b)*",
    re.IGNORECASE,
)
"""A number with what belongs to it, or a range of them, which is none."""
_TEX = re.compile(r"\\(?:text|mathrm|mathbf|boxed|textbf|mbox)\s*\{([^{}]*)\}")
_TEX_FRACTION = re.compile(r"\\[dtc]?frac\s*(?:\{([^{}]*)\}|(\d))\s*(?:\{([^{}]*)\}|(\d))")
_TEX_NOISE = re.compile(r"\\(?:left|right|,|;|!|%|\$|\(|\)|\[|\]|circ|quad)|\^\\circ|\^\{\\circ\}")
_TEX_ROOT = re.compile(r"\\sqrt\s*\{([^{}]*)\}|(?:√|sqrt)\s*\(?(\w+)\)?")
_TEX_TIMES = re.compile(r"\s*(?:\\cdot|\\times|\u00d7)\s*")
_WORDED_NUMBER = re.compile(
    rf"(?:^|[\s$€£*])(-?\d[\d,]*(?:\.\d+)?(?: ?(?:{KNOWN_WORDS})\b)*)(?=[\s.,;:!%*]|$)", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
_ASIDE = re.compile(r"\([^()\n]*\)\W{0,9}$|\([~≈]?\d[\d.,]* ?[^\W\d_][^()\n]*\)")
"""What is told in brackets at the end, or there in another unit."""
_THAN = re.compile(r"^[^.;\n]{0,60}\b(?:than|als|que|di|do que|dan)\W{0,12}(?:the |a |den |der |die )?[^\w\n]*$")
_BREAK = re.compile(r"\s\(|[.;:]\s|,\s(?=\D)|\s(?:because|since|denn|weil|car|porque|perché|omdat)\b")
"""Behind a number: where what is said of it begins."""
_BETWEEN = re.compile(r",\s+(?:and |or )?|\s+(?:and|or|und|oder|y|o|et|ou)\s+")
_SPACE_IN_FORMULA = re.compile(r"(?<!\d) | (?!\d)")
_FORMULA = frozenset("\\^√π=+/{")
_NAMED = re.compile(r"[a-zA-Z]\w?\s*=\s*(?=\S)")
_ARTICLE = re.compile(r"\A(?:the|a|an|der|die|das|el|la|le|il|o|de|het)\s+")


def final_answer(text: str, expected: Expected = Expected.OPEN, options: Options = NO_OPTIONS) -> str | None:
    """Return the normalised final answer, or None. An open question has one only where the text marks it as such.

    Of a choice it is the label of the option, where the text says the one or the other.
    """
    tail = text[-_TAIL:] if expected is Expected.LITERAL else plain_signs(text[-_TAIL:])
    ends = ends_of_cues(tail)
    if ends and expected is not Expected.LITERAL and (held := structure(tail[ends[-1] :].lstrip(" \t`*"))) is not None:
        return held
    marked = _boxed(tail) or _cued(tail, ends, expected)
    if marked is not None:
        return label_of(marked, options) or normalise(marked, expected)
    if expected is Expected.LITERAL:
        return printed(tail)
    if expected is Expected.CHOICE:
        return chosen(text, options)
    if expected is Expected.YES_NO:
        return yes_or_no(text)
    if expected is Expected.NUMBER:
        number = _last_number(tail)
        return None if number is None else normalise(number, expected)
    return None


def marks_result(text: str) -> bool:
    """Whether the text marks something in it as its final answer."""
    return "\\boxed{" in text or is_cued(text)


def normalise(answer: str, expected: Expected = Expected.OPEN) -> str | None:
    """Return one spelling for all ways to write the same value ("$18.00", "18 dollars" and "18"); None if too long."""
    if expected is Expected.LITERAL:
        return exact(answer[:_LONGEST])
    value = _TEX_ROOT.sub(r"sqrt(\1\2)", _TEX.sub(r"\1", answer[:_LONGEST])).replace("\\pi", "π")
    value = _TEX_NOISE.sub("", _TEX_TIMES.sub("*", _TEX_FRACTION.sub(r" \1\2/\3\4", value)))
    value = plain_signs(value).replace("\\{", "{").replace("\\}", "}").replace("{,}", ",")
    value = value.strip(" \t\r\n*_`$").rstrip(".,;:!*_`$。\uff0c\uff1b\uff01 ")
    if not value:
        return None
    if expected is Expected.CHOICE and (said := said_letter(value)) is not None:
        return said
    if expected is Expected.YES_NO and (verdict := yes_or_no(value)) is not None:
        return verdict
    value = _NAMED.sub("", value, count=1) if _NAMED.match(value) else value
    found = day(value) or amount(value) or _in_words(value, expected)
    if found is None and expected is Expected.NUMBER:
        found = _worded_number(value) or amount(_BREAK.split(value, maxsplit=1)[0])
    return found or _listed(value) or _literal(value) or _plain(value)


def _in_words(value: str, expected: Expected) -> str | None:
    """Return an amount whose number is in words. Seven Samurai and null are one only where a number is asked for."""
    counted = in_digits(value) if value[0].isalpha() else None
    if counted is None:
        return None
    if expected is not Expected.NUMBER and (value.casefold() == "null" or not MEASURED.fullmatch(counted)):
        return None
    return amount(counted)


def _listed(value: str) -> str | None:
    """Return several amounts in one order: solutions are the same whichever is named first; an ordered pair is none."""
    parts = [_NAMED.sub("", part, count=1) for part in _BETWEEN.split(value)]
    amounts = [amount(part) for part in parts] if len(parts) > 1 else []
    told = [found for found in amounts if found is not None]
    return ", ".join(sorted(told)) if told and len(told) == len(amounts) else None


def _boxed(tail: str) -> str | None:
    start = tail.rfind("\\boxed{")
    if start < 0:
        return None
    depth = 1
    start += len("\\boxed{")
    for place, character in enumerate(tail[start : start + _LONGEST], start):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return tail[start:place]
    return None


def _cued(tail: str, ends: list[int], expected: Expected) -> str | None:
    """Return the line behind the last cue that has anything behind it; what code prints may be nothing."""
    for end in reversed(ends):
        line = tail[end : end + _LONGEST].partition("\n")[0].strip()
        if expected is Expected.LITERAL or not says_nothing(line):
            line = line if "{" in line else line.rstrip("}")  # the end of the JSON object around it
            return line if expected is Expected.LITERAL else first_sentence(line)
    return None


def _literal(value: str) -> str | None:
    if value[0] not in "[({'\"" or "\\" in value:
        return None
    try:
        return spelled(literal(value))
    except NoLiteral:
        return None


def _last_number(tail: str) -> str | None:
    """Return the last number; none reaches over the end of a line, so that one is looked at after the other.

    Of two that are compared it is the first: "9.9 is bigger than 9.11". What is told in brackets at the end is none.
    """
    for line in reversed(tail.split("\n")):
        if _DIGIT.search(line) is None:  # else each letter is tried in vain
            continue
        numbers = list(_NUMBER.finditer(_ASIDE.sub("", line))) or list(_NUMBER.finditer(line))
        if len(numbers) > 1 and _THAN.search(line[numbers[-2].end() : numbers[-1].start()]):
            return numbers[-2][0]
        if numbers:
            return numbers[-1][0]
    return None


def numbers(line: str) -> list[str]:
    """Return the numbers of a line as they are written, each with its scale and unit."""
    return [found[0] for found in _NUMBER.finditer(line)]


def _worded_number(value: str) -> str | None:
    """Return the only number of a phrase ("there are 12 ways"); None for a formula."""
    if not _FORMULA.isdisjoint(value):
        return None
    found = {amount(number) for number in _WORDED_NUMBER.findall(value)}
    return found.pop() if len(found) == 1 and len(_NUMBER.findall(value)) == 1 else None


def _plain(value: str) -> str | None:
    value = _ARTICLE.sub("", " ".join(value.casefold().split()).strip("'\"“”"), count=1)
    if _DIGIT.search(value):
        value = _SPACE_IN_FORMULA.sub("", value)
    return value if 0 < len(value) <= _LONGEST_WORDS else None
