"""docs/reference/settings.md lists every setting with its default, and every variable of the vendors."""

from __future__ import annotations

import re

import pytest
from tests.house.source import ROOT

from trillm.entrypoints.settings import PREFIX, Settings
from trillm.providers.catalogue import Catalogue

PAGE = (ROOT / "docs" / "reference" / "settings.md").read_text()
ROWS = re.findall(rf"^\| `{PREFIX}([A-Z_]+)` \| (.*?) ?\| (.+) \|$", PAGE, re.MULTILINE)
VENDORS = Catalogue.load(None).providers.values()


def test_each_setting_has_one_row_in_the_order_of_the_code() -> None:
    assert [name.lower() for name, _, _ in ROWS] == list(Settings.model_fields)


@pytest.mark.parametrize(("name", "default", "meaning"), ROWS, ids=[row[0] for row in ROWS])
def test_a_row_tells_the_default_and_a_meaning(name: str, default: str, meaning: str) -> None:
    field = Settings.model_fields[name.lower()]
    if field.default_factory is None:
        told = "" if field.default in ("", (), None) else f"`{field.default}`"
        assert default == told
    assert len(meaning) > 10


@pytest.mark.parametrize("variable", [v for f in VENDORS for v in (*f.key_env, f.base_url_env) if v])
def test_each_variable_of_a_vendor_is_listed(variable: str) -> None:
    assert f"`{variable}`" in PAGE
