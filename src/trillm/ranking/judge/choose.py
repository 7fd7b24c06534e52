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
from trillm.vocabulary.ranking import Reason

OWN: Final = Reason("judge-own")
RELATED: Final = Reason("judge-related")

_TYPICAL: Final = (3_000, 500)
"""Tokens in and out by which judges' prices are compared."""
_WORD: Final = re.compile(r"o\d|[a-z]+")
_NAMES: Final = {
    "openai": "openai gpt chatgpt codex davinci o1 o3 o4",
    "anthropic": "anthropic claude",
    "google": "google gemini gemma palm",
    "meta": "meta llama codellama",
    "mistral": "mistral mistralai mixtral ministral magistral codestral devstral pixtral",
    "alibaba": "alibaba qwen qwq",
    "xai": "xai grok",
    "deepseek": "deepseek",
    "microsoft": "microsoft phi",
    "cohere": "cohere command aya",
    "amazon": "amazon nova titan",
    "nvidia": "nvidia nemotron",
    "moonshot": "moonshot moonshotai kimi",
    "zhipu": "zhipu zai glm chatglm",
    "ibm": "ibm granite",
}
_MAKERS: Final = {word: maker for maker, words in _NAMES.items() for word in words.split()}
"""Of models by the words that their names, wherever they are served, have in them."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The model that judges, and why its verdict is to be taken with care, if it is."""

    provider: Provider
    model: str
    cautions: tuple[Reason, ...] = ()

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
        return Chosen(named.provider, named.model, _cautions(named.key, candidates)) if ready else None
    found = [
        Chosen(provider, model.name, _cautions(model.key, candidates))
        for provider in registry.available()
        for model in provider.models()
        if model.judges and not model.local and not is_left_alone(model.key)
        if not priced or provider.estimate_cost(model.name, *_TYPICAL) is not None
    ]
    return min(found, key=_place, default=None)


def _place(judge: Chosen) -> tuple[int, float, str]:
    cost = judge.provider.estimate_cost(judge.model, *_TYPICAL)
    return ((), (RELATED,), (OWN,)).index(judge.cautions), inf if cost is None else cost, judge.key


def _cautions(key: str, candidates: Sequence[Candidate]) -> tuple[Reason, ...]:
    keys = {f"{candidate.provider}:{candidate.model}" for candidate in candidates}
    if key in keys:
        return (OWN,)
    return (RELATED,) if any(family(key) & family(other) for other in keys) else ()


def family(key: str) -> frozenset[str]:
    """Return the names by which relatives of `provider:model` are known: its makers, else how its name begins.

    Who serves a model tells nothing unless it makes models itself: what a gateway passes on is none of its family.
    """
    provider, _, model = key.lower().partition(":")
    makers = frozenset(_MAKERS[word] for word in _WORD.findall(model) if word in _MAKERS)
    if makers or provider in _MAKERS:
        return makers or frozenset({_MAKERS[provider]})
    return frozenset(word[0] for name in model.split("/") if (word := _WORD.search(name)))


def judge_told(registry: Registry, named: str) -> str:
    """Return why the model that the settings name as judge may not judge, and what to do; empty: nothing against it."""
    if not named:
        return ""
    (member,) = registry.panel([named])
    state = member.provider.is_available()
    listed = [model.name for model in member.provider.models()]
    if not state.ready or not listed or member.model in listed:
        return state.reason
    maker = member.provider.name
    return f"not in the catalogue: where {maker} has no such model nothing is judged. Known are {', '.join(listed)}."
