"""The arithmetic: what a run's times say, set against the mock's record of when it sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from statistics import median, median_low
from typing import TypeVar

from bench.answers import token_ends
from bench.mock_vendors import Record
from bench.targets import Asked


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0 to 1) of all values do not exceed; NaN for none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 1_000_000) * len(ordered) // 1_000_000) - 1)]


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds that the measured part added to what the vendors themselves needed."""

    first_p50: float
    """First visible text after the question was sent, less the fastest vendor's own time to its first token."""
    first_p99: float
    token_p50: float
    """From the vendor's sending of a token to its being read, over all tokens."""
    token_p99: float
    final_p50: float
    """From the last vendor's last byte to the final event."""
    final_p99: float


def latency(asked: Iterable[Asked], records: Iterable[Record]) -> Latency:
    """Compare what askers saw with what the mock sent; questions that failed are left out."""
    sent: dict[str, dict[str, Record]] = {}
    for record in records:
        sent.setdefault(record.tag, {})[record.model] = record
    first, token, final = list[float](), list[float](), list[float]()
    for one in asked:
        if one.error or one.first is None or one.done is None:
            continue
        vendors = sent[one.tag]
        own = min(record.tokens[0] - record.received for record in vendors.values())
        first.append(one.first - one.started - own)
        final.append(one.done - max(record.last for record in vendors.values() if record.last is not None))
        token.extend(_token_delays(one, vendors))
    return Latency(*(1000 * percentile(v, share) for v in (first, token, final) for share in (0.5, 0.99)))


def _token_delays(one: Asked, vendors: dict[str, Record]) -> Iterable[float]:
    """Yield each token's delay; a token has been read when the text is at least as long as its end."""
    ends = {model: token_ends(model, one.tag) for model in vendors}
    at = dict.fromkeys(vendors, 0)
    for model, length, now in one.deltas:
        while at[model] < len(ends[model]) and ends[model][at[model]] <= length:
            yield now - vendors[model].tokens[at[model]]
            at[model] += 1


def errors(asked: Iterable[Asked]) -> dict[str, int]:
    """Count what went wrong, by kind; a text of another length than what its vendor said is wrong too."""
    found = Counter(one.error or _unlike(one) for one in asked)
    found.pop("", None)
    return dict(found)


def _unlike(one: Asked) -> str:
    return "" if all(n == token_ends(model, one.tag)[-1] for model, n in one.lengths().items()) else "text differs"


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One streaming run, or the median of several: `askers` questions at once, each of `streams` vendor streams."""

    askers: int
    streams: int
    questions: int
    failed: int
    first_p50: float
    first_p99: float
    token_p50: float
    token_p99: float
    final_p50: float
    final_p99: float
    cpu_us_per_token: float
    """CPU of the measured process tree for each token that the vendors sent, in microseconds."""
    core: float
    """Share of one core that the measured process tree used, from the first question to the last final event."""
    tokens_per_s: float
    rss_mb: float
    load_core: float
    """Share of one core that load generator and mock used: near 1, the latencies are theirs."""
    load_average: float


@dataclass(frozen=True, slots=True)
class WholeRow:
    """Asked for one model without streaming, as fast as the replies come."""

    askers: int
    questions: int
    failed: int
    cpu_ms_per_request: float
    requests_per_cpu_s: float
    requests_per_s: float
    total_p50: float
    """Milliseconds from request to whole reply, the vendor's own time included."""
    total_p99: float
    load_average: float


Row = TypeVar("Row", bound=StreamRow | WholeRow)


def median_row(rows: Sequence[Row]) -> Row:
    """Return the field-wise median of repeated runs, of counts the lower one; what failed is summed up."""
    kind = type(rows[0])
    taken = {f.name: [getattr(row, f.name) for row in rows] for f in fields(kind)}
    values = {name: (median_low if isinstance(some[0], int) else median)(some) for name, some in taken.items()}
    return kind(**(values | {"failed": sum(row.failed for row in rows)}))
