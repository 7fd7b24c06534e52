"""Reads recorded sets: panels of answers with a score each, and pairs with the better one named."""

# ruff: noqa: S311 - an order that tells nothing, not secrets

from __future__ import annotations

import gzip
import json
import os
import random
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any

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


class BadFile(Exception):
    """A file cannot be scored; the message says where and why."""


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
    """Return the panels and pairs of a file (JSON lines, maybe gzipped), ties left out. Raises BadFile."""
    chance = random.Random(seed)
    panels: list[Panel] = []
    for number, row in _rows(path):
        try:
            panel = _panel(row, chance)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            told = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            raise BadFile(f"{path.name}, line {number}: {told}") from error
        if panel is not None:
            panels.append(panel)
    if not panels:
        raise BadFile(f"{path.name}: nothing to score in it")
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


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        with opened(path, "rt", encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, json.loads(line)
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}") from error
    except (EOFError, ValueError, zlib.error) as error:
        raise BadFile(f"{path.name}, line {number}: {error}") from error


def _panel(row: Any, chance: random.Random) -> Panel | None:
    prompt = row["prompt"]
    if not isinstance(prompt, str):
        raise TypeError("the prompt is no text")
    if "answers" in row:
        told = row["answers"]
        scored = [(_candidate(a, chance), _score(a)) for a in told]
    else:
        told = [{"text": row[side], "model": row.get(f"model_{side}")} for side in "ab"]
        if row["label"] not in ("a", "b", "tie"):
            raise ValueError(f"the label {row['label']!r} is none of a, b, tie")
        if row["label"] == "tie":
            return None
        scored = [(_candidate(a, chance), float(row["label"] == side)) for a, side in zip(told, "ab", strict=True)]
    if not scored:
        raise ValueError("a panel without answers")
    spent = {c.id: _cost(a.get("cost_usd")) for (c, _), a in zip(scored, told, strict=True)}
    finals = {c.id: str(a["final"]) for (c, _), a in zip(scored, told, strict=True) if a.get("final") is not None}
    chance.shuffle(scored)
    return Panel(
        prompt=prompt[:MOST_QUESTION],
        answers=tuple(candidate for candidate, _ in scored),
        scores={candidate.id: score for candidate, score in scored},
        group=str(row.get("group") or prompt),
        pair="answers" not in row,
        objective=False,
        category=str(row.get("category") or ""),
        finals=finals,
        costs={id: cost for id, cost in spent.items() if cost is not None},
    )


def _cost(told: Any) -> float | None:
    """Return a cost in USD; None where it is none, which is no reason to refuse the file: no figure is made of it."""
    try:
        cost = float(told)
    except (TypeError, ValueError, OverflowError):
        return None
    return cost if isfinite(cost) and cost >= 0 else None


def _candidate(answer: Any, chance: random.Random) -> Candidate:
    """Only prompt, text, model and provider reach the ranker; ids say nothing of the model or of the place."""
    text = answer["text"] or ""
    if not isinstance(text, str):
        raise TypeError("the text of an answer is no text")
    status = ResponseStatus.COMPLETE if text else ResponseStatus.EMPTY
    names = str(answer.get("provider") or ""), str(answer.get("model") or "")
    return Candidate(f"{chance.getrandbits(64):016x}", *names, status, text)


def _score(answer: Any) -> float:
    score = float(answer["score"])
    if not 0 <= score <= 1:
        raise ValueError(f"the score {score} is not within 0 and 1")
    return score
