"""The splitter of server-sent events."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trillm.providers.dialects.event_stream import MAX_LINE, EventStream
from trillm.vocabulary.errors import ProviderError

STREAM = (
    b"\xef\xbb\xbfdata: first\n\n: a comment\nevent: named\r\ndata:two\r\ndata:  lines\r\n\r\n"
    b"id: 7\rretry: 10\rdata: caf\xc3\xa9\r\rdata\nunknown: x\n\ndata: last\n\n"
)
EVENTS = [b"first", b"two\n lines", b"caf\xc3\xa9", b"last"]


def split(*chunks: bytes) -> list[bytes]:
    stream = EventStream()
    return [event for chunk in chunks for event in stream.feed(chunk)]


def test_comments_names_and_unknown_fields_are_skipped_and_data_lines_of_an_event_are_joined() -> None:
    assert split(STREAM) == EVENTS


@given(st.sets(st.integers(1, len(STREAM) - 1)))
def test_the_events_are_the_same_wherever_the_network_cuts_the_stream(cuts: set[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert split(*(STREAM[start:end] for start, end in pairwise(edges))) == EVENTS


LINES = st.lists(
    st.sampled_from(
        [b"", b"", b"data: a", b"data:b", b"data:  c", b"data", b": data: d", b"event: e", b"data: data:", b"xdata: f"]
    )
)


@given(LINES)
def test_whole_events_in_one_chunk_are_read_as_they_are_byte_by_byte(lines: list[bytes]) -> None:
    chunk = b"\n".join([*lines, b"", b""])
    assert split(b"\n", chunk) == split(*(bytes([byte]) for byte in b"\n" + chunk))


@given(st.lists(st.binary(min_size=1, max_size=40)))
def test_no_bytes_at_all_break_the_splitter(chunks: list[bytes]) -> None:
    stream = EventStream()
    for chunk in chunks:
        stream.feed(chunk)
    stream.finish()


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_all_three_line_ends_are_line_ends(newline: bytes) -> None:
    assert split(b"data: a" + newline * 2 + b"data: b" + newline * 2) == [b"a", b"b"]


def test_an_event_without_its_empty_line_is_handed_out_at_the_end() -> None:
    stream = EventStream()
    assert stream.feed(b"data: one\n\ndata: two") == [b"one"]
    assert stream.finish() == [b"two"]
    assert stream.finish() == []


def test_a_line_without_end_is_refused_but_events_before_it_are_not_lost() -> None:
    stream = EventStream()
    assert stream.feed(b"data: whole\n\ndata: " + b"x" * MAX_LINE) == [b"whole"]
    with pytest.raises(ProviderError) as raised:
        stream.feed(b"x")
    assert raised.value.type == "too-large"


def test_an_event_of_endless_short_lines_is_refused() -> None:
    with pytest.raises(ProviderError) as raised:
        split(*[b"data: " + b"x" * 65_536 + b"\n"] * 40)
    assert raised.value.type == "too-large"
