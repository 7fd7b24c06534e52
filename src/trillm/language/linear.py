"""Patterns that take linear time on any text, some fifty times faster than the standard library's: RE2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, cast

import re2  # pyright: ignore[reportMissingTypeStubs]


class Match(Protocol):
    """What is used of a match."""

    def group(self, number: int) -> str:
        """Return the text of the numbered group, which has matched."""
        ...

    def span(self, number: int = 0) -> tuple[int, int]:
        """Return where the group begins and ends, in characters; -1 where it has not matched."""
        ...


class Pattern(Protocol):
    """What is used of a compiled pattern."""

    def search(self, text: str) -> Match | None:
        """Return the first match, if there is one."""
        ...

    def finditer(self, text: str) -> Iterator[Match]:
        """Return all matches."""
        ...


def linear(pattern: str) -> Pattern:
    """Compile a pattern in RE2's syntax: no look-around, no back-references.

    Searching raises UnicodeEncodeError on text with half a surrogate pair in it.
    """
    return cast("Pattern", cast(Any, re2).compile(pattern))
