"""Identifiers."""

from __future__ import annotations

import time
from uuid import RFC_4122, UUID

from trillm.vocabulary.ids import new_id


def test_an_id_is_a_uuid_of_version_7_in_canonical_text_that_tells_its_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    text = new_id()
    after = time.time_ns() // 1_000_000
    made = UUID(text)
    assert str(made) == text
    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after


def test_ids_are_unlike() -> None:
    assert len({new_id() for _ in range(2_000)}) == 2_000


def test_62_bits_of_an_id_are_chance() -> None:
    tails = [UUID(new_id()).int & (1 << 62) - 1 for _ in range(400)]
    for bit in range(62):
        set_in = sum(tail >> bit & 1 for tail in tails)
        assert 100 < set_in < 300, bit
