"""Answers as people get them: without the line that marks the result, which the recorded ones were told to end in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evals.recorded import Panel
from trillm.language.results.cue import ends_of_cues


def unmarked(panels: Sequence[Panel]) -> list[Panel]:
    """Return the panels with the marks cut from their answers. What the mark alone had said is lost with it."""
    return [
        replace(panel, answers=tuple(replace(answer, text=without_mark(answer.text)) for answer in panel.answers))
        for panel in panels
    ]


def without_mark(text: str) -> str:
    """Return the text without its last marked line, and nothing in a box; a text that is little else stays."""
    kept = text.replace("\\boxed{", "{")
    ends = ends_of_cues(kept)
    if ends:
        start, end = kept.rfind("\n", 0, ends[-1]) + 1, kept.find("\n", ends[-1])
        kept = kept[:start] + (kept[end:] if end >= 0 else "")
    return kept.strip() or text
