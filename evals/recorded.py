"""Reads the recorded sets: panels of answers with a score each, and pairs with the better one named."""

# ruff: noqa: S311 - samples, not secrets

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trillm.ranking.ranker import Candidate
from trillm.vocabulary.response import ResponseStatus

_STRONG = ("gpt-4o-2024-08-06", "claude-3-5-sonnet-20241022", "gemini-1.5-pro-exp-0827")
_SMALL = ("gpt-4o-mini-2024-07-18", "claude-3-5-haiku-20241022", "gemini-1.5-flash")
TRIOS: dict[str, tuple[str, tuple[str, ...]]] = {
    "math, strong": ("multi_zeroeval_math", _STRONG),
    "math, small": ("multi_zeroeval_math", _SMALL),
    "crux, strong": ("multi_zeroeval_crux", _STRONG),
    "gsm, small": ("multi_zeroeval_gsm", _SMALL),
    "numersense": (
        "multi_zeroeval_numersense",
        ("gpt-4o-2024-05-13", "claude-3-5-sonnet-20240620", "gemini-1.5-pro"),
    ),
    "alpacaeval": ("multi_alpacaeval", ("gpt4", "claude-2.1", "gemini-pro")),
    "bullshit": ("multi_bullshit", ()),
    "creative": ("multi_creative", ()),
}
PAIRS = ("autoj", "pandalm", "faireval", "hhh", "rmbench", "hh_harmless_test")


@dataclass(frozen=True, slots=True)
class Panel:
    """A prompt with its answers, and the score of each (0 to 1); `objective` where a score is right or wrong."""

    prompt: str
    answers: tuple[Candidate, ...]
    scores: dict[str, float]
    objective: bool


def recorded_dir() -> Path:
    """Return where the recorded sets are."""
    return Path(os.environ.get("TRILLM_EVALS_DIR", "../shared/evals"))


def read_trios(name: str, most: int) -> list[Panel]:
    """Return the panels of the named trio; a set without one gets three models at random for each prompt."""
    file, members = TRIOS[name]
    panels: list[Panel] = []
    chance = random.Random(file)
    for row in _rows(file):
        answers = row["answers"]
        chosen = (
            [a for a in answers if a["model"] in members] if members else chance.sample(answers, min(3, len(answers)))
        )
        if len(chosen) == 3:
            scored = [(a["text"] or "", float(a["score"])) for a in chosen]
            panels.append(_panel(row["prompt"], scored, "correct" in chosen[0]))
    return _some(panels, most)


def read_pairs(name: str, most: int) -> list[Panel]:
    """Return the pairs of the named source that have a better one."""
    rows = [row for row in _rows(f"pairs_{name}") if row["label"] != "tie"]
    return _some([_panel(r["prompt"], [(r[k], float(r["label"] == k)) for k in "ab"], False) for r in rows], most)


def _panel(prompt: str, scored: list[tuple[str, float]], objective: bool) -> Panel:
    # Ids say nothing of the model or of the place in the file, so that ties fall by chance.
    ids = [str(random.Random(f"{place}{text[:200]}").random()) for place, (text, _) in enumerate(scored)]
    answers = tuple(
        Candidate(id, "recorded", "recorded", ResponseStatus.COMPLETE if text else ResponseStatus.EMPTY, text)
        for id, (text, _) in zip(ids, scored, strict=True)
    )
    return Panel(prompt, answers, {id: score for id, (_, score) in zip(ids, scored, strict=True)}, objective)


def _rows(file: str) -> Iterator[dict]:
    with gzip.open(recorded_dir() / f"{file}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _some(panels: list[Panel], most: int) -> list[Panel]:
    return random.Random(1).sample(panels, most) if len(panels) > most else panels
