"""Why this answer: the ground that decided."""

from __future__ import annotations

from collections.abc import Sequence

from trillm.language.request import Request
from trillm.language.stance import Objection
from trillm.ranking.learned.grounds import Ground, leading
from trillm.ranking.learned.order import Side
from trillm.ranking.learned.weights import EARNS, signs
from trillm.ranking.measure import Entry
from trillm.ranking.reasons.why import agreement_reason, leads_told, parts_covered, shown_sum, sums_that_fail
from trillm.vocabulary.ranking import Reason

_LENGTH = ("log_words", "log_characters", "log_lines", "beyond_4_5", "beyond_5_5")
_BETTER = {
    "richness": "varied",
    "variety": "repeats-less",
    "repeated": "each-once",
    "copied": "copies-less",
    "refusal": "answers",
    "open_ended": "ends",
    "empty": "says-something",
    "long_when_brief": "brief",
}


def say_reason(
    weights: Sequence[float], request: Request, order: Sequence[Entry], ground: Ground, *, too_close: bool
) -> tuple[Reason, ...]:
    """Return the reasons for the first of the answers, which come best first."""
    if ground is Ground.SAME:
        near = () if order[0].measured.says is None else _near(order)
        return (*near, Reason("same", {"of": len(order)}))
    if ground is Ground.PREMISE:
        return (_against_harm(order) if request.harm else _premise(order),)
    if ground in (Ground.PROSE, Ground.NEAR):
        near = _near(order) if ground is Ground.NEAR else ()
        told = _prose(weights, request, order)
        close = (Reason("close"),) if told and too_close else ()
        return (*near, *(told or (Reason("equal"),)), *close)
    most = max(e.backed for e in order)
    failing = [broken[0] for e in order if e.backed == most > order[0].backed and (broken := e.measured.sums.broken)]
    if failing:
        return (Reason("most-sums-fail", {"agree": most, "failing": len(failing), **shown_sum(failing[0])}),)
    told = _tie(order) if ground is Ground.DIVIDED and order[0].backed == 1 else agreement_reason(order)
    return (told,) if ground is Ground.REFERENCE else (told, *sums_that_fail(order[0].measured))


def say_reliable(cold: Side, first: Side, category: str, judged: int) -> tuple[Reason, ...]:
    """Return the reason where a model's prior decided; `cold` comes first without it."""
    backed = len(cold.entries)
    against = 0 if first is cold or backed == 1 or not cold.entries[0].backed else backed
    values: dict[str, int | str] = {"models": len(first.entries), "judged": judged}
    if judged and category != "other":
        values["category"] = category
    return (Reason("reliable", values | ({"agree": against} if against else {})),)


def _near(order: Sequence[Entry]) -> tuple[Reason, ...]:
    others = sum(not e.measured.says for e in order)
    if others == len(order):
        return (Reason("near-none"),)
    return (Reason("near", {"others": others}),) if others else ()


def _premise(order: Sequence[Entry]) -> Reason:
    objecting = len(leading(order, Ground.PREMISE))
    accepting = sum(e.measured.objection is Objection.NONE for e in order)
    if objecting + accepting < len(order):
        return Reason("premise-plainest")
    return Reason("premise", {"objecting": objecting, "others": accepting})


def _against_harm(order: Sequence[Entry]) -> Reason:
    return Reason("against-harm", {"against": len(leading(order, Ground.PREMISE))})


def _tie(order: Sequence[Entry]) -> Reason:
    first, rest = order[0].measured, [e.measured for e in order[1:]]
    failing = [other.sums.broken[0] for other in rest if other.sums.broken]
    if failing and not first.sums.broken:
        return Reason("differ-sums-fail", {"others": len(failing), **shown_sum(failing[0])})
    if first.sums.held > max(other.sums.held for other in rest):
        return Reason("differ-sums-hold", {"sums": first.sums.held})
    certain = first.doubts == 0 and any(other.doubts > 0 for other in rest)
    return Reason("differ-doubts" if certain else "differ-reads")


def _prose(weights: Sequence[float], request: Request, order: Sequence[Entry]) -> tuple[Reason, ...]:
    best, second = order[:2]
    if second.measured.oversteps and not best.measured.oversteps:
        return (Reason("keeps-length"),)
    covered = parts_covered(request, best.measured, [e.measured for e in order[1:]])
    if covered is not None:
        return (Reason("covers-alone" if len(order) > 2 else "covers-other-not", covered),)
    mine, other = signs(request, best.measured), signs(request, second.measured)
    leads = {name: w * (a - b) for name, w, a, b in zip(EARNS, weights, mine, other, strict=True)}
    length = sum(leads.pop(name) for name in _LENGTH)
    said = "says-more" if mine[0] > other[0] else "fewer-words"
    found = sorted([(length, said), *((lead, _BETTER[name]) for name, lead in leads.items())], reverse=True)
    return leads_told(found) if found[0][0] > 0 else ()
