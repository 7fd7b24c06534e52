"""Writes docs/reference/ranking.md and its diagrams from the recorded sets."""

# ruff: noqa: E501 - the head of the page

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import fmean, median

from evals import figures
from evals.diagram import learning_diagram, reliability_diagram
from evals.figures import Pick
from evals.held_out import HeldOut, cross_validated
from evals.judged import ACCURACIES, THRESHOLDS, is_judged, score_with_judge
from evals.pick import goes_to_the_judge, picks_of
from evals.prices import Prices
from evals.recorded import TRIOS, Panel, recorded, trio
from evals.shipped import compared
from evals.train import OBJECTIVE, PREMISES, VOTES
from evals.unmarked import unmarked
from evals.warm import COUNTS, Rehearsal
from evals.worst import MAY_LOSE, MOST_ALL, MOST_TRIOS, Trio, gains, least_by_chance
from trillm.ranking.criteria import Criteria
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.weights import Weights
from trillm.vocabulary.question import Question

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "ranking.md"
_TIMED = 400
DIAGRAM = "ranking-reliability.svg"
LEARNING = "ranking-learning.svg"
SOURCES: tuple[tuple[str, str, str], ...] = (
    ("mathematics, strong trio", "multi_zeroeval_math", "strong"),
    ("mathematics, small trio", "multi_zeroeval_math", "small"),
    ("mathematics, older small trio", "multi_zeroeval_math", "small, older"),
    ("output of code, strong trio", "multi_zeroeval_crux", "strong"),
    ("grade-school, older small trio", "multi_zeroeval_gsm", "small, older"),
    ("number sense, 2024 trio", "multi_zeroeval_numersense", "2024"),
    ("chat, judged by GPT-4, 2023 trio", "multi_alpacaeval", "2023"),
    ("chat, win probability, all 18", "multi_alpacaeval_weighted", ""),
    ("false premises, 2025 trio", "multi_bullshit", "2025"),
    ("creative writing, all 17", "multi_creative", ""),
    ("pairs autoj", "pairs_autoj", ""),
    ("pairs pandalm", "pairs_pandalm", ""),
    ("pairs faireval", "pairs_faireval", ""),
    ("pairs hhh", "pairs_hhh", ""),
    ("pairs alpacaeval", "multi_alpacaeval", "pairs"),
    ("pairs rmbench", "pairs_rmbench", ""),
    ("pairs hh_harmless", "pairs_hh_harmless_test", ""),
)
_COLUMNS = (
    "source|n|random|longest|best single|majority|criteria|cold|95 % interval|warm|95 % interval|oracle"
    "|ECE cold|by prompt|warm|by prompt|by chance|Brier cold|warm|too close|judge"
)
_HEAD = """# How good the pick is

Written by `make eval` from recorded answers with real labels (see [how the pick is made](../guide/how-the-pick-is-made.md)). Mean score of the pick x 100; for pairs how often the
better one is picked. Nothing is reported on what it was fitted on: PandaLM is cross-validated by prompt, and for each ZeroEval set and BullshitBench the weights were fitted anew with that set left out.
What was set rather than fitted had these sets in sight: how much a tie's signs count beside labels, and how far a prior may go (the best of some dozen settings each, by all sources
together, on the same folds; the latter over a hundred groups of models: [why so](../decisions/0033-priors-without-doubt.md)). So warm figures flatter a little: most for small mathematics, where they range from 58.3 to 60.1 over what was tried, and for FairEval, from 63.5 to 74.6, which with 63 pairs is chance.

- *best single*: the model that is the best in hindsight. *majority*: the most frequent of the final answers recorded by the source's own extraction, ties at random, as is a panel of which none was extracted; only where there are some.
- *criteria*: the rung below. *cold*: what ships. *warm*: after learning from labels that name a best answer, or say that none is right where all are wrong (objective sets), in five folds, never from a label of the panel's own group; not measured where no models are named, on PandaLM and on AlpacaEval's pairs.
- *95 % interval*: bootstrap of whole groups of the same prompt (1,000 resamples).
- *ECE*, *Brier*: of the confidence, against 'the pick is right' (objective sets) or 'no answer is better' (elsewhere); within 0 and 1. *by prompt*: by weights that were fitted on other prompts of the source as well (five folds).
  *by chance*: what an exact confidence would show with as many panels, in the last of the four columns that has a figure: on average, and at most in 95 of 100 draws. *too close*: called so, cold.
- *judge*: the share that goes to a judge by the server's own rule, cold.
"""


_SIMULATED = """Simulated, not measured: a judge that names a best answer as often as stated, and else any other, on the panels whose confidence is below the threshold;
unanimous panels never. Mean over the sources with panels, score x 100, cold. Where few panels have an answer that is best (chat), such a judge is better than a real one would be."""


_DRAWN = (*OBJECTIVE, "multi_alpacaeval", PREMISES, "multi_creative")
_WORST = f"""What the pick gains on a random one, points of 100, for the trio of models with which it gains least, with the weights that had not seen the set, cold.
All trios where a set allows at most {MOST_ALL}, else {MOST_TRIOS} drawn. The interval is that of one trio, not of the least of many, which is low by chance too: *by chance* is the least that shows in the middle one of 400 resamples of prompts if no trio is truly more than 1 below
random (each at its own gain, or at -1 where that is lower), and in how many of 100 it is as low as the one that was seen."""
_WORST_COLUMNS = "set|trios|least gain|95 % interval|of|more than 1 below random|by chance"
_UNMARKED = """The recorded answers were told to end in "Final answer: ..."; people's questions do not ask for that. Here that line is cut, and with it the result where only the line had it.
Mean score x 100, ECE of the confidence, share that goes to the judge; cold, by weights that had not seen the set."""
_UNMARKED_COLUMNS = "source|random|as recorded|ECE|judge|without the line|ECE|judge"
_PRICED = """Cents a question by today's list prices (models.toml) if the panel were {}, and the answers as long as those recorded: an estimate, of four characters a token.
*economy*: the cheapest of them first. *with judge*: by the server's own rule, each judgement at what is reserved for it. Hidden thinking and caches are not in it."""
_PRICED_COLUMNS = "source|all three|economy|all three with judge"


@dataclass(frozen=True, slots=True)
class Row:
    """One source: what the rung picked with weights that had not seen it, cold and warm, and what the criteria picked."""

    title: str
    learned: list[Pick]
    criteria: list[Pick]
    majority: float | None
    warm: list[Pick] | None = None
    curve: list[float] | None = None
    by_prompt: list[Pick] | None = None
    """Cold, by weights that had seen other prompts of the source."""
    warm_by_prompt: list[Pick] | None = None
    unmarked: list[Pick] | None = None
    """Cold, with the marks of results cut from the answers."""


def write(page: Path = PAGE) -> None:
    """Measure every source and write page and diagrams. Raises BadFile."""
    votes, held_out = recorded(VOTES), HeldOut()
    rows: list[Row] = []
    for title, name, cut in SOURCES:
        panels = _panels(name, cut)
        learned = list(cross_validated(votes)) if name == VOTES else picks_of(panels, held_out.without(name))
        row = Row(title, learned, picks_of(panels, ranker=Criteria()), _majority(panels))
        if name in OBJECTIVE:
            row = replace(row, by_prompt=held_out.by_prompt(name, panels))
            row = replace(row, warm_by_prompt=held_out.warm_by_prompt(name, panels))
            row = replace(row, unmarked=picks_of(unmarked(panels), held_out.without(name)))
        if name != VOTES and cut != "pairs" and any(a.model for panel in panels for a in panel.answers):
            rehearsal = Rehearsal(panels, held_out.without(name))
            row = replace(row, warm=rehearsal.picks(), curve=None if panels[0].pair else rehearsal.curve())
        rows.append(row)
    curves = {row.title: [at - row.curve[0] for at in row.curve] for row in rows if row.curve}
    drawn = {
        DIAGRAM: reliability_diagram(
            {
                "final answers compared, cold": [p for row in rows for p in row.learned if p.panel.objective],
                "final answers compared, warm": [p for row in rows for p in row.warm or () if p.panel.objective],
                "prose, cold": [p for row in rows for p in row.learned if not p.panel.objective],
            }
        ),
        LEARNING: learning_diagram(COUNTS, curves),
    }
    for name, svg in drawn.items():
        page.parent.joinpath(name).write_text(svg, encoding="utf-8")
    worst = {name: gains(name, held_out.without(name)) for name in _DRAWN}
    anew = compared(Weights.load().as_object(), held_out.everything().as_object())
    page.write_text(_page(rows, worst, anew), encoding="utf-8")


def alpacaeval_pairs(panels: Sequence[Panel]) -> list[Panel]:
    """Return every two answers to a prompt of which the judge preferred one."""
    pairs: list[Panel] = []
    for panel in panels:
        answers = panel.answers
        for place, a in enumerate(answers):
            for b in answers[place + 1 :]:
                if panel.scores[a.id] != panel.scores[b.id]:
                    scores = {
                        x.id: float(panel.scores[x.id] == max(panel.scores[a.id], panel.scores[b.id])) for x in (a, b)
                    }
                    pairs.append(replace(panel, answers=(a, b), scores=scores, pair=True, objective=False))
    return random.Random(1).sample(pairs, min(3_000, len(pairs)))  # noqa: S311 - a sample, not a secret


def _panels(name: str, cut: str) -> list[Panel]:
    panels = recorded(name)
    if cut == "pairs":
        return alpacaeval_pairs(panels)
    return trio(panels, TRIOS[cut]) if cut else panels


def _majority(panels: Sequence[Panel]) -> float | None:
    if not any(panel.finals for panel in panels):
        return None
    found: list[float] = []
    for panel in panels:
        if not panel.finals:
            found.append(figures.random_score(panel))
            continue
        counts = {final: list(panel.finals.values()).count(final) for final in panel.finals.values()}
        most = max(counts.values())
        found.append(fmean(panel.scores[id] for id, final in panel.finals.items() if counts[final] == most))
    return fmean(found)


def _page(rows: Sequence[Row], worst: Mapping[str, Sequence[Trio]], anew: str) -> str:
    parts = [
        _HEAD,
        *_table(_COLUMNS.split("|"), [_cells(row) for row in rows]),
        "",
        f"![Reliability: confidence against what came true]({DIAGRAM})",
        "",
        *_curves(rows),
        "",
        *_judged(rows),
        "",
        *_without_marks(rows),
        "",
        *_worst(worst),
        "",
        "## Cost",
        "",
        *_priced(rows),
        "",
        *_money(rows),
        "",
        _cost(),
        "",
        "## Made anew",
        "",
        f"`make train-ranker` writes the `ranker.json` that ships; made anew for this page its numbers were {anew}.",
        "",
    ]
    return "\n".join(parts)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = (columns, *rows)
    head, *rest = ["| " + " | ".join(cells) + " |" for cells in lines]
    return [head, "|---" * len(columns) + "|", *rest]


def _curves(rows: Sequence[Row]) -> list[str]:
    told = [[row.title, *map(_hundred, row.curve)] for row in rows if row.curve]
    return [
        "## What labels teach",
        "",
        "Mean score x 100 after so many labels that name the better answer (three draws of labels; fewer where the set has fewer).",
        "",
        *_table(["source", *(f"{count} labels" for count in COUNTS)], told),
        "",
        f"![Learning: what the pick gains by labels]({LEARNING})",
    ]


def _judged(rows: Sequence[Row]) -> list[str]:
    trios = [row.learned for row in rows if not row.learned[0].panel.pair]
    rules: dict[str, Callable[[Pick], bool]] = {"by the server's own rule": goes_to_the_judge}
    for threshold in THRESHOLDS:
        below = "no judge" if threshold == 0 else "all but unanimous" if threshold > 1 else f"below {threshold:g}"
        rules[below] = partial(is_judged, threshold=threshold)
    told: list[list[str]] = []
    for below, asks in rules.items():
        found = [[score_with_judge(picks, asks, accuracy) for picks in trios] for accuracy in ACCURACIES]
        asked = fmean(share for share, _ in found[0])
        told.append([below, f"{100 * asked:.0f} %", *(_hundred(fmean(s for _, s in held)) for held in found)])
    return [
        "## What a judge would add",
        "",
        _SIMULATED,
        "",
        *_table(["judged", "share of panels", *(f"judge right {100 * a:.0f} %" for a in ACCURACIES)], told),
    ]


def _without_marks(rows: Sequence[Row]) -> list[str]:
    told = [
        [
            row.title,
            _hundred(fmean(figures.random_score(p.panel) for p in row.learned)),
            *_plainly(row.learned),
            *_plainly(row.unmarked),
        ]
        for row in rows
        if row.unmarked
    ]
    return ["## Results that are not marked", "", _UNMARKED, "", *_table(_UNMARKED_COLUMNS.split("|"), told)]


def _plainly(picks: Sequence[Pick]) -> tuple[str, str, str]:
    score = _hundred(figures.mean(picks, lambda p: p.score))
    return score, f"{figures.calibration_error(picks):.3f}", _share(picks, goes_to_the_judge)


def _worst(worst: Mapping[str, Sequence[Trio]]) -> list[str]:
    told: list[list[str]] = []
    for name, trios in worst.items():
        first = trios[0]
        low, high = (f"{100 * end:+.1f}" for end in first.interval)
        below = sum(trio.gain < -MAY_LOSE for trio in trios)
        told.append(
            [
                name,
                str(len(trios)),
                f"{100 * first.gain:+.1f}",
                f"{low} to {high}",
                ", ".join(first.members),
                str(below),
                "{:+.1f}, {:.0f} %".format(*(100 * value for value in least_by_chance(trios))),
            ]
        )
    return ["## The worst trio", "", _WORST, "", *_table(_WORST_COLUMNS.split("|"), told)]


def _priced(rows: Sequence[Row]) -> list[str]:
    prices = Prices()
    told: list[list[str]] = []
    for row in rows:
        cost = None if row.learned[0].panel.pair else prices.cost(row.learned)
        if cost is not None:
            told.append([row.title, *(f"{100 * usd:.2f}" for usd in (cost.everybody, cost.economy, cost.judged))])
    return [_PRICED.format(", ".join(prices.models)), "", *_table(_PRICED_COLUMNS.split("|"), told)]


def _money(rows: Sequence[Row]) -> list[str]:
    told: list[str] = []
    for row in rows:
        costs = [sum(p.panel.costs.values()) for p in row.learned if len(p.panel.costs) == len(p.panel.answers)]
        if costs:
            told.append(f"{row.title}: {100 * fmean(costs):.2f} cents a panel, as recorded.")
    return told


def _cells(row: Row) -> list[str]:
    panels = [p.panel for p in row.learned]
    pairs = panels[0].pair
    return [
        row.title,
        str(len(panels)),
        _hundred(fmean(map(figures.random_score, panels))),
        _hundred(fmean(map(figures.longest_score, panels))),
        "" if pairs else _hundred(figures.best_single(panels)),
        "" if row.majority is None else _hundred(row.majority),
        _hundred(figures.mean(row.criteria, lambda p: p.score)),
        *_scored(row.learned),
        *(_scored(row.warm) if row.warm else ("", "")),
        "" if pairs else _hundred(fmean(p.most for p in panels)),
        f"{figures.calibration_error(row.learned):.3f}",
        f"{figures.calibration_error(row.by_prompt):.3f}" if row.by_prompt else "",
        f"{figures.calibration_error(row.warm):.3f}" if row.warm else "",
        f"{figures.calibration_error(row.warm_by_prompt):.3f}" if row.warm_by_prompt else "",
        "{:.3f} to {:.3f}".format(*figures.error_by_chance(row.warm_by_prompt or row.warm or row.learned)),
        f"{figures.brier(row.learned):.3f}",
        f"{figures.brier(row.warm):.3f}" if row.warm else "",
        _share(row.learned, lambda p: p.too_close),
        _share(row.learned, goes_to_the_judge),
    ]


def _scored(picks: Sequence[Pick]) -> tuple[str, str]:
    low, high = figures.interval(picks, lambda p: p.score)
    return f"**{_hundred(figures.mean(picks, lambda p: p.score))}**", f"{_hundred(low)} to {_hundred(high)}"


def _hundred(value: float) -> str:
    return f"{100 * value:.1f}"


def _share(picks: Sequence[Pick], holds: Callable[[Pick], bool]) -> str:
    return f"{100 * figures.mean(picks, holds):.0f} %"


def _cost() -> str:
    """Return the sentence on CPU: panels of three new answers, timed one by one."""
    told: list[str] = []
    for kind, name, cut in (("chat", "multi_alpacaeval", "2023"), ("mathematics", "multi_zeroeval_math", "strong")):
        panels = _panels(name, cut)[:_TIMED]
        words = median(len(a.text.split()) for p in panels for a in p.answers)
        told.append(f"{asyncio.run(_median_cost(panels)):.2f} ms ({kind}, {words:.0f} words an answer)")
    return f"CPU of the learned rung for a panel of three new answers, at the median: {', '.join(told)}."


async def _median_cost(panels: Sequence[Panel]) -> float:
    ranker = Learned()
    spent: list[float] = []
    for panel in panels:
        begun = time.process_time()
        await ranker.rank(Question(panel.prompt), panel.answers)
        spent.append(1_000 * (time.process_time() - begun))
    return median(spent)
