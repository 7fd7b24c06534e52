"""How far the disagreement map can be trusted: on pairs of claims written by hand, and on recorded final answers.

No rule was written on the pairs marked `held`, and nothing is fitted on the prompts that it is reported on.
"""

# ruff: noqa: E501, ISC004 - the text of the page

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import exp, log
from pathlib import Path
from statistics import fmean, median
from typing import Literal, cast

from evals.logistic import fit_logistic
from evals.recorded import TRIOS, Panel, recorded, trio
from evals.shipped import ship
from trillm.language.final_answer import Expected, normalise
from trillm.language.request import read_request
from trillm.language.results.amount import comparable
from trillm.language.sentence.split import Piece, pieces
from trillm.language.which_language import which_language
from trillm.language.words import words
from trillm.ranking.claims.align import Aligner
from trillm.ranking.claims.claim import Agreement, ClaimMap, Difference
from trillm.ranking.claims.compare import Answer, compare
from trillm.ranking.claims.read import read_claim
from trillm.ranking.claims.results import results_of
from trillm.ranking.claims.sure import LEAST, MOST, Told

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "claims.md"
PAIRS = Path(__file__).parent / "claim_pairs.tsv"
SHIPPED = Path(__file__).parents[1] / "src" / "trillm" / "ranking" / "claims" / "sure.json"
OBJECTIVE: tuple[tuple[str, str, str], ...] = (
    ("mathematics, strong trio", "multi_zeroeval_math", "strong"),
    ("mathematics, older small trio", "multi_zeroeval_math", "small, older"),
    ("output of code, strong trio", "multi_zeroeval_crux", "strong"),
    ("grade-school, older small trio", "multi_zeroeval_gsm", "small, older"),
    ("number sense, 2024 trio", "multi_zeroeval_numersense", "2024"),
)
_TITLES: dict[str, str] = {"same": "agree", "contested": "contradict", "alone": "unrelated"}
_PENALTY = 0.02
_MOST_PROMPTS = 200

Truth = Literal["agree", "contradict", "unrelated"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two claims by hand, what they truly are, what the map says, and how alike it finds them."""

    kind: str
    truth: Truth
    told: Told
    likeness: float

    @property
    def right(self) -> bool:
        """Whether the map says what is so."""
        return _TITLES[self.told] == self.truth


@dataclass(frozen=True, slots=True)
class Results:
    """Two recorded answers: whether the source finds their final answers equal, and what we find; None: no claim."""

    prompt: int
    equal: bool
    told: bool | None
    contested: bool
    """Whether the map shows any other claim of theirs as contested."""


def fit(to: Path = SHIPPED) -> str:
    """Fit the curves of `sure` anew on the held pairs and on every second recorded prompt; say what was written."""
    curves = _curves(hand_made("held"))
    half = [row for _, rows in _recorded() for row in rows if row.prompt % 2 == 0]
    for told, equal in (("same result", True), ("other result", False)):
        found = [row for row in half if row.told is equal]
        share = (sum(r.equal is equal for r in found) + 1) / (len(found) + 2)
        curves[told] = (round(log(share / (1 - share)), 3), 0.0)
    return ship(to, curves)


def write(page: Path = PAGE) -> None:
    """Measure and write the page. Raises BadFile."""
    held, dev = hand_made("held"), hand_made("dev")
    parts = [_HEAD, *_hand_made(held, dev), *_sure(held), *_results(_recorded()), *_strangers(), *_cost(), _LIMITS]
    page.write_text("\n".join(parts), encoding="utf-8")


def hand_made(part: str) -> list[Pair]:
    """Return the pairs of a part with what the map says of them."""
    with PAIRS.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["part"] == part]
    return [_paired(row) for row in rows]


def _paired(row: dict[str, str]) -> Pair:
    sides = (row["one"], row["other"])
    read = [
        read_claim(text, Piece(0, len(text)), place, which_language(words(text))) for place, text in enumerate(sides)
    ]
    groups = Aligner([claim for claim in read if claim is not None], ()).groups()
    first = groups[0]
    told: Told = "contested" if len(first.sides) > 1 else "same" if len(groups) == 1 else "alone"
    return Pair(row["kind"], cast(Truth, row["truth"]), told, first.likeness)


def _curves(pairs: Sequence[Pair]) -> dict[str, tuple[float, float]]:
    """Return offset and slope of each thing that is told; alike claims agree more and stand alone less."""
    found: dict[str, tuple[float, float]] = {}
    for told, raises in (("same", True), ("contested", True), ("alone", False)):
        rows = [((1.0, pair.likeness), pair.right) for pair in pairs if pair.told == told]
        offset, slope = fit_logistic(rows, (None, raises), _PENALTY)
        found[told] = (round(offset, 3), round(slope, 3))
    return found


def _likely(curve: tuple[float, float], likeness: float) -> float:
    return min(MOST, max(LEAST, 1 / (1 + exp(-(curve[0] + curve[1] * likeness)))))


def _recorded() -> Iterator[tuple[str, list[Results]]]:
    for title, name, cut in OBJECTIVE:
        panels = trio(recorded(name), TRIOS[cut])
        drawn = panels[:: max(1, len(panels) // _MOST_PROMPTS)]
        yield title, [row for at, panel in enumerate(drawn) for row in results_of_panel(at, panel)]


def results_of_panel(prompt: int, panel: Panel) -> Iterator[Results]:
    """Yield every two answers of a panel whose source recorded a final answer for both."""
    request = read_request(panel.prompt)
    answers = {a.id: a.text for a in panel.answers if a.id in panel.finals and a.text}
    results = results_of(list(answers.values()), list(map(pieces, answers.values())), request)
    found = dict(zip(answers, results, strict=True))
    contested = set(_contested(compare(panel.prompt, [Answer(id, text) for id, text in answers.items()])))
    for a, b in combinations(answers, 2):
        truth = comparable([normalise(panel.finals[id], Expected.OPEN) or panel.finals[id] for id in (a, b)])
        one, other = found[a], found[b]
        told = None if one is None or other is None else one.value == other.value
        yield Results(prompt, truth[0] == truth[1], told, frozenset((a, b)) in contested)


def _contested(found: ClaimMap) -> Iterator[frozenset[str]]:
    """Yield every two answers between which something other than the final answer is contested."""
    for claim in found.claims:
        if claim.differs_in is not Difference.ANSWER:
            for one, other in combinations(claim.sides, 2):
                yield from (frozenset((p.response_id, q.response_id)) for p in one.passages for q in other.passages)


_HEAD = """# How far the disagreement map can be trusted

Written by `python -m evals claims` (see [the decision](../decisions/0019-disagreement-map.md)). The map is made by rules on words: no model is asked, nothing leaves the server.
"""


def _hand_made(held: Sequence[Pair], dev: Sequence[Pair]) -> list[str]:
    lines = [
        "## Pairs of claims",
        "",
        f"{len(held)} pairs in eight languages, written by the makers of the rules before any of them was run on the pairs, and never looked at to change a rule; "
        f"{len(dev)} more, on which the rules were written, are all but fitted ({_share([p.right for p in dev])} right) and count for nothing here.",
        "",
        "| truly | pairs | told: agree | told: contradict | told: neither |",
        "|---|---|---|---|---|",
    ]
    for truth in ("agree", "contradict", "unrelated"):
        told = Counter(pair.told for pair in held if pair.truth == truth)
        lines.append(f"| {truth} | {told.total()} | {told['same']} | {told['contested']} | {told['alone']} |")
    lines += ["", "| kind | pairs | right |", "|---|---|---|"]
    for kind in dict.fromkeys(pair.kind for pair in held):
        of = [pair.right for pair in held if pair.kind == kind]
        lines.append(f"| {kind} | {len(of)} | {_share(of)} |")
    return lines


def _sure(held: Sequence[Pair]) -> list[str]:
    """Return what each figure is worth: every pair by curves that were fitted on the others."""
    likely = [_likely(_curves([*held[:n], *held[n + 1 :]])[pair.told], pair.likeness) for n, pair in enumerate(held)]
    lines = [
        "",
        "## How sure",
        "",
        "`sure` is a logistic curve over how alike the claims are, fitted on the pairs above (final answers: on every second recorded prompt). "
        "Here each pair is judged by curves fitted on all others.",
        "",
        "| told | pairs | sure, mean | right | Brier |",
        "|---|---|---|---|---|",
    ]
    for told, title in _TITLES.items():
        of = [(p, pair.right) for p, pair in zip(likely, held, strict=True) if pair.told == told]
        brier = fmean((p - right) ** 2 for p, right in of)
        lines.append(
            f"| {title} | {len(of)} | {fmean(p for p, _ in of):.2f} | {fmean(r for _, r in of):.2f} | {brier:.3f} |"
        )
    return lines


def _results(found: Iterator[tuple[str, list[Results]]]) -> list[str]:
    lines = [
        "",
        "## Recorded final answers",
        "",
        "Every two answers of a trio whose source recorded a final answer for both; every other prompt, those on which nothing was fitted. *equal told other*: the source finds the final answers equal, the map shows "
        "them as contested; *other told equal*: the other way round; *not told*: at least one has none that a passage states. *prose contested*: pairs for which the map shows some other claim as contested.",
        "",
        "| source | equal | told other | not told | prose contested | different | told equal | not told | prose contested |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for title, rows in found:
        cells = [title]
        for equal in (True, False):
            of = [r for r in rows if r.equal is equal and r.prompt % 2 == 1]
            cells += [
                str(len(of)),
                _share([r.told is (not equal) for r in of]),
                _share([r.told is None for r in of]),
                _share([r.contested for r in of]),
            ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _strangers() -> list[str]:
    """Return how often claims of answers to different questions are put together: never rightly."""
    panels = trio(recorded("multi_alpacaeval"), TRIOS["2023"])
    lines = ["", "## Answers that have nothing to do with each other", ""]
    said: Counter[Agreement] = Counter()
    for one, other in pairwise(panels):
        map_ = compare(one.prompt, [Answer("a", one.answers[0].text), Answer("b", other.answers[0].text)])
        said.update(claim.agreement for claim in map_.claims)
    lines.append(
        f"Of {said.total():,} claims in {len(panels) - 1} pairs of chat answers to different questions, {said[Agreement.ALL]} were told to be shared "
        f"and {said[Agreement.CONTESTED]} to be contested; none is."
    )
    return lines


def _cost() -> list[str]:
    spent: list[float] = []
    shown: Counter[Agreement] = Counter()
    panels = trio(recorded("multi_alpacaeval"), TRIOS["2023"])
    for panel in panels:
        begun = time.process_time()
        map_ = compare(panel.prompt, [Answer(a.id, a.text) for a in panel.answers])
        spent.append(1_000 * (time.process_time() - begun))
        shown.update(claim.agreement for claim in map_.claims)
    figures = ", ".join(f"{kind.value} {shown[kind] / len(panels):.1f}" for kind in Agreement if shown[kind])
    return [
        "",
        "## What is shown, and the cost",
        "",
        f"A chat question to three models (2023 trio, {len(panels)} panels) has at the mean, by agreement: {figures}. "
        f"CPU of a map, made once when it is first read: {median(spent):.0f} ms at the median, {sorted(spent)[int(0.99 * len(spent))]:.0f} ms at the 99th percentile.",
    ]


_LIMITS = """
## Limits

- It compares words, not meaning. The same thought in other words is told as said by one model only: absence of agreement is no sign of disagreement. In doubt a claim stands alone.
- It does not know which side is right.
- Contradictions are told where a number, a name behind "is" or "by", a negation or a pair of known opposites differs on otherwise the same claim; what follows only by thinking is not seen. Who does what to whom ("A bought B") is not read, except around "than".
- Tables, headings and code are not compared. Lines of working may be told as shared, never as contested.
- Opposites and units are known in English, and the most usual ones in German, Spanish and French; other languages go by words, numbers and negations.
- The pairs by hand are few, and not as often of each sort as claims in answers are: take `sure` for an order and a rough measure. Of recorded answers only final answers have labels.
"""


def _share(values: Sequence[bool]) -> str:
    return f"{100 * fmean(values):.1f} %" if values else "-"
