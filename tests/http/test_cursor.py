"""A cursor is ours, exactly as we made it, or it is refused."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trillm.http import cursor
from trillm.http.cursor import decode_cursor, encode_cursor
from trillm.vocabulary.errors import InvalidInput
from trillm.vocabulary.ids import new_id

MOMENT = datetime(2026, 11, 22, 12, 30, 0, 123456, UTC)
NAIVE = MOMENT.replace(tzinfo=None)
EARLY = datetime.min.replace(tzinfo=timezone(timedelta(hours=23)))
OURS = encode_cursor(MOMENT, "0199d1de-0000-7000-8000-000000000000")


def refused(text: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        decode_cursor(text)
    return caught.value


@given(st.datetimes(timezones=st.just(UTC)), st.builds(new_id))
def test_a_cursor_leads_back_to_its_place(moment: datetime, row_id: str) -> None:
    assert decode_cursor(encode_cursor(moment, row_id)) == (moment, row_id)


def test_a_cursor_is_opaque_and_fit_for_an_address() -> None:
    assert OURS.isascii()
    assert not set(OURS) & set("+/=&?#%")
    assert len(OURS) < cursor.MAX_CURSOR


@pytest.mark.parametrize("place", range(len(OURS)))
def test_changing_any_character_is_noticed(place: int) -> None:
    other = "A" if OURS[place] != "A" else "B"
    error = refused(OURS[:place] + other + OURS[place + 1 :])
    assert (error.status, error.type, error.field) == (400, "invalid-cursor", "cursor")


@pytest.mark.parametrize(
    "text",
    ["", "=", "A", "\x00", "é", "' or 1=1 --", OURS[:-1], OURS + "A", OURS + "=", OURS + "!", " " + OURS, OURS * 9],
)
def test_what_only_resembles_a_cursor_is_refused(text: str) -> None:
    assert refused(text).type == "invalid-cursor"


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_a_cursor(text: str) -> None:
    refused(text)


@pytest.mark.parametrize("moment", [NAIVE, EARLY], ids=["naive", "early"])
def test_a_moment_that_no_database_could_compare_is_refused_even_under_a_right_sum(moment: datetime) -> None:
    refused(encode_cursor(moment, new_id()))


def test_a_right_sum_over_another_form_is_refused() -> None:
    place = f"{MOMENT.isoformat()} {new_id().upper()}".encode()
    swapped = urlsafe_b64encode(urlsafe_b64decode(OURS + "=" * (-len(OURS) % 4))[:8] + place).decode().rstrip("=")
    assert refused(swapped).status == 400
