"""Why this answer: the reasons that decided, one or two of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from trillm.language.request import Request
from trillm.ranking.hygiene import Defect
from trillm.ranking.measure import WEIGHTS, Entry, Measured
from trillm.vocabulary.ranking import Reason

_SHOWN = re.compile(r"[\w .,+:%/-]{1,24}")
_SECOND_REASON_FROM = 0.6
_LONGEST_SUM = 48
_TENS = 10**6
"""What divides it makes a decimal that ends within six digits."""


def say_why(request: Request, entries: Sequence[Entry], *, too_close: bool) -> tuple[Reason, ...]:
    """Return the reasons for the first of the entries, which come best first."""
    sound = [e for e in entries if e.measured.defect is Defect.NONE]
    if not sound:
        return (_least_bad(entries),)
    if len(sound) == 1:
        only = Reason("only-sound", _fates(entries[1:])) if len(entries) > 1 else Reason("only-answer")
        return (only, *sums_that_fail(sound[0].measured))
    if sound[0].backed:
        return (agreement_reason(sound),)
    return _lead(request, sound[0], sound[1], too_close=too_close)


def _least_bad(entries: Sequence[Entry]) -> Reason:
    first = entries[0].measured.defect
    if first is Defect.EMPTY:
        return Reason("no-answer")
    if len(entries) == 1:
        return Reason("only-answer-unsound", {"fate": _fate(first)})
    return Reason("none-sound", {"fate": _fate(first), **_fates(entries[1:])})


def _fate(defect: Defect) -> str:
    return defect.name.lower().replace("_", "-")


def _fates(others: Sequence[Entry]) -> dict[str, int]:
    return dict(Counter(_fate(e.measured.defect) for e in others))


def agreement_reason(sound: Sequence[Entry]) -> Reason:
    """Return what answers whose final answers are compared agree on; they come best first."""
    first = sound[0]
    if first.backed > len(sound):
        return Reason("reference")
    if first.backed == 1:
        return Reason("differ-set-out")
    final = _as_said(first.measured.final or first.final or "")  # in its own words
    counted: dict[str, int | str] = {"of": len(sound), **({"on": final} if _SHOWN.fullmatch(final) else {})}
    if first.backed == len(sound):
        return Reason("all-agree", counted)
    tied = any(e.backed == first.backed and e.final != first.final for e in sound)
    return Reason("divided" if tied else "majority", {"agree": first.backed, **counted})


def sums_that_fail(best: Measured) -> tuple[Reason, ...]:
    """Return that a sum in the best answer does not hold, where one does not."""
    broken = best.sums.broken
    return (Reason("sum-fails", {"sums": len(broken), **shown_sum(broken[0])}),) if broken else ()


def shown_sum(said: str) -> dict[str, int | str]:
    """Return a sum as a value to show, where it is short enough."""
    shown = " ".join(said.replace("*", "×").split())  # noqa: RUF001 - as people write it
    return {"sum": shown} if len(shown) <= _LONGEST_SUM else {}


def _as_said(final: str) -> str:
    """Return a fraction as people write it: as a decimal where it ends."""
    number, space, unit = final.partition(" ")
    numerator, _, denominator = number.partition("/")
    ends = denominator.isdecimal() and int(denominator) and _TENS % int(denominator) == 0
    if not ends or not numerator.lstrip("-").isdecimal():
        return final
    return f"{Decimal(numerator) / Decimal(denominator):f}{space}{unit}"


def _lead(request: Request, best: Entry, second: Entry, *, too_close: bool) -> tuple[Reason, ...]:
    a, b = best.scores, second.scores
    relevance, completeness, clarity, accuracy = WEIGHTS
    leads = [
        (relevance * (a.relevance - b.relevance), _relevance_reason(request, best.measured, second.measured)),
        (completeness * (a.completeness - b.completeness), "says-more"),
        (clarity * (a.clarity - b.clarity), "clearer"),
        (accuracy * (a.accuracy - b.accuracy), _accuracy_reason(best.measured)),
    ]
    leads.sort(key=lambda lead: -lead[0])
    if leads[0][0] <= 0:
        return (Reason("equal"),)
    reasons = leads_told(leads)
    covered = parts_covered(request, best.measured, [second.measured])
    close = (Reason("close"),) if too_close else ()
    return (*((Reason("covers", covered),) if covered else reasons), *close)


def leads_told(leads: Sequence[tuple[float, str]]) -> tuple[Reason, ...]:
    """Return the first of these leads, which come the greatest first, and the second where it counts nearly as much."""
    (most, first), (next_to_it, second) = leads[:2]
    return (Reason(first), *((Reason(second),) if next_to_it >= _SECOND_REASON_FROM * most else ()))


def _relevance_reason(request: Request, best: Measured, second: Measured) -> str:
    if best.keeps_limits and not second.keeps_limits:
        return "keeps-length"
    if request.code and best.code_parses is not None and second.code_parses is None:
        return "gives-code"
    return "more-direct"


def parts_covered(request: Request, best: Measured, others: Sequence[Measured]) -> dict[str, int | str] | None:
    """Return how many of a question's parts the best covers, where these are more than each of the others covers."""
    if best.covered_parts <= max(other.covered_parts for other in others):
        return None
    return {"covered": best.covered_parts, "asked": len(request.parts)}


def _accuracy_reason(best: Measured) -> str:
    return "near-reference" if best.code_parses is None else "code-parses"
