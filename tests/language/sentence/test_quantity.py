"""Numbers with units: which of them can be one value."""

from __future__ import annotations

import pytest

from trillm.language.sentence.quantity import are_same, can_contradict, quantities


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 km", "5,000 m"),
        ("3.14", "3.14159"),
        ("about 300,000 km", "299,792 km"),
        ("$2.5 million", "$2,500,000"),
        ("212 °F", "100 °C"),
        ("three outs", "3 outs"),
        ("two hours", "120 minutes"),
        ("3 1/2 cups", "3.5 cups"),
        ("12,5 %", "12.5 percent"),
    ],
)
def test_one_value_written_in_two_ways_is_the_same(one: str, other: str) -> None:
    (a,), (b,) = quantities(one), quantities(other)
    assert are_same(a, b)


@pytest.mark.parametrize(
    ("one", "other", "contradict"),
    [
        ("in 1889", "in 1887", True),
        ("330 metres tall", "300 metres tall", True),
        ("90 °C", "100 °C", True),
        ("7 floors", "9 doors", False),
        ("5 km", "5 kg", False),
        ("1.233 Einwohner", "1233 Einwohner", False),
    ],
)
def test_other_values_contradict_where_they_stand_in_one_place(one: str, other: str, contradict: bool) -> None:
    (a,), (b,) = quantities(one), quantities(other)
    assert not are_same(a, b)
    assert can_contradict(a, b) == contradict


def test_the_number_of_a_step_or_a_figure_is_no_quantity() -> None:
    assert quantities("Step 2: see figure 3") == []
