"""The judge's part of a query: asked on a close call, paid for, kept, then told. Whatever fails, the pick stands."""

from __future__ import annotations

from trillm.query.fan_out import Run
from trillm.query.pick import fix
from trillm.query.terms import Rooms, Terms


class Judging:
    """Lets the pick stand, or has it judged first."""

    def __init__(self, rooms: Rooms, terms: Terms) -> None:
        self._rooms = rooms
        self._terms = terms

    def judge_or_fix(self, run: Run) -> None:
        """Fix the settled pick of a run; on a close call begin to ask the judge, who fixes it."""
        if run.query.ranking is not None:
            fix(run, run.query.ranking)
