"""The plans are data: those that ship, and what the operator lays over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from trillm.billing.plans import Plans
from trillm.vocabulary.errors import InvalidInput


def test_the_plans_that_ship_charge_nothing_and_invent_no_price():
    shipped = Plans.load()
    assert shipped.billing == "off"
    told = {name: (plan.usd_month, plan.questions_per_day) for name, plan in shipped.plans.items()}
    assert told == {"free": (0.0, 10), "pro": (None, 1000), "enterprise": (None, None)}


def test_the_operators_file_is_laid_over_them(tmp_path: Path):
    own = tmp_path / "plans.toml"
    own.write_text('[plans.pro]\nusd_month = 20.0\n[plans.school]\nname = "School"\nsummary = "For classes."\n')
    plans = Plans.load(own).plans
    assert (plans["pro"].usd_month, plans["pro"].questions_per_day) == (20.0, 1000)
    assert list(plans) == ["free", "pro", "enterprise", "school"]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ('billing = "on"', "billing"),
        ("[plans.pro]\nusd_month = -1.0", "plans.pro.usd_month"),
        ('[features.judge]\nplans = ["gold"]', "gold"),
        ("billing = ", "Invalid value"),
    ],
)
def test_what_is_wrong_in_it_is_named(tmp_path: Path, content: str, names: str):
    own = tmp_path / "plans.toml"
    own.write_text(content)
    with pytest.raises(InvalidInput, match=names):
        Plans.load(own)
