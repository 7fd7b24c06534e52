"""Why this answer: the ground that decided, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from trillm.language.request import Request
from trillm.ranking.learned.grounds import Ground
from trillm.ranking.learned.order import Side
from trillm.ranking.learned.signs import EARNS, signs
from trillm.ranking.measure import Entry
from trillm.ranking.why import agreement_reason, numeral, parts_reason

_LENGTH = ("log_words", "log_characters", "log_lines", "beyond_4_5", "beyond_5_5")
_BETTER = {
    "richness": "uses more varied words",
    "variety": "repeats itself less",
    "repeated": "says each thing once",
    "copied": "copies less of the question",
    "refusal": "answers where the next one declines",
    "open_ended": "comes to a proper end",
    "empty": "says something",
    "long_when_brief": "keeps it short, as asked",
}
_SECOND_REASON_FROM = 0.6
_NOTHING_TELLS = "The answers are equally good by every sign we can see; this one came first."


def say_reason(
    weights: Sequence[float], request: Request, order: Sequence[Entry], ground: Ground, *, too_close: bool
) -> str:
    """Return one or two sentences for the first of the answers, which come best first."""
    if ground is Ground.SAME:
        who = "Both answers" if len(order) == 2 else f"All {numeral(len(order))} answers"
        reason = "" if order[0].measured.says is None else _near(order)
        return f"{reason}{who} are the same."
    if ground is Ground.PREMISE:
        return _against_harm(order) if request.harm else _premise(order)
    if ground in (Ground.PROSE, Ground.NEAR):
        reason = _near(order) if ground is Ground.NEAR else ""
        told = _prose(weights, request, order)
        close = " It is close: the next one is nearly as good." if told is not None and too_close else ""
        return f"{reason}{told or _NOTHING_TELLS}{close}"
    if ground is Ground.DIVIDED and order[0].backed == 1:
        return f"The final answers all differ and nothing shows which is right; {_tie(order)}."
    return agreement_reason(order)


def say_reliable(cold: Side, first: Side, category: str, judged: int) -> str:
    """Return the reason where a model's prior decided; `cold` comes first without it."""
    who = "its model has" if len(first.entries) == 1 else "the models behind it have"
    here = f"on {category}" if judged and category != "other" else "" if judged else "on other kinds of question"
    count = "" if not judged else " (1 vote or verdict)" if judged == 1 else f" ({judged} votes and verdicts)"
    reliable = f"{who} been the more reliable here{f' {here}' if here else ''}{count}"
    backed = len(cold.entries)
    if first is cold or backed == 1 or not cold.entries[0].backed:
        return f"{reliable[0].upper()}{reliable[1:]}."
    of = numeral(backed).capitalize()
    return f"{of} agree on another final answer, but {reliable}."


def _near(order: Sequence[Entry]) -> str:
    others = sum(not e.measured.says for e in order)
    if others == len(order):
        return "No answer says what your reference says. "
    does = "the other does" if others == 1 else f"the other {numeral(others)} do"
    return f"It says what your reference says, and {does} not. " if others else ""


def _premise(order: Sequence[Entry]) -> str:
    objecting = sum(e.measured.objects for e in order)
    others = len(order) - objecting
    accept = "the other accepts" if others == 1 else f"the other {numeral(others)} accept"
    if objecting == 1:
        return f"It pushes back on a premise that {accept}."
    return f"It is one of {numeral(objecting)} that push back on a premise that {accept}."


def _against_harm(order: Sequence[Entry]) -> str:
    against = sum(e.measured.objects for e in order)
    if against == 1:
        return "It alone speaks against what would do harm."
    return f"It is one of {numeral(against)} that speak against what would do harm."


def _tie(order: Sequence[Entry]) -> str:
    first, rest = order[0].measured, [e.measured for e in order[1:]]
    if any(other.doubts > first.doubts for other in rest) and first.doubts == 0:
        return "this one takes back least of its own working"
    return "this one reads best"


def _prose(weights: Sequence[float], request: Request, order: Sequence[Entry]) -> str | None:
    best, second = order[:2]
    covered = parts_reason(request, best.measured, [e.measured for e in order[1:]])
    if covered is not None:
        return f"It alone {covered}." if len(order) > 2 else f"It {covered}, and the other does not."
    mine, other = signs(request, best.measured), signs(request, second.measured)
    leads = {name: w * (a - b) for name, w, a, b in zip(EARNS, weights, mine, other, strict=True)}
    length = sum(leads.pop(name) for name in _LENGTH)
    said = "says more about it" if mine[0] > other[0] else "says it in fewer words"
    found = sorted([(length, said), *((lead, _BETTER[name]) for name, lead in leads.items())], reverse=True)
    if found[0][0] <= 0:
        return None
    second_counts = found[1][0] >= _SECOND_REASON_FROM * found[0][0]
    return f"It {found[0][1]}{f' and {found[1][1]}' if second_counts else ''}."
