"""The files of fitted numbers that ship: made anew, and how far from those that they replace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

SAME = 1e-6
"""Numbers that are as near as this are the same: a fit on another machine adds in another order."""


def ship(path: Path, numbers: object) -> str:
    """Write the numbers, and return what was written and whether it is what was there."""
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    path.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    return f"wrote {path.name}: {'new' if before is None else compared(before, numbers)}"


def compared(before: object, after: object) -> str:
    """Return in words how far two sets of numbers, as JSON objects, are from each other."""
    old, new = dict(_numbers(before)), dict(_numbers(after))
    if old.keys() != new.keys():
        return "other numbers than before"
    most = max((abs(old[name] - new[name]) for name in old), default=0.0)
    return f"{'as before' if most <= SAME else 'not as before'}, the largest difference is {most:.1g}"


def _numbers(held: object, name: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number with its path."""
    if isinstance(held, dict):
        for key, value in held.items():
            yield from _numbers(value, f"{name}/{key}")
    elif isinstance(held, list | tuple):
        for place, value in enumerate(held):
            yield from _numbers(value, f"{name}/{place}")
    elif isinstance(held, int | float):
        yield name, float(held)
