"""What the mock vendors say: prose cut into tokens, paced as the model's name tells; known to both sides of a run."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

PROSE = """
The tides rise and fall because the gravity of the moon pulls more strongly on the near side of the earth than on
its far side. The difference stretches the ocean into two gentle bulges, and the turning planet carries every coast
through both of them in a little less than twenty-five hours.

The sun does the same with less than half of the strength. When sun and moon stand in one line, at new moon and at
full moon, their effects add up and the spring tides are high. When they stand at a right angle, the neap tides are
low.

First, the shape of a basin matters more than most people expect. Water in a long bay swings like water in a
bathtub, and where the period of that swing comes close to the rhythm of the moon, the range grows from one metre to
fifteen. Second, the depth limits how fast a wave of such length can travel, so the bulge never keeps up with the
moon above it. Third, the land stands in its way, and the wave runs around the oceans in large circles instead.

Therefore a table of tides is computed from observation: harbours measure the level for a year, split the record
into a few dozen regular waves, and add those waves up again for any day to come. Wind and air pressure can still
raise or lower the water by half a metre, which is why forecasts give a range.

In short, the moon sets the rhythm, the sun bends it, and the coast decides how much of it anybody sees. A fisher
who knows the harbour, a pilot who reads the chart and a computer that sums the waves arrive at the same hour, since
all of them rely on the same regular sky. Over millions of years the friction of all that moving water slows the
earth itself: days become longer by two thousandths of a second in a century, and the moon drifts away by almost
four centimetres every year.
"""
_PARAGRAPHS = (" ".join(paragraph.split()) + "\n\n" for paragraph in PROSE.split("\n\n"))
TOKENS: tuple[str, ...] = tuple(re.findall(r"\S{1,7}\s*", "".join(_PARAGRAPHS)))
MARKDOWN = "".join(
    f"""## {number}. What a port should know

The **tide table** of a port is *computed*, not guessed: see [the method](https://tides.example/method) and `harmonics`.

1. Measure the level for a year, every six minutes.
2. Split the record into **37 regular waves**, each with its own period.
3. Add the waves up again for any day to come.

```python
def level(hours: float, waves: list[Wave]) -> float:
    # metres above the datum of the chart
    return sum(w.height * cos(w.speed * hours - w.phase) for w in waves)
```

| Port | Range in m | Delay in h |
|---|---:|---:|
| Saint-Malo | 12.2 | 6.1 |
| Hamburg | 3.7 | 12.4 |

> Wind and air pressure can raise or lower the water by *half a metre*, so a forecast gives a range.

"""
    for number in range(1, 12)
)
"""Eight kilobytes as models write them: what the page has most to do with."""
PIECES: tuple[str, ...] = tuple(re.findall(r"(?s).{1,12}", MARKDOWN))
_PACE = re.compile(r"(ttft|tps|n)(\d+)")
_TAG = re.compile(rb"bench-[0-9a-z]+-\d+")


@dataclass(frozen=True, slots=True)
class Pace:
    """How a mock model answers: seconds to its first token, tokens a second (0: all at once), number of tokens."""

    first_token_s: float = 0.3
    tokens_per_s: float = 50.0
    tokens: int = 150

    def due(self, number: int) -> float:
        """Return the seconds from the request to token `number`, counted from 0."""
        return self.first_token_s + (number / self.tokens_per_s if self.tokens_per_s else 0.0)


@cache
def pace_of(model: str) -> Pace:
    """Read the pace out of a model's name, such as `gpt-mock-ttft300-tps50-n150` (milliseconds, 1/s, tokens)."""
    said = {key: int(value) for key, value in _PACE.findall(model)}
    return Pace(said.get("ttft", 300) / 1000, float(said.get("tps", 50)), max(1, said.get("n", 150)))


def tag_of(body: bytes) -> str:
    """Return the question's tag (`bench-<run>-<number>`) out of a request's body, or an empty text."""
    found = _TAG.search(body)
    return found.group().decode() if found else ""


def answer_tokens(model: str, tag: str) -> Sequence[str]:
    """Return the tokens that `model` says to the question `tag`: each pair starts elsewhere, so no two are alike.

    A model whose name ends in `-md` says `MARKDOWN`, from its beginning.
    """
    if model.endswith("-md"):
        return PIECES[: pace_of(model).tokens]
    start, count = zlib.crc32(f"{model}{tag}".encode()) % len(TOKENS), pace_of(model).tokens
    return [TOKENS[(start + number) % len(TOKENS)] for number in range(count)]


def token_ends(model: str, tag: str) -> list[int]:
    """Return the length of the answer's text after each of its tokens."""
    return list(accumulate(len(token) for token in answer_tokens(model, tag)))
