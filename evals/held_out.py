"""Weights for measuring: fitted without the source, or without the prompt, that they are measured on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from evals.figures import Pick
from evals.pick import picks_of
from evals.recorded import Panel, recorded
from evals.train import OBJECTIVE, PREMISES, VOTES, Outcome, agreements, assemble, fit_prose, folds, outcomes
from evals.warm import Rehearsal
from trillm.ranking.learned.weights import Weights


class HeldOut:
    """Plays the sets that the probabilities are fitted on once, and fits them to any part. Raises BadFile."""

    def __init__(self) -> None:
        self._prose = fit_prose(recorded(VOTES))
        self._found = {name: list(agreements(self._prose, recorded(name), name)) for name in OBJECTIVE}
        self._premises = list(outcomes(self._prose, recorded(PREMISES), PREMISES, (3, 3, 3)))

    def everything(self) -> Weights:
        """Return weights fitted on all sets, as those that ship are."""
        return assemble(self._prose, self._others(""), self._premises)

    def without(self, name: str) -> Weights | None:
        """Return weights fitted without this set; None where none are fitted on it, so that those that ship will do."""
        if name not in (*OBJECTIVE, PREMISES):
            return None
        return assemble(self._prose, self._others(name), [] if name == PREMISES else self._premises)

    def by_prompt(self, name: str, panels: Sequence[Panel]) -> list[Pick]:
        """Return the picks from panels of this objective set by weights fitted without their prompts, in five folds."""
        fold = folds([panel.group for panel in panels])
        picks: list[Pick] = []
        for held in sorted(set(fold.values())):
            picks += picks_of([panel for panel in panels if fold[panel.group] == held], self._but(name, fold, held))
        return picks

    def warm_by_prompt(self, name: str, panels: Sequence[Panel]) -> list[Pick]:
        """Return the same after learning from the labels of the other folds."""
        fold = folds([panel.group for panel in panels])
        picks: list[Pick] = []
        for held in sorted(set(fold.values())):
            picks += Rehearsal(panels, self._but(name, fold, held)).picks_in(held).values()
        return picks

    def _but(self, name: str, fold: Mapping[str, int], held: int) -> Weights:
        """Return weights fitted on all sets but a fold of one; prompts that are in no fold are left out with it."""
        seen = [outcome for outcome in self._found[name] if fold.get(outcome.group, held) != held]
        return assemble(self._prose, seen + self._others(name), self._premises)

    def _others(self, name: str) -> list[Outcome]:
        return [outcome for other, found in self._found.items() if other != name for outcome in found]


def cross_validated(votes: Sequence[Panel]) -> Iterator[Pick]:
    """Yield the picks from pairs by weights for prose that were fitted without their prompts."""
    fold = folds([p.group for p in votes])
    shipped = Weights.load()
    for held in sorted(set(fold.values())):
        prose = fit_prose([p for p in votes if fold[p.group] != held])
        weights = replace(shipped, signs=prose.signs, temperature=prose.temperature)
        yield from picks_of([p for p in votes if fold[p.group] == held], weights)
