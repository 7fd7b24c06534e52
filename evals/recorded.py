"""Reads recorded sets: panels of answers with a score each, and pairs with the better one named."""

# ruff: noqa: S311 - an order that tells nothing, not secrets

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from evals.lines import FORMAT, BadFile, Line, Told, lines_of
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.response import ResponseStatus

MOST_QUESTION = 20_000
_STRONG = ("gpt-4o-2024-08-06", "claude-3-5-sonnet-20241022", "gemini-1.5-pro-exp-0827")
_SMALL = ("gpt-4o-mini-2024-07-18", "claude-3-5-haiku-20241022", "gemini-1.5-flash-exp-0827")
TRIOS: dict[str, tuple[str, ...]] = {
    "strong": _STRONG,
    "small": _SMALL,
    "small, older": ("gpt-4o-mini-2024-07-18", "claude-3-5-haiku-20241022", "gemini-1.5-flash"),
    "2024": ("gpt-4o-2024-05-13", "claude-3-5-sonnet-20240620", "gemini-1.5-pro"),
    "2023": ("gpt4", "claude-2.1", "gemini-pro"),
    "2025": ("claude-3.5-sonnet", "claude-opus-4", "gemini-2.5-pro"),
}
"""Panels of three that people would make, by the models in them; each in the files that have them all."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A prompt with its answers, and the score of each (0 to 1) by id: for a pair 1 and 0."""

    prompt: str
    answers: tuple[Candidate, ...]
    scores: dict[str, float]
    group: str
    """Panels of one group are about the same thing: they stand and fall together."""
    pair: bool
    objective: bool
    """A score says right or wrong: every score of the file's panels is 0 or 1."""
    category: str = ""
    finals: Mapping[str, str] = field(default_factory=dict[str, str])
    """The final answers that the source itself extracted, by id: for baselines, never for the ranker."""
    costs: Mapping[str, float] = field(default_factory=dict[str, float])
    """What the answers cost in USD, by id, where that was recorded."""

    @property
    def most(self) -> float:
        """The score of the best answer."""
        return max(self.scores.values())


def recorded_dir() -> Path:
    """Return where the recorded sets are."""
    return Path(os.environ.get("TRILLM_EVALS_DIR", "../shared/evals"))


def recorded(name: str) -> list[Panel]:
    """Return the panels of the recorded set of this name. Raises BadFile."""
    return read(recorded_dir() / f"{name}.jsonl.gz")


def read(path: Path, seed: int = 1) -> list[Panel]:
    """Return the panels and pairs of a file, ties left out. Raises BadFile."""
    chance = random.Random(seed)
    panels = [_panel(line, chance) for line in lines_of(path) if line.answers]
    if not panels:
        raise BadFile(f"{path}: nothing to score in it, no panel and no pair that was decided; {FORMAT}")
    if any(score not in (0.0, 1.0) for panel in panels for score in panel.scores.values()):
        return panels
    return [replace(panel, objective=not panel.pair) for panel in panels]


def trio(panels: Iterable[Panel], members: tuple[str, ...]) -> list[Panel]:
    """Return the panels reduced to these models; those that lack one are left out."""
    return [cut for panel in panels if len((cut := only(panel, members)).answers) == len(members)]


def only(panel: Panel, members: Iterable[str]) -> Panel:
    """Return the panel with the answers of these models alone."""
    kept = set(members)
    answers = tuple(a for a in panel.answers if a.model in kept)
    ids = {a.id for a in answers}
    scores = {id: score for id, score in panel.scores.items() if id in ids}
    finals = {id: final for id, final in panel.finals.items() if id in ids}
    costs = {id: cost for id, cost in panel.costs.items() if id in ids}
    return replace(panel, answers=answers, scores=scores, finals=finals, costs=costs)


def _panel(line: Line, chance: random.Random) -> Panel:
    """Only prompt, text, model and provider reach the ranker; ids and order tell nothing of the model or the place."""
    told = {f"{chance.getrandbits(64):016x}": answer for answer in line.answers}
    ids = list(told)
    chance.shuffle(ids)
    return Panel(
        prompt=line.prompt[:MOST_QUESTION],
        answers=tuple(_candidate(id, told[id]) for id in ids),
        scores={id: told[id].score for id in ids},
        group=line.group,
        pair=line.pair,
        objective=False,
        category=line.category,
        finals={id: answer.final for id, answer in told.items() if answer.final is not None},
        costs={id: answer.cost_usd for id, answer in told.items() if answer.cost_usd is not None},
    )


def _candidate(id: str, answer: Told) -> Candidate:
    status = ResponseStatus.COMPLETE if answer.text else ResponseStatus.EMPTY
    return Candidate(id, answer.provider, answer.model, status, answer.text)
