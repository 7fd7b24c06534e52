"""The rule list that works without a vendor: RE2 only, so that no question can make it slow."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol, cast

import re2  # pyright: ignore[reportMissingTypeStubs]


class _Pattern(Protocol):
    def search(self, text: str) -> object | None: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """Flags what matches one of `patterns` and not `unless`."""

    name: str
    patterns: tuple[_Pattern, ...]
    unless: _Pattern | None

    def matches(self, folded: str) -> bool:
        """Whether a question, folded, is one that this rule is about."""
        if not any(pattern.search(folded) for pattern in self.patterns):
            return False
        return self.unless is None or self.unless.search(folded) is None


def load_rules(text: str | None = None) -> tuple[Rule, ...]:
    """Read the rules that ship with the package, or those of a TOML text of the same form.

    Raises ValueError, which names the rule, when one cannot be used.
    """
    source = files("trillm.safety").joinpath("rules.toml").read_text("utf-8") if text is None else text
    return tuple(_rule(entry) for entry in tomllib.loads(source).get("rule", []))


def first_match(rules: tuple[Rule, ...], question: str) -> str | None:
    """Return the name of the first rule that flags the question."""
    folded = " ".join(unicodedata.normalize("NFKC", question).casefold().replace("\u2019", "'").split())
    return next((rule.name for rule in rules if rule.matches(folded)), None)


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
