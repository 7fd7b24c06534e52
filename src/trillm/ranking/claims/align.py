"""Puts together which claims of different answers are one claim: mutual best matches, then groups of those.

The work is bounded: a claim is compared with those that share its rarest stems, some dozens at most.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import log
from typing import Final

from trillm.ranking.claims.claim import Difference
from trillm.ranking.claims.read import Claim
from trillm.ranking.claims.relate import Relation, Weights, relate

_RARE_STEMS: Final = 8
_MOST_COMPARED: Final = 48
_COMPARISONS: Final = 12_000
"""About how many pairs are compared in all."""


@dataclass(slots=True)
class Group:
    """Claims of different answers that are one claim; `sides` holds those that say the same together."""

    sides: list[list[int]]
    by: Difference | None = None
    likeness: float = 0.0
    """The least likeness among the matches that hold it together; of a lone claim the most it has with any other."""


@dataclass(slots=True)
class Aligner:
    """The claims of all answers, by place, and what is known of each two of them."""

    claims: Sequence[Claim]
    question: Collection[str]
    weights: Weights = field(init=False)
    _known: dict[tuple[int, int], Relation] = field(init=False, default_factory=dict[tuple[int, int], Relation])

    def __post_init__(self) -> None:
        self.weights = _weights(self.claims, self.question)

    def relation(self, a: int, b: int) -> Relation:
        """Return what two claims are to each other; reckoned once."""
        pair = (a, b) if a < b else (b, a)
        if pair not in self._known:
            self._known[pair] = relate(self.claims[pair[0]], self.claims[pair[1]], self.weights)
        return self._known[pair]

    def groups(self) -> list[Group]:
        """Return the groups, among them those of one claim; every claim is in one of them."""
        best, nearest = self._best()
        matches = sorted(
            ((a, b) for (a, _), b in best.items() if a < b and best.get((b, self.claims[a].answer)) == a),
            key=lambda pair: (self.relation(*pair).same is not True, -self.relation(*pair).likeness, pair),
        )
        held = {place: [place] for place in range(len(self.claims))}
        for a, b in matches:
            one, other = held[a], held[b]
            if one is not other and self._fit(one, other):
                one += other
                for place in other:
                    held[place] = one
        told: list[Group] = []
        for members in {id(group): group for group in held.values()}.values():
            told += self._sided(members, nearest)
        return told

    def _best(self) -> tuple[dict[tuple[int, int], int], dict[int, float]]:
        """Return each claim's best match in each other answer, and how alike any claim elsewhere is."""
        best: dict[tuple[int, int], int] = {}
        nearest: dict[int, float] = defaultdict(float)
        for a, candidates in enumerate(self.candidates()):
            for b in candidates:
                relation = self.relation(a, b)
                nearest[a] = max(nearest[a], relation.likeness)
                nearest[b] = max(nearest[b], relation.likeness)
                if relation.same is not None:
                    for one, other in ((a, b), (b, a)):
                        place = (one, self.claims[other].answer)
                        if place not in best or self._rank(one, other) > self._rank(one, best[place]):
                            best[place] = other
        return best, nearest

    def _rank(self, a: int, b: int) -> tuple[float, int]:
        relation = self.relation(a, b)
        # the same in other words comes before a contradiction
        return relation.likeness + 0.25 * (relation.same is True), -max(a, b)

    def candidates(self) -> list[list[int]]:
        """Return for each claim those of earlier answers that share its rarest stems."""
        holders: dict[str, list[int]] = defaultdict(list)
        for place, claim in enumerate(self.claims):
            for stem in claim.stems:
                holders[stem].append(place)
        most = min(_MOST_COMPARED, _COMPARISONS // (len(self.claims) or 1))
        found: list[list[int]] = []
        for claim in self.claims:
            rarest = sorted(claim.stems, key=lambda stem: (len(holders[stem]), stem))[:_RARE_STEMS]
            shared = Counter[int]()
            for stem in rarest:
                shared.update(holders[stem][: 4 * _MOST_COMPARED])
            earlier = (other for other, _ in shared.most_common() if self.claims[other].answer < claim.answer)
            found.append(list(islice(earlier, most)))
        return found

    def _fit(self, one: list[int], other: list[int]) -> bool:
        """Whether two groups are one: no answer twice, and every two of their claims are the same or contradict."""
        answers = {self.claims[place].answer for place in one}
        if any(self.claims[place].answer in answers for place in other):
            return False
        return all(self.relation(a, b).same is not None for a in one for b in other)

    def _sided(self, members: list[int], nearest: dict[int, float]) -> list[Group]:
        if len(members) == 1:
            return [Group([members], likeness=nearest[members[0]])]
        sides: list[list[int]] = []
        for place in sorted(members):
            side = next((s for s in sides if all(self.relation(place, other).same for other in s)), None)
            if side is None:
                sides.append([place])
            else:
                side.append(place)
        relations = [self.relation(a, b) for n, a in enumerate(members) for b in members[n + 1 :]]
        if len(sides) == 1:
            return [Group(sides, likeness=min(r.likeness for r in relations))]
        across = [self.relation(a, b) for n, s in enumerate(sides) for t in sides[n + 1 :] for a in s for b in t]
        if any(relation.same for relation in across):  # neither one side nor two: nobody can tell
            return [Group([side], likeness=self._least(side, nearest)) for side in sides]
        kinds = Counter(relation.by for relation in across)
        return [Group(sides, by=kinds.most_common(1)[0][0], likeness=min(r.likeness for r in across))]

    def _least(self, side: list[int], nearest: dict[int, float]) -> float:
        if len(side) == 1:
            return nearest[side[0]]
        return min(self.relation(a, b).likeness for n, a in enumerate(side) for b in side[n + 1 :])


def _weights(claims: Sequence[Claim], question: Collection[str]) -> Weights:
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for claim in claims:
        for stem in claim.stems:
            counts[stem][claim.answer] += 1
    return Weights(
        {
            stem: (0.5 if stem in question else 1.0) / (1 + log(max(by_answer.values())))
            for stem, by_answer in counts.items()
        }
    )
