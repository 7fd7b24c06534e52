"""The rule list that works without a vendor: RE2 only, so that no question can make it slow."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol, cast

import re2  # pyright: ignore[reportMissingTypeStubs]

from trillm.language.linear import AllAtOnce


class _Pattern(Protocol):
    pattern: str

    def search(self, text: str) -> object | None: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """Flags what matches one of `patterns` and not `unless`."""

    name: str
    patterns: tuple[_Pattern, ...]
    unless: _Pattern | None


class Rules:
    """Rules in order, all looked for in one pass: nearly every question matches none."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._patterns = AllAtOnce(
            {str(number): "|".join(f"(?:{p.pattern})" for p in rule.patterns) for number, rule in enumerate(rules)}
        )

    def first_match(self, folded: str) -> str | None:
        """Return the name of the first rule that flags a folded question."""
        for number in sorted(map(int, self._patterns.found(folded))):
            rule = self._rules[number]
            if rule.unless is None or rule.unless.search(folded) is None:
                return rule.name
        return None


def load_rules(text: str | None = None) -> Rules:
    """Read the rules that ship with the package, or those of a TOML text of the same form.

    Raises ValueError, which names the rule, when one cannot be used.
    """
    source = files("trillm.safety").joinpath("rules.toml").read_text("utf-8") if text is None else text
    return Rules([_rule(entry) for entry in tomllib.loads(source).get("rule", [])])


def first_match(rules: Rules, question: str) -> str | None:
    """Return the name of the first rule that flags the question."""
    if not question.isascii():
        question = unicodedata.normalize("NFKC", question)
    return rules.first_match(" ".join(question.casefold().replace("\u2019", "'").split()))


def _rule(entry: dict[str, Any]) -> Rule:
    name = str(entry.get("name", "without a name"))
    try:
        unless = entry.get("unless")
        patterns = tuple(_compiled(pattern) for pattern in entry["patterns"])
        return Rule(entry["name"], patterns, None if unless is None else _compiled(unless))
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"safety rule {name}: {problem}") from problem


def _compiled(pattern: str) -> _Pattern:
    options = re2.Options()
    options.log_errors = False  # a wrong pattern is raised, not printed past the logs
    try:
        return cast("_Pattern", re2.compile(pattern, options))  # pyright: ignore[reportUnknownMemberType]
    except re2.error:  # pyright: ignore[reportUnknownMemberType]
        raise ValueError("a pattern is not RE2") from None
