"""Writes docs/reference/early-and-economy.md with its two drawings from the recorded sets."""

# ruff: noqa: E501 - the text of the page

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals import economy, simulate
from evals.economy import THRESHOLDS, Lone, Saving, alone, fit_doubt, lone_by_set, saving
from evals.panels import panels_of, recorded_of
from evals.simulate import TOLERATED, Outcome, outcome, replays
from evals.trade_off import trade_off
from evals.train_waiting import gains_of, waited_by_set
from trillm.ranking.learned import doubt
from trillm.ranking.learned.doubt import DOUBTFUL, DoubtWeights
from trillm.ranking.learned.waiting import SHIPPED, TOLERATED_LOSS, Gains, shipped

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "early-and-economy.md"
TIME_DRAWING, COST_DRAWING = "early-best.svg", "economy.svg"
_SHOWN_LOSS, _SHOWN_TIME = 0.2, 0.15
_TIME_HEAD = """# Early best and economy

Written by `python -m evals report-time` from recorded answers with real labels. Except in the one table that says so, nothing is reported on what it was fitted on: for each ZeroEval set and BullshitBench the numbers were fitted anew with that set left out.
Quality is the score of the pick x 100; *lost* is against waiting for all, paired by panel, with the 95 % interval of a bootstrap of whole prompts. Below 0 it was gained.

## Early best: time saved against quality lost

The pick is final when the quality that is expected to be lost by not waiting is at most a stated loss, by default **{default}** (half a point).
Expected loss = the late answers' share of the panel (that one of them becomes the pick) x how much better the pick then is, a number a ground:
{gains}. Where the votes that are out cannot overturn the final answer that leads, and where a reference decided, it is 0. It is never more than 1 - confidence. At least two answers must be complete.

- Fitted on panels of three and five drawn from ZeroEval (Apache-2.0), BullshitBench (MIT) and PandaLM's pairs (Apache-2.0), drawn towards prose as by 30 more prompts; a pair's winner counts 1 and its loser 0, which makes the number for prose larger than chat shows it to be.
- Latencies: BullshitBench's are recorded. Elsewhere each is drawn: first token, lognormal about a median by model (spread .3 of the logarithm; Gemini .87), and length (four characters a token) over a speed by model (spread .2). Medians and p95 of the first token, and speeds, of GPT-4o mini (0.65 s, 105 tokens a second), Claude 3.5 Haiku (0.73, 58) and Gemini Flash (0.56, 137):
  a week of 60,480 probes (jonathanwrede.de, "I monitored 6 LLM APIs for 7 days"). GPT-4o (0.76; 131): modelstats.ai of 2026-04-03 and Artificial Analysis' median of 2026-06-24. Claude 3.5 Sonnet (0.96, 41) and the spread of speeds: BullshitBench's own latencies, by least squares on length. Gemini 1.5 Pro (0.6, 80): aiyd.com of 2026-03-10.
  GPT-4, Claude 2.1 and Gemini Pro of 2023 (24, 29, 86 tokens a second): Artificial Analysis' table of early 2024, the first token as of their successors. Others: 0.9 s and 60. o1: 9 s (assumed), 100. Each panel is drawn four times.
- Laggards, failures and the deadline are left out of this: without the rule everybody is waited for.

| source | replays | all: mean | p50 | p95 | early: mean | p50 | p95 | time saved | ended early | lost | 95 % interval |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""
_TIME_FOOT = """
Seconds; *early* is with the default. Time saved and points lost by tolerated loss:

"""
_TIME_SAID = """
![Time saved against quality lost, by tolerated loss]({drawing})

What it says: all that is gained for nothing is gained where final answers agree. Two of three that agree cannot be outvoted, so that a trio's picks on mathematics and code lose nothing; where answers differ, and in prose, the last answer is worth waiting for, and the default waits.
Where an open question has a number in it, agreement on it does not mean that the prose is as good: that is what chat loses. Between 0 and .05 nothing changes for a panel of three; larger panels have finer steps. A larger tolerance loses more in chat than it states: those who are late are late because they wrote more, and judges of chat like more.
How much a late answer has written and how sure prose is were looked at and left out: with the default they change no pick of a trio. How long it has been silent is left to the rule for laggards; no set records answers that never came.
"""
_COST_HEAD = """
## Economy: one cheap model first

The cheapest model of the panel (by mean cost of its answers) is asked first; the rest only when its answer is doubtful: when the probability that the whole panel's pick would be better is **{doubtful}** or more. Cost: recorded (BullshitBench), else tokens (four characters each) x list prices of 2024, in `evals/economy.py`; a panel asked after all costs what it always costs, and takes the first answer's time longer.
The doubt is a logistic regression over nine signs, each held to its side of zero: {signs}. What hygiene rejects (refused, cut off, empty, looping) is always doubtful. Fitted on panels of one model a vendor from ZeroEval, BullshitBench and PandaLM; in the table with the source left out.

| source | n | lone answer | whole panel | cost of the lone | stop | cost saved | lost | 95 % interval |
|---|---|---|---|---|---|---|---|---|
"""
_COST_FOOT = """
*stop*: the share of questions that end with one answer, at the default. Cost saved and points lost by threshold, source left out:

"""
_COST_SEEN = """
The same with the numbers that ship, which have seen the ZeroEval sets and BullshitBench (other panels, same prompts):

"""
_COST_SAID = """
![Cost saved against quality lost, by threshold of doubt]({drawing})

What it says: **a lone answer tells little.** What is asked tells more than what is answered, and how good the cheap model is tells most, which nothing in its answer shows. No threshold saves much and loses at most a point on every source, so the default is the largest of those tried that keeps to a point everywhere with the source left out, and it asks the rest nearly always.
A higher threshold pays for whoever knows their cheap model to be good at what they ask (grade-school sums: most of the cost for one to two points); for hard mathematics and code's output economy is the wrong mode.
"""


@dataclass(frozen=True, slots=True)
class Timed:
    """One source with what each tolerated loss did to it."""

    title: str
    replays: int
    waited: Outcome
    outcomes: list[Outcome]


@dataclass(frozen=True, slots=True)
class Priced:
    """One source with what each threshold did to it: with the source left out of the fit, and as shipped."""

    title: str
    panels: list[Lone]
    savings: list[Saving]
    shipped: list[Saving]


def write(page: Path = PAGE) -> None:
    """Measure all sources and write page and drawings. Raises BadFile."""
    times, prices = timed(), priced()
    curves = {row.title: [(o.saved, o.lost) for o in row.outcomes] for row in times}
    page.with_name(TIME_DRAWING).write_text(trade_off(curves, "time saved", _SHOWN_TIME), encoding="utf-8")
    curves = {row.title: [(s.saved, s.lost) for s in row.savings] for row in prices}
    page.with_name(COST_DRAWING).write_text(trade_off(curves, "cost saved", _SHOWN_LOSS), encoding="utf-8")
    page.write_text(_time_part(times) + _cost_part(prices), encoding="utf-8")


def timed() -> list[Timed]:
    """Return every source replayed by gains that have not seen it."""
    sets = waited_by_set()
    found: list[Timed] = []
    for source in simulate.SOURCES:
        gains = gains_of([held for name, held in sets.items() if name != source.file]) if source.file in sets else None
        replayed = replays(source, gains or shipped())
        found.append(
            Timed(
                source.title,
                len(replayed),
                outcome(replayed, -1.0),
                [outcome(replayed, tolerated) for tolerated in TOLERATED],
            )
        )
    return found


def priced() -> list[Priced]:
    """Return every source asked one model first, by a doubt that has not seen it."""
    sets, ships = lone_by_set(), DoubtWeights.load()
    found: list[Priced] = []
    for source in economy.SOURCES:
        panels = asyncio.run(alone(panels_of(source), recorded_of(source.file, "cost_usd")))
        unseen = fit_doubt([held for name, held in sets.items() if name != source.file])
        both = [[saving(panels, weights, threshold) for threshold in THRESHOLDS] for weights in (unseen, ships)]
        found.append(Priced(source.title, panels, *both))
    return found


def _time_part(rows: Sequence[Timed]) -> str:
    gains = ", ".join(f"{name} {gain:.2f}" for name, gain in Gains.load(SHIPPED).by_ground.items())
    told = [_TIME_HEAD.format(default=f"{TOLERATED_LOSS:g}", gains=gains)]
    for row in rows:
        early = next(o for o in row.outcomes if o.tolerated == TOLERATED_LOSS)
        seconds = [f"{s:.1f}" for o in (row.waited, early) for s in (o.mean, o.median, o.p95)]
        cells = [row.title, str(row.replays), *seconds, _share(early.saved), _share(early.early)]
        told.append(_line([*cells, f"**{_points(early.lost)}**", _interval(early.interval)]))
    told.append(_TIME_FOOT)
    told.append(
        _settings([f"{t:g}" for t in TOLERATED], {r.title: [(o.saved, o.lost) for o in r.outcomes] for r in rows})
    )
    return "".join([*told, _TIME_SAID.format(drawing=TIME_DRAWING)])


def _cost_part(rows: Sequence[Priced]) -> str:
    weights = json.loads(doubt.SHIPPED.read_text(encoding="utf-8"))["weights"]
    signs = ", ".join(f"`{name}` {weight:+.2f}" for name, weight in weights.items())
    told = [_COST_HEAD.format(doubtful=f"{DOUBTFUL:g}", signs=signs)]
    for row in rows:
        ours, n = next(s for s in row.savings if s.threshold == DOUBTFUL), len(row.panels)
        score, full = (sum(values) / n for values in zip(*((p.score, p.full) for p in row.panels), strict=True))
        cost = sum(p.cost for p in row.panels) / sum(p.full_cost for p in row.panels)
        cells = [row.title, str(n), f"{100 * score:.1f}", f"{100 * full:.1f}", _share(cost), _share(ours.stops)]
        told.append(_line([*cells, _share(ours.saved), f"**{_points(ours.lost)}**", _interval(ours.interval)]))
    names = [f"{t:g}" for t in THRESHOLDS]
    told += [_COST_FOOT, _settings(names, {r.title: [(s.saved, s.lost) for s in r.savings] for r in rows})]
    told += [_COST_SEEN, _settings(names, {r.title: [(s.saved, s.lost) for s in r.shipped] for r in rows})]
    return "".join([*told, _COST_SAID.format(drawing=COST_DRAWING)])


def _settings(names: Sequence[str], rows: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Return a table with a column for each setting: what is saved, and the points that it loses."""
    lines = [_line(["source", *names]), "|---" * (len(names) + 1) + "|\n"]
    for title, points in rows.items():
        lines.append(_line([title, *(f"{_share(saved)}, {_points(lost)}" for saved, lost in points)]))
    return "".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def _points(value: float) -> str:
    return f"{100 * value + 0.0:.1f}".replace("-0.0", "0.0")


def _interval(bounds: tuple[float, float]) -> str:
    return f"{_points(bounds[0])} to {_points(bounds[1])}"


if __name__ == "__main__":
    write()
