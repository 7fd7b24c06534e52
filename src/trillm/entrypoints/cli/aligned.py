"""Lines in columns, for a terminal's width or, where nobody's width matters, uncut."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console

GAP = "  "
LEAST = 8
"""Cells that the elastic column keeps on the narrowest terminal."""


def aligned(
    rows: Sequence[Sequence[str]], *, elastic: int, right: Collection[int] = (), width: int | None = None
) -> list[str]:
    """Return each row as a line, its cells padded to their column; `right` are flush right.

    Where the lines would not fit into `width`, the `elastic` column is cut with an ellipsis.
    """
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    if width is not None:
        others = sum(widths) - widths[elastic] + len(GAP) * (len(widths) - 1)
        widths[elastic] = min(widths[elastic], max(LEAST, width - others))
    return [_line(row, widths, right) for row in rows]


def console(*, stderr: bool = False) -> Console:
    """Return a console that wraps and cuts only where a person looks at it through a window."""
    made = _Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not made.is_terminal:
        made.soft_wrap = True
    return made


def window(out: Console) -> int | None:
    """Return the width to fit into, None where there is none."""
    return out.width if out.is_terminal else None


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # rich would end the process as failed; whoever reads has merely seen enough


def _line(row: Sequence[str], widths: Sequence[int], right: Collection[int]) -> str:
    cells = (_fitted(cell, widths[number], number in right) for number, cell in enumerate(row))
    return GAP.join(cells).rstrip()


def _fitted(cell: str, cells: int, flush_right: bool) -> str:
    if cell_len(cell) > cells:
        cell = set_cell_size(cell, cells - 1).rstrip() + "…"
    spaces = " " * (cells - cell_len(cell))
    return spaces + cell if flush_right else cell + spaces
