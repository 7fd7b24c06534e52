"""The order of sound answers by the ground on which they are decided, and what each final answer is worth by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, inf, log, log1p, sqrt
from statistics import median_high
from typing import Final

from trillm.language.final_answer import Expected
from trillm.language.request import Request
from trillm.ranking.learned.grounds import UNCOUNTED, Ground, leading, witnesses
from trillm.ranking.measure import Entry

VOTE: Final = 1.4
"""What one of three answers adds to its final answer, in logits: two are right four times as often as the one."""
PLACE: Final = 1 / 7
"""Of a vote: what a final answer loses to an equal one that the signs of a tie put before it. They are weak."""
NO_RESULT: Final = -1.0
"""What an answer is worth that gives no final answer where others do."""
LEAD: Final = 1.0
"""By how much the weakest of those that object to a premise, or say a reference, is above the best of the others."""
MOST_HELD: Final = 3
"""Of sums that hold: more of them tell no more."""
SUREST: Final = 0.99
"""How sure of a pick comparing final answers makes at most."""
_SMALL_DENOMINATOR: Final = 100
_LEAST_REST: Final = 0.01


def in_order(request: Request, sound: Sequence[Entry], values: Mapping[str, float], ground: Ground) -> list[Entry]:
    """Return the answers best first; `values` are of their prose, by id."""

    if ground in UNCOUNTED:
        first = leading(sound, ground)
        return sorted(sound, key=lambda e: (e.candidate.id not in first, -values[e.candidate.id], _arrival(e)))
    most = max(e.backed for e in sound)
    largest = [e for e in sound if e.backed == most]

    def of_its_kind(final: str | None) -> tuple[float, ...]:
        allies = [e for e in sound if e.final == final]
        held = min(MOST_HELD, max(e.measured.sums.held for e in allies))
        doubts = sum(e.measured.doubts for e in allies) / len(allies)
        prose = min(-values[e.candidate.id] for e in allies)
        odd, excess = _oddness(request, final), _excess(request, largest, allies)
        return -_votes(allies, ground), -allies[0].backed, odd, -held, doubts, excess, prose

    told = {final: of_its_kind(final) for final in {e.final for e in sound}}
    return sorted(
        sound,
        key=lambda e: (told[e.final], not witnesses([e]), e.measured.oversteps, -values[e.candidate.id], _arrival(e)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A final answer and those that give it, best first; in prose every answer is a side of its own."""

    entries: tuple[Entry, ...]
    value: float
    """In logits."""


def sides_of(order: Sequence[Entry], values: Mapping[str, float], ground: Ground) -> list[Side]:
    """Return the sides of ordered answers, in the same order; `values` are of their prose, in calibrated logits."""
    if ground in UNCOUNTED:
        first = leading(order, ground)
        others = [value for id, value in values.items() if id not in first]
        lift = LEAD + max(others) - min(values[id] for id in first) if first and others else 0.0
        return [Side((e,), values[e.candidate.id] + lift * (e.candidate.id in first)) for e in order]
    held: dict[str, list[Entry]] = {}
    for entry in order:
        held.setdefault(f"={entry.final}" if entry.backed else entry.candidate.id, []).append(entry)
    votes = [_votes(entries, ground) for entries in held.values()]
    vote = vote_of(sum(1 for entry in order if entry.backed))
    return [
        Side(
            tuple(entries),
            vote * (count - PLACE * min(2, votes[:place].count(count))) if entries[0].backed else NO_RESULT,
        )
        for place, (entries, count) in enumerate(zip(held.values(), votes, strict=True))
    ]


def led_by(sides: Sequence[Side], share: float) -> list[Side]:
    """Return the sides with a first that has this share of all of them, though never less than the second."""
    first, *others = sides
    if not others:
        return list(sides)
    odds = share / max(1 - share, _LEAST_REST)
    value = log(odds * sum(exp(side.value) for side in others))
    return [replace(first, value=max(value, others[0].value)), *others]


def shares(values: Sequence[float]) -> list[float]:
    """Return a softmax over values."""
    most = max(values)
    held = [exp(value - most) for value in values]
    return [value / sum(held) for value in held]


def odds_of_some(some: float, values: Sequence[float], lifts: Sequence[float]) -> float:
    """Return the odds that any side is right, which was `some` likely (below 1) before priors lifted each side.

    It is the more likely the further priors tell the sides apart. What they add to all alike tells nothing: a label
    names the better one, not how good all are. `values` are what the sides are worth without priors.
    """
    held = shares(values)
    usual = sum(share * lift for share, lift in zip(held, lifts, strict=True))
    return some / (1 - some) * sum(share * exp(lift - usual) for share, lift in zip(held, lifts, strict=True))


def foretold(
    values: Sequence[float], lifts: Sequence[float], some: float, trust: float, level: float
) -> tuple[float, float]:
    """Return how likely the first of the sides is once priors lift them, and what is left of every share.

    `some` is how likely any is right without labels. Where people say more often than elsewhere that none is, all
    shares shrink alike, so that none comes nearer to the first; where they say it less often, the first alone grows.
    """
    this_one = shares([trust * (value + lift) for value, lift in zip(values, lifts, strict=True)])
    here = some
    if some < 1:
        odds = odds_of_some(some, values, [trust * lift for lift in lifts])
        some, here = (told / (1 + told) for told in (odds, odds * exp(level)))
    return min(SUREST, max(this_one) * max(some, here)), min(1.0, here / some)


def vote_of(given: int) -> float:
    """Return what an answer adds to its final answer, in logits, where so many give one.

    More than three are no further witnesses each, for models err alike: all of them together count as their root.
    """
    return VOTE * sqrt(3 / max(3, given))


def lifts_of(sides: Sequence[Side], added: Mapping[str, float]) -> dict[Side, float]:
    """Return what priors, `added` by id, add to each side; none without a result comes nearer to one that has one."""
    lifts = {side: sum(added[e.candidate.id] for e in side.entries) for side in sides}
    least = min((lifts[side] for side in sides if side.entries[0].backed), default=inf)
    return {side: lift if side.entries[0].backed else min(lift, least) for side, lift in lifts.items()}


def _votes(agreeing: Sequence[Entry], ground: Ground) -> int:
    """Return how many votes a final answer has: of witnesses alone, unless the caller's reference settles it."""
    backed = agreeing[0].backed
    return backed if ground is Ground.REFERENCE or not backed else witnesses(agreeing)


def _arrival(entry: Entry) -> tuple[float, str]:
    """Equal answers go to the faster, then to the smaller id."""
    milliseconds = entry.candidate.response_time_ms
    return float("inf") if milliseconds is None else milliseconds, entry.candidate.id


def _excess(request: Request, largest: Sequence[Entry], allies: Sequence[Entry]) -> float:
    """Return how far a calculation's length is from the middle one of those with as many votes.

    The longest mostly wanders and the shortest skips steps; what code prints, and choices, are not told by length.
    """
    reckoned = request.tex or (request.calculation and request.expected is Expected.NUMBER)
    if not reckoned or request.expected not in (Expected.NUMBER, Expected.OPEN):
        return 0.0
    middle = median_high(e.measured.word_count for e in largest)
    return min(abs(log1p(e.measured.word_count) - log1p(middle)) for e in allies)


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
    numerator, _, denominator = final.split(" ")[0].lstrip("-").partition("/")
    if not numerator.isdecimal():
        return 3
    if not denominator:
        return 0
    return 1 if denominator.isdecimal() and int(denominator) <= _SMALL_DENOMINATOR else 2
