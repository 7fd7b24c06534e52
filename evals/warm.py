"""The pick of a deployment that has learnt: from labels of other prompts of the same set, never of the panel's own."""

# ruff: noqa: S311 - samples, not secrets

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from statistics import fmean

from evals.figures import Pick, mean
from evals.pick import picks_of, tell
from evals.recorded import Panel
from evals.train import folds
from trillm.language.category import category_of
from trillm.ranking.criteria import Criteria
from trillm.ranking.learned.label import Label
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.learnt import Learnt
from trillm.ranking.learned.weights import SHIPPED, Weights
from trillm.vocabulary.question import Question

COUNTS = (0, 10, 30, 100, 300)
"""Labels after which a learning curve looks."""


class Rehearsal:
    """A set with its labels; answers are read once, whatever is learnt."""

    def __init__(self, panels: Sequence[Panel], weights: Weights | None = None, *, seed: int = 1) -> None:
        answers = sum(len(panel.answers) for panel in panels)
        self.panels = panels
        self.fold = folds([panel.group for panel in panels])
        self.learned = Learned(weights or SHIPPED, criteria=Criteria(remembered=4 * answers + 4))
        chance = random.Random(seed)
        self.labels: list[Label | None] = []
        for panel in panels:
            self.labels.append(label_of(self.learned, panel, chance))
            tell(len(self.labels), "panels read")

    def picks(self, most: int | None = None, *, seed: int = 1) -> list[Pick]:
        """Return the picks of all panels, each after learning from the other folds.

        From `most` labels that name the better answer, drawn, or from all.
        """
        found: dict[int, Pick] = {}
        for held in sorted(set(self.fold.values())):
            found |= self.picks_in(held, most, seed=seed)
        return [found[n] for n in range(len(self.panels))]

    def picks_in(self, held: int, most: int | None = None, *, seed: int = 1) -> dict[int, Pick]:
        """Return the picks of the panels in this fold, by place, after learning from the other folds."""
        places = [n for n, panel in enumerate(self.panels) if self.fold[panel.group] == held]
        apart = set(places)
        labels = [label for n, label in enumerate(self.labels) if label is not None and n not in apart]
        if most is not None:
            named = [label for label in labels if not label.none]
            labels = random.Random(seed).sample(named, min(most, len(named)))
        self.learned.adopt(Learnt.fit(labels))
        return dict(zip(places, picks_of([self.panels[n] for n in places], ranker=self.learned), strict=True))

    def curve(self, seeds: int = 3) -> list[float]:
        """Return the mean score of the pick after each of COUNTS labels, the mean over draws of labels."""
        return [
            fmean(mean(self.picks(most, seed=seed), lambda p: p.score) for seed in range(seeds if most else 1))
            for most in COUNTS
        ]


def warm_picks(panels: Sequence[Panel], weights: Weights | None = None) -> list[Pick]:
    """Return the picks of all panels, each after learning from all labels of the other folds."""
    return Rehearsal(panels, weights).picks()


def label_of(learned: Learned, panel: Panel, chance: random.Random) -> Label | None:
    """Return the label of somebody who names a best answer, or says that none is right, without our pick in sight.

    None where none is better; that none is right is said on objective panels alone.
    """
    best = [a.id for a in panel.answers if panel.scores[a.id] == panel.most > 0]
    if len(best) == len(panel.answers) or not (best or panel.objective):
        return None
    say = partial(learned.label, Question(panel.prompt), panel.answers, category=category_of(panel.prompt))
    label = say(better=chance.choice(best)) if best else say(rejected=panel.scores)
    return None if label is None else replace(label, blind=True)
