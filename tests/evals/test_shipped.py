"""Numbers that are made anew say whether they are those that ship."""

import json
from pathlib import Path

import pytest


def test_the_first_numbers_are_new_and_the_same_ones_are_as_before(tmp_path: Path) -> None:
    from evals.shipped import ship

    path, numbers = tmp_path / "numbers.json", {"signs": (1.0, 2), "agreement": {"plain": {"3": 0.5}}, "note": "words"}
    assert ship(path, numbers) == "wrote numbers.json: new"
    assert json.loads(path.read_text())["agreement"]["plain"]["3"] == 0.5
    assert ship(path, numbers) == "wrote numbers.json: as before, the largest difference is 0"


@pytest.mark.parametrize(
    ("moved", "said"),
    [(5e-7, "as before, the largest difference is 5e-07"), (2e-3, "not as before, the largest difference is 0.002")],
)
def test_numbers_are_as_before_to_the_sixth_decimal(moved: float, said: str) -> None:
    from evals.shipped import compared

    assert compared({"a": {"b": [0.25, 1]}}, {"a": {"b": [0.25 + moved, 1]}}) == said


def test_a_number_that_came_or_went_is_no_small_difference() -> None:
    from evals.shipped import compared

    assert compared({"a": {"3": 0.5}}, {"a": {"3": 0.5, "2-1": 0.5}}) == "other numbers than before"
