"""The words by which sentences are compared: lexicon.toml, read once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from trillm.language.words import FUNCTION_WORDS


@dataclass(frozen=True, slots=True)
class Lexicon:
    """See lexicon.toml."""

    negators: frozenset[str]
    hinges: frozenset[str]
    copulas: frozenset[str]
    open_lists: frozenset[str]
    opposites: dict[str, frozenset[str]]
    idioms: re.Pattern[str]
    units: dict[str, tuple[str, float]]
    """By name, what is measured and the size in its base unit."""
    multipliers: dict[str, float]
    numbers: dict[str, float]
    empty: frozenset[str]
    """Words that are no content of a claim: function words, and what belongs to a number."""


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the words."""
    told = tomllib.loads(files("trillm.language.sentence").joinpath("lexicon.toml").read_text(encoding="utf-8"))
    sets = {name: frozenset(told[name].split()) for name in ("negators", "hinges", "copulas", "open_lists")}
    units = {
        name: (kind, float(size))
        for kind, listed in told["units"].items()
        for name, size in zip(listed.split()[::2], listed.split()[1::2], strict=True)
    }
    multipliers = _by_word(told["multipliers"])
    numbers = _by_word(told["numbers"])
    return Lexicon(
        **sets,
        opposites=_opposites(told["opposites"].split()),
        idioms=re.compile(rf"(?i)\b(?:{'|'.join(told['idioms'])})\b|不仅|不但|不同|无论|無論|非常|不断|だけでな"),
        units=units,
        multipliers=multipliers,
        numbers=numbers,
        empty=frozenset({*FUNCTION_WORDS, *told["empty"].split(), *units, *multipliers, *numbers}),
    )


def _by_word(listed: dict[str, str]) -> dict[str, float]:
    return {word: float(value) for value, words in listed.items() for word in words.split()}


def _opposites(pairs: list[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in pairs:
        one, other = pair.split("/")
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}
