"""Which model judges: the operator's, else the cheapest capable one that is no relative of a candidate."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from trillm.providers.provider import Provider
from trillm.providers.registry import Member, Registry
from trillm.ranking.ranker import Candidate

OWN: Final = "The judge wrote one of these answers itself, so take its preference with care."
RELATED: Final = "The judge comes from the maker of one of these answers, so take its preference with care."

_TYPICAL: Final = (3_000, 500)
"""Tokens in and out by which judges' prices are compared."""
_WORD: Final = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The model that judges, and why its verdict is to be taken with care, if it is."""

    provider: Provider
    model: str
    caution: str = ""

    @property
    def key(self) -> str:
        """`provider:model`."""
        return f"{self.provider.name}:{self.model}"


def _nobody(_: str) -> bool:
    return False


def choose(
    registry: Registry,
    candidates: Sequence[Candidate],
    *,
    named: Member | None = None,
    priced: bool = False,
    is_left_alone: Callable[[str], bool] = _nobody,
) -> Chosen | None:
    """Return who judges these candidates, or None: nobody that is ready is capable of it.

    `is_left_alone` says of a `provider:model` whether it failed too often just now to be asked.

    Only models that the catalogue (or a plugin) marks as judges are taken unasked, never one on this machine: a weak
    judge is worse than none. Of these one of another family comes first, then one that wrote none of the answers, then
    the cheapest. `priced`: only models whose price is known are taken unasked, because somebody has set a cap.
    """
    if named is not None:
        ready = named.provider.is_available().ready and not is_left_alone(named.key)
        return Chosen(named.provider, named.model, _caution(named.key, candidates)) if ready else None
    found = [
        Chosen(provider, model.name, _caution(model.key, candidates))
        for provider in registry.available()
        for model in provider.models()
        if model.judges and not model.local and not is_left_alone(model.key)
        if not priced or provider.estimate_cost(model.name, *_TYPICAL) is not None
    ]
    return min(found, key=_place, default=None)


def _place(judge: Chosen) -> tuple[int, float, str]:
    cost = judge.provider.estimate_cost(judge.model, *_TYPICAL)
    return ("", RELATED, OWN).index(judge.caution), inf if cost is None else cost, judge.key


def _caution(key: str, candidates: Sequence[Candidate]) -> str:
    keys = {f"{candidate.provider}:{candidate.model}" for candidate in candidates}
    if key in keys:
        return OWN
    return RELATED if any(family(key) & family(other) for other in keys) else ""


def family(key: str) -> frozenset[str]:
    """Return the names by which relatives of `provider:model` are known: provider, maker, the model's first word.

    A gateway, which names the maker before a slash, is nobody's relative: what it passes on is.
    """
    provider, _, model = key.lower().partition(":")
    parts = model.split("/")
    names = parts if len(parts) > 1 else [provider, *parts]
    return frozenset(word[0] for name in names if (word := _WORD.search(name)))
