"""On what ground a panel of sound answers is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from trillm.language.final_answer import Expected
from trillm.language.request import Request
from trillm.language.words import bare
from trillm.ranking.learned.weights import pattern
from trillm.ranking.measure import Entry


class Ground(StrEnum):
    """The first four are of objective panels: final answers are compared."""

    REFERENCE = "reference"
    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    DIVIDED = "divided"
    PREMISE = "premise"
    """Some object to what the question takes for true, and others do so less plainly or not."""
    NEAR = "near"
    """A reference is given and no result is it: who says its words comes first."""
    SAME = "same"
    """All say the same in the same words: there is nothing to decide."""
    PROSE = "prose"


COMPARED: Final = frozenset({Ground.UNANIMOUS, Ground.MAJORITY, Ground.DIVIDED})
"""Where final answers are compared with each other."""
CONTESTED: Final = frozenset({Ground.MAJORITY, Ground.DIVIDED})
"""Of these, where final answers differ: people vote there, and tell how often the pick is right."""
UNCOUNTED: Final = frozenset({Ground.PREMISE, Ground.NEAR, Ground.SAME, Ground.PROSE})
"""Where no final answers are compared: every answer stands alone."""


def groups_of(sound: Sequence[Entry]) -> list[int]:
    """Return how many answers stand behind each final answer; empty when there are none to compare."""
    return list(Counter(e.final for e in sound if e.backed).values())


def witnesses(agreeing: Sequence[Entry]) -> int:
    """Return how many of those that agree count for what they agree on: not who works out a sum that does not hold."""
    return sum(not e.measured.sums.broken for e in agreeing)


def agreement_of(sound: Sequence[Entry]) -> str:
    """Return the pattern of agreement among witnesses; without any it is that of a lone answer."""
    compared = [e for e in sound if e.backed]
    counted = Counter(e.final for e in compared if witnesses([e]))
    return pattern(list(counted.values()) or [1] * bool(compared))


def ground_of(request: Request, sound: Sequence[Entry]) -> Ground:
    """Return the ground on which these answers, two or more, are decided."""
    groups = groups_of(sound)
    if not any(e.backed and e.measured.final is not None for e in sound) and _alike(sound):
        return Ground.SAME
    if sound[0].measured.says is not None and not groups:
        return Ground.NEAR
    if groups and max(e.backed for e in sound) > len(sound):
        return Ground.REFERENCE
    if _is_contested(request, sound):
        return Ground.PREMISE
    if groups:
        if max(groups) == sum(groups) > 1:
            return Ground.UNANIMOUS
        return Ground.MAJORITY if 2 * max(groups) > sum(groups) else Ground.DIVIDED
    return Ground.PROSE


def _is_contested(request: Request, sound: Sequence[Entry]) -> bool:
    """Whether some object to what is asked, and others less or not, in answers that are no results.

    In a calculation the number that a long text happens to end in is none.
    """
    if request.creative or request.code or not (request.asks or request.harm):
        return False
    if request.expected not in (Expected.OPEN, Expected.NUMBER) or len({e.measured.objection for e in sound}) < 2:
        return False
    results = [e for e in sound if e.backed and e.measured.final is not None]
    return not any(request.expected is Expected.OPEN or e.measured.settles for e in results)


def _alike(sound: Sequence[Entry]) -> bool:
    """Whether the texts differ in nothing but white space and marks around words."""
    first = sound[0]
    if any(e.measured.richness != first.measured.richness for e in sound):  # of other words: nearly always so
        return False
    said = bare(first.candidate.text)
    return all(bare(e.candidate.text) == said for e in sound[1:])


def leading(sound: Sequence[Entry], ground: Ground) -> frozenset[str]:
    """Return the ids of the answers that have what comes first on a ground where no final answers are compared.

    On a premise it is the plainest objection that there is: where all praise the question, praise tells nothing. In
    prose it is a length that the question allows, where others are far longer.
    """
    if ground is Ground.PREMISE:
        most = max(e.measured.objection for e in sound)
        return frozenset(e.candidate.id for e in sound if e.measured.objection == most)
    if ground is Ground.PROSE:
        return frozenset(e.candidate.id for e in sound if not e.measured.oversteps)
    return frozenset(e.candidate.id for e in sound if ground is Ground.NEAR and e.measured.says is True)


def lone_pattern(request: Request, entry: Entry) -> str:
    """Return the pattern of an answer that stands alone: whether it has a result; empty where it need not have one.

    A yes or a no may be told in other words.
    """
    if entry.measured.final is None:
        return "" if request.expected in (Expected.OPEN, Expected.YES_NO) else "0"
    return "1"


BROKEN: Final = "broken"
"""The kind of what is reached by sums that do not hold alone."""
VERDICT: Final = "verdict"
"""The kind of a choice, where all who err may err alike."""
UNMARKED: Final = frozenset({"unmarked", "unmarked tex"})
"""The kinds of agreement on what few mark as their result: a text may end in a number that is none."""


def kind_agreed(request: Request, agreeing: Sequence[Entry]) -> str:
    """Return the kind of an objective question by what those who agree show.

    None of them is a witness, or most do not mark what they agree on, or else it is the kind of the question.
    """
    if agreeing[0].backed and not witnesses(agreeing):
        return BROKEN
    settled = 2 * sum(e.measured.settles for e in agreeing) > len(agreeing)
    return kind_of(request) if settled else "unmarked tex" if request.tex else "unmarked"


def kind_alone(request: Request, entry: Entry) -> str:
    """Return the kind of an objective question for an answer that stands alone."""
    return kind_of(request) if witnesses([entry]) else BROKEN


def kind_of(request: Request) -> str:
    """Return the kind of an objective question by which agreement is worth more or less."""
    if request.expected is Expected.LITERAL:
        return "literal"
    if request.expected in (Expected.YES_NO, Expected.CHOICE):
        return VERDICT
    return "tex" if request.tex else "plain"
