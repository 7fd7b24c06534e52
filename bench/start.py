"""How soon a server is healthy after its command, and what it then holds in memory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.processes import Measured


@dataclass(frozen=True, slots=True)
class StartRow:
    """One start, or the median of several: seconds from the command to the first healthy answer, megabytes then."""

    start_s: float
    rss_mb: float
    load_average: float


def start_row(subject: Measured) -> StartRow:
    """Read a server that has just become healthy."""
    return StartRow(subject.start_s, subject.rss_mb(), os.getloadavg()[0])


def median_start(rows: Sequence[StartRow]) -> StartRow:
    """Return the field-wise median."""
    return StartRow(
        median(row.start_s for row in rows),
        median(row.rss_mb for row in rows),
        median(row.load_average for row in rows),
    )
