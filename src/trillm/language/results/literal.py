"""A Python literal in one spelling, the same in every process."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from typing import cast


class NoLiteral(ValueError):
    """The text is no Python literal."""


def literal(text: str) -> object:
    """Return the value of a Python literal. Raises NoLiteral."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise NoLiteral(text) from error


def spelled(value: object) -> str:
    """Return how Python writes the value; the elements of a set, which it writes in any order, by their spelling."""
    if isinstance(value, set):
        elements = sorted(map(spelled, cast("set[object]", value)))
        return f"{{{', '.join(elements)}}}" if elements else "set()"
    if isinstance(value, dict):
        held = cast("dict[object, object]", value)
        return f"{{{', '.join(f'{spelled(key)}: {spelled(kept)}' for key, kept in held.items())}}}"
    if isinstance(value, list | tuple):
        within = ", ".join(map(spelled, cast("Iterable[object]", value)))
        return f"[{within}]" if isinstance(value, list) else f"({within}{',' * (len(cast('tuple[()]', value)) == 1)})"
    return repr(value)
