"""HTML in which everything is escaped but what was made here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def html(template: str, **values: object) -> Html:
    """Return the template with its `{names}` filled in: as they are where they are Html, escaped everywhere else."""
    return Html(template.format(**{name: _safe(value) for name, value in values.items()}))


def joined(parts: Iterable[Html]) -> Html:
    """Return the pieces one after the other."""
    return Html("\n".join(parts))


def _safe(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))
