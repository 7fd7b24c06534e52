"""Why this answer: one or two plain sentences naming what decided."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from trillm.language.request import Request
from trillm.ranking.hygiene import Defect
from trillm.ranking.measure import WEIGHTS, Entry, Measured

_NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_FATE = {
    Defect.CUT_OFF: "broke off",
    Defect.WRONG_LANGUAGE: "answered in another language",
    Defect.LOOP: "got stuck repeating",
    Defect.REFUSED: "refused",
    Defect.ERROR_TEXT: "gave an error message",
    Defect.EMPTY: "gave no answer",
}
_SHOWN = re.compile(r"[\w .,+:%-]{1,24}")
_SECOND_REASON_FROM = 0.6


def say_why(request: Request, entries: Sequence[Entry], *, too_close: bool) -> str:
    """Return the reason for the first of the entries, which come best first."""
    sound = [e for e in entries if e.measured.defect is Defect.NONE]
    if not sound:
        return _least_bad(entries)
    if len(entries) == 1:
        return "It is the only answer, so there is nothing to compare it with."
    if len(sound) == 1:
        return f"It is the only sound answer: {_fates(entries[1:])}."
    if sound[0].backed:
        return agreement_reason(sound)
    return _lead(request, sound[0], sound[1], too_close=too_close)


def _least_bad(entries: Sequence[Entry]) -> str:
    first = entries[0].measured.defect
    if first is Defect.EMPTY:
        return "No model gave an answer."
    if len(entries) == 1:
        return f"It is the only answer, and it {_FATE[first]}: take it with care."
    return f"No answer is sound. This one {_FATE[first]}; of the rest, {_fates(entries[1:])}."


def _fates(others: Sequence[Entry]) -> str:
    counts = Counter(_FATE[e.measured.defect] for e in others)
    if len(counts) == 1 and len(others) > 1:
        return f"the other {numeral(len(others))} {next(iter(counts))}"
    if len(others) == 1:
        return f"the other {next(iter(counts))}"
    told = [f"{numeral(count)} {fate}" for fate, count in counts.items()]
    return f"{', '.join(told[:-1])} and {told[-1]}"


def agreement_reason(sound: Sequence[Entry]) -> str:
    """Return what answers whose final answers are compared agree on; they come best first."""
    first = sound[0]
    final = first.measured.final or ""  # in its own words
    if first.backed > len(sound):
        return "Its final answer is the one you gave as reference."
    on = f"on {final}" if _SHOWN.fullmatch(final) else "on the same final answer"
    if first.backed == len(sound):
        who = "Both answers" if len(sound) == 2 else f"All {numeral(len(sound))} answers"
        return f"{who} agree {on}. This one sets it out best."
    if first.backed == 1:
        return "The final answers all differ and nothing tells which is right; this one is set out best."
    if any(e.backed == first.backed and e.final != first.final for e in sound):
        return f"The answers are divided evenly; {numeral(first.backed)} of {numeral(len(sound))} agree {on}."
    return f"{numeral(first.backed).capitalize()} of {numeral(len(sound))} agree {on}."


def _lead(request: Request, best: Entry, second: Entry, *, too_close: bool) -> str:
    a, b = best.scores, second.scores
    relevance, completeness, clarity, accuracy = WEIGHTS
    leads = [
        (relevance * (a.relevance - b.relevance), _relevance_reason(request, best.measured, second.measured)),
        (completeness * (a.completeness - b.completeness), "says more about it"),
        (clarity * (a.clarity - b.clarity), "is clearer to read"),
        (accuracy * (a.accuracy - b.accuracy), _accuracy_reason(best.measured)),
    ]
    leads.sort(key=lambda lead: -lead[0])
    if leads[0][0] <= 0:
        return "The answers are equally good by every sign we can see; this one came first."
    reasons = [leads[0][1]] + [leads[1][1]] * (leads[1][0] >= _SECOND_REASON_FROM * leads[0][0])
    covered = parts_reason(request, best.measured, [second.measured])
    close = " It is close: the next one is nearly as good." if too_close else ""
    return f"It {' and '.join([covered] if covered else reasons)}.{close}"


def _relevance_reason(request: Request, best: Measured, second: Measured) -> str:
    if best.keeps_limits and not second.keeps_limits:
        return "keeps to the length you asked for"
    if request.code and best.code_parses is not None and second.code_parses is None:
        return "gives the code you asked for"
    return "speaks more directly to what you asked"


def parts_reason(request: Request, best: Measured, others: Sequence[Measured]) -> str | None:
    """Return what the best covers of a question's parts, where it covers more of them than each of the others."""
    asked = len(request.parts)
    if best.covered_parts <= max(other.covered_parts for other in others):
        return None
    if best.covered_parts == asked:
        return f"covers {'both' if asked == 2 else f'all {numeral(asked)}'} parts you asked for"
    return f"covers {numeral(best.covered_parts)} of the {numeral(asked)} parts you asked for"


def _accuracy_reason(best: Measured) -> str:
    return "is closer to the reference you gave" if best.code_parses is None else "gives code that is well formed"


def numeral(number: int) -> str:
    """Return a small number as a word."""
    return _NUMERALS[number] if number < len(_NUMERALS) else str(number)
