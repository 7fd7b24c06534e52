"""CPU of ranking one panel: `python bench/ranking.py`. Each round reads new answers, as a server does."""

from __future__ import annotations

import asyncio
import random
import statistics
import time

from trillm.ranking.heuristic import Heuristic
from trillm.ranking.learned.learned import Learned
from trillm.ranking.ranker import Candidate, Ranker
from trillm.vocabulary.question import Question
from trillm.vocabulary.response import ResponseStatus

_VOCABULARY = [
    f"{start}{end}" for start in ("wa", "re", "the", "mo", "li", "sta") for end in ("ter", "l", "nd", "ed", "s", "")
]
_ROUNDS = 300


def _answer(chance: random.Random, words: int) -> str:
    lines = [" ".join(chance.choices(_VOCABULARY, k=16)).capitalize() + "." for _ in range(words // 16)]
    return "\n\n".join(lines[:3]) + "\n\n- " + "\n- ".join(lines[3:])


async def _measure(name: str, ranker: Ranker, panel: int, words: int, *, again: bool = False) -> None:
    chance = random.Random(1)
    spent: list[float] = []
    for round in range(_ROUNDS):
        question = Question(f"What is water made of, and why does it boil at a lower heat on mountains? ({round})")
        candidates = [
            Candidate(f"{round}-{n}", "p", "m", ResponseStatus.COMPLETE, _answer(chance, words)) for n in range(panel)
        ]
        if again:
            await ranker.rank(question, candidates[:-1])
        start = time.process_time()
        await ranker.rank(question, candidates)
        spent.append((time.process_time() - start) * 1e3)
    spent.sort()
    print(f"{name}: median {statistics.median(spent):.2f} ms, p99 {spent[int(0.99 * _ROUNDS)]:.2f} ms of CPU")


async def main() -> None:
    """Print the figures."""
    await _measure("learned, 3 new answers of 400 words", Learned(), 3, 400)
    await _measure("learned, the third joins two known", Learned(), 3, 400, again=True)
    await _measure("learned, 3 answers of 10,000 words", Learned(), 3, 10_000)
    await _measure("heuristic, 3 answers of 400 words", Heuristic(), 3, 400)


if __name__ == "__main__":
    asyncio.run(main())
