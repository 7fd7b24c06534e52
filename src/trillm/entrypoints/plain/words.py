"""The words of the plain page, in the reader's language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from trillm.entrypoints.first_paint import first_of

TOLD: Final = Path(__file__).with_name("words.toml")


class Words:
    """What the page says in one language; `language` is its tag, `direction` that of its writing."""

    def __init__(self, language: str, told: Mapping[str, str]) -> None:
        self.language = language
        self.direction = "rtl" if language == "ar" else "ltr"
        self._told = told

    def __call__(self, name: str, **values: object) -> str:
        """Return what has this name, with its `{places}` filled in."""
        return self._told[name].format(**values)

    def cost(self, usd: float | None) -> str:
        """Return what something cost; None is not known."""
        if usd is None:
            return self("cost-unknown")
        if not usd:
            return self("cost-none")
        amount = f"${max(usd, 0.0001):.4f}"
        if self.direction == "rtl":
            amount = f"\u2066{amount}\u2069"  # it keeps its own order
        return self("cost-under", cost=amount) if usd < 0.0001 else amount

    def figures(self, response: dict[str, Any]) -> str:
        """Return how a response scored, what it took and cost, as far as that is known."""
        if response["status"] in ("pending", "streaming"):
            return self("still")
        scored = [self("score", score=f"{response['scores']['total']:.1f}")] if response["scores"] else []
        took = response["response_time_ms"]
        timed = [] if took is None else [self("time", seconds=f"{took / 1000:.1f}")]
        return " · ".join([*scored, *timed, self.cost(response["cost_usd"])])


@cache
def all_words() -> Mapping[str, Words]:
    """Return the words of every language by its tag."""
    told = tomllib.loads(TOLD.read_text(encoding="utf-8"))
    return {language: Words(language, said) for language, said in told.items()}


def words_for(accepted: str) -> Words:
    """Return the words of the first language that a browser accepts and the page speaks, else English."""
    return all_words()[first_of(accepted, all_words())]
