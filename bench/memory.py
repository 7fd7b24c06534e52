"""Does the server's memory grow? Many short questions, resident memory read on the way."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench.figures import errors
from bench.load import Load, ask_all
from bench.processes import Cores, Measured, mock_vendors, started
from bench.runs import take_records
from bench.subjects import panel, trillm
from bench.targets import TrillmStream

MARKS = (1_000, 2_500, 5_000, 12_500, 22_500)
FULL = MARKS[1]
"""By then what has a bound is full; the cache, of 2,000 entries, is last."""
ASKERS = 10


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """Resident memory after so many questions since the start."""

    questions: int
    failed: int
    rss_mb: float
    load_average: float


def memory(cores: Cores, directory: Path, marks: Sequence[int] = MARKS) -> list[MemoryRow]:
    """Ask up to the last mark, each answer five tokens at once from three vendors; the first row is the idle server."""
    with mock_vendors(cores.load, directory) as mock, started(trillm(mock.port, directory), cores.measured) as subject:
        rows = [MemoryRow(0, 0, subject.rss_mb(), os.getloadavg()[0])]
        for mark in marks:
            failed = uvloop.run(_ask(subject, mark - rows[-1].questions))
            take_records(mock)
            rows.append(MemoryRow(mark, failed, subject.rss_mb(), os.getloadavg()[0]))
    return rows


async def _ask(subject: Measured, questions: int) -> int:
    target = TrillmStream(panel(tokens=5, tokens_per_s=0, first_token_ms=0))
    asked = await ask_all(subject.port, target, Load(ASKERS, questions), secrets.token_hex(4))
    await asyncio.sleep(1.0)
    return sum(errors(asked).values())
