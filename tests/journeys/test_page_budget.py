"""How much JavaScript a page waits for, as it is on the wire: the budgets of the built page."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from trillm.entrypoints.page import build_page

STATIC_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["']\./([\w.-]+\.js)["']""")


@pytest.fixture(scope="module")
def built() -> Path:
    return build_page(lambda _: None)


def with_imports(assets: Path, names: set[str]) -> set[str]:
    """Return these chunks and all that they import at once; what they import later is not waited for."""
    found: set[str] = set()
    while names:
        found |= names
        names = {other for name in names for other in STATIC_IMPORT.findall((assets / name).read_text())} - found
    return found


@pytest.mark.parametrize(("page", "chunk", "budget"), [("/", None, 120_000), ("/results", "results-*.js", 150_000)])
def test_a_page_waits_for_no_more_script_than_its_budget(
    built: Path, page: str, chunk: str | None, budget: int, capsys: pytest.CaptureFixture[str]
) -> None:
    index = (built / "index.html").read_text()
    scripts = re.findall(r"<script[^>]*\bsrc=\"/([^\"]+)\"", index)
    scripts += re.findall(r"<link rel=\"modulepreload\"[^>]*\bhref=\"/([^\"]+)\"", index)
    entries = {Path(name).name for name in scripts if name.startswith("assets/")}
    assert entries
    if chunk:
        (lazy,) = (built / "assets").glob(chunk)
        entries.add(lazy.name)
    loaded = [built / "assets" / name for name in with_imports(built / "assets", entries)]
    loaded += [built / name for name in scripts if not name.startswith("assets/")]
    size = sum(path.with_name(f"{path.name}.gz").stat().st_size for path in loaded)
    with capsys.disabled():
        sys.stdout.write(f" {page}: {size / 1000:.1f} of {budget / 1000:.0f} kB ")
    assert size <= budget, sorted(path.name for path in loaded)
