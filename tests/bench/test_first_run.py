"""A first run is measured as on a machine that has nothing of ours."""

from pathlib import Path

from bench.first_run import environment
from bench.processes import ROOT


def test_a_first_run_finds_neither_caches_nor_what_this_checkout_has_installed(tmp_path: Path) -> None:
    own = f"{ROOT}/.venv/bin"
    mine = {"VIRTUAL_ENV": f"{ROOT}/.venv", "TRILLM_PANEL": "x", "OPENAI_API_KEY": "k"}
    whole = {"PATH": f"{own}:/usr/bin", "LANG": "C.UTF-8", **mine}
    found = environment(tmp_path, whole)
    assert (found["PATH"], found["LANG"]) == ("/usr/bin", "C.UTF-8")
    assert not mine.keys() & found.keys()
    caches = {Path(found[name]) for name in ("PIP_CACHE_DIR", "UV_CACHE_DIR", "npm_config_cache", "TRILLM_DATA_DIR")}
    assert {cache.parent for cache in caches} == {tmp_path}
