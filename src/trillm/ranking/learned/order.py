"""The order of sound answers, by the ground on which they are decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from trillm.language.final_answer import Expected
from trillm.language.request import Request
from trillm.ranking.learned.grounds import Ground
from trillm.ranking.measure import Entry

_SMALL_DENOMINATOR: Final = 100


def in_order(request: Request, sound: Sequence[Entry], values: Mapping[str, float], ground: Ground) -> list[Entry]:
    """Return the answers best first; `values` are of their prose, by id."""

    def key(entry: Entry) -> tuple[object, ...]:
        value = -values[entry.candidate.id]
        if ground is Ground.PREMISE:
            return not entry.measured.objects, value, _arrival(entry)
        if ground is Ground.PROSE:
            return value, _arrival(entry)
        allies = [e for e in sound if e.measured.final == entry.measured.final]
        doubts = sum(e.measured.doubts for e in allies) / len(allies)
        oddness = _oddness(request, entry.measured.final)
        return -entry.backed, oddness, doubts, min(-values[e.candidate.id] for e in allies), value, _arrival(entry)

    return sorted(sound, key=key)


def _arrival(entry: Entry) -> tuple[float, str]:
    """Equal answers go to the faster, then to the smaller id."""
    milliseconds = entry.candidate.response_time_ms
    return float("inf") if milliseconds is None else milliseconds, entry.candidate.id


def _oddness(request: Request, final: str | None) -> int:
    """Return how unlike a result the final answer looks, where votes are equal: a calculation mostly ends in a number.

    0 for a whole number, 1 for a simple fraction, 2 for a long decimal, 3 for what is no number; 4 for none.
    """
    if final is None:
        return 4
    if request.expected is Expected.CHOICE:
        return 0 if len(final) == 1 else 3
    if request.expected is not Expected.NUMBER and not request.tex:
        return 0
    numerator, _, denominator = final.lstrip("-").partition("/")
    if not numerator.isdecimal():
        return 3
    if not denominator:
        return 0
    return 1 if denominator.isdecimal() and int(denominator) <= _SMALL_DENOMINATOR else 2
