"""The arithmetic of the benchmark, on times that a person can check."""

import math
from collections.abc import Sequence
from typing import Any

import pytest
from bench.answers import answer_tokens, token_ends
from bench.figures import StreamRow, errors, latency, median_row, percentile
from bench.mock_vendors import Record
from bench.targets import Asked

FAST, SLOW = "a-ttft100-n3", "b-ttft200-n3"
TAG = "bench-t-1"


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([3, 1, 2], 0.5, 2),
        ([1, 2, 3, 4], 0.5, 2),
        (range(1, 101), 0.99, 99),
        (range(1, 1001), 0.99, 990),
        ([7], 0.99, 7),
    ],
)
def test_a_percentile_is_a_measured_value_that_its_share_does_not_exceed(
    values: Sequence[float], share: float, expected: float
) -> None:
    assert percentile(list(values), share) == expected


def test_a_percentile_of_nothing_is_not_a_number() -> None:
    assert math.isnan(percentile([], 0.5))


def seen(**changes: Any) -> Asked:
    """A question asked at 10.0 whose first text was read at 10.105 and whose final event at 10.26."""
    asked = Asked(TAG, started=10.0, done=10.26)
    ends = token_ends(FAST, TAG)
    asked.read(FAST, ends[0], 10.105)
    asked.read(FAST, ends[2], 10.15)
    asked.read(SLOW, token_ends(SLOW, TAG)[2], 10.255)
    for name, value in changes.items():
        setattr(asked, name, value)
    return asked


SENT = [
    Record(TAG, FAST, received=10.002, tokens=[10.102, 10.122, 10.142], last=10.143),
    Record(TAG, SLOW, received=10.002, tokens=[10.204, 10.224, 10.244], last=10.245),
]


def test_what_was_added_is_what_the_asker_waited_less_the_fastest_vendors_own_time() -> None:
    assert latency([seen()], SENT).first_p50 == pytest.approx(105 - 100)


def test_the_final_event_is_compared_with_the_last_vendors_last_byte() -> None:
    assert latency([seen()], SENT).final_p50 == pytest.approx(15)


def test_every_token_of_a_window_is_delayed_until_the_window_was_read() -> None:
    found = latency([seen()], SENT)
    # Delays: 3, 28 and 8 ms of the fast model; 51, 31 and 11 ms of the slow one.
    assert (found.token_p50, found.token_p99) == (pytest.approx(11), pytest.approx(51))


def test_a_token_that_arrived_in_part_is_not_yet_read() -> None:
    asked = Asked(TAG, started=10.0, done=10.26)
    asked.read(FAST, token_ends(FAST, TAG)[0] - 1, 10.105)
    asked.read(FAST, token_ends(FAST, TAG)[0], 10.112)
    assert latency([asked], SENT[:1]).token_p50 == pytest.approx(10)


def test_questions_that_failed_are_left_out_of_the_latencies_and_counted_by_kind() -> None:
    failed = seen(error="HTTP 503", done=99.0)
    assert latency([seen(), failed], SENT) == latency([seen()], SENT)
    assert errors([seen(), failed, failed]) == {"HTTP 503": 2}


def test_a_text_that_is_shorter_than_what_the_vendor_said_is_an_error() -> None:
    cut = seen()
    cut.deltas.pop()
    cut.read(SLOW, token_ends(SLOW, TAG)[1], 10.255)
    assert errors([cut]) == {"text differs": 1}
    assert sum(map(len, answer_tokens(SLOW, TAG))) == token_ends(SLOW, TAG)[-1]


def row(**figures: float) -> StreamRow:
    return StreamRow(**(dict.fromkeys(StreamRow.__dataclass_fields__, 1.0) | {"failed": 0} | figures))  # type: ignore[arg-type]


def test_repeated_runs_give_the_median_and_every_failure() -> None:
    merged = median_row([row(core=0.3, failed=1), row(core=0.9), row(core=0.4, failed=2)])
    assert (merged.core, merged.failed, merged.askers) == (0.4, 3, 1.0)
