"""How long `make run` takes on a fresh clone with empty caches, the downloads included, and the second time."""

from __future__ import annotations

import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from bench.processes import ROOT, Command, free_port, started

PATIENCE_S = 900.0
"""Where the downloads are slow, most of the first run."""
MAKE = ("make", "run")
_OURS = re.compile(r"TRILLM_|VIRTUAL_ENV$|\w+_(?:API_KEY|BASE_URL)$")


@dataclass(frozen=True, slots=True)
class RunRow:
    """One `make run`: seconds from the command until the API is healthy and until the page is served."""

    which: str
    api_s: float
    page_s: float
    load_average: float


def first_runs(directory: Path) -> list[RunRow]:
    """Clone the last commit and run it twice; raises RuntimeError with the end of its output if it does not come."""
    clone = directory / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    return [_run(which, clone, directory) for which in ("first, caches empty, downloads included", "second")]


def environment(caches: Path, whole: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return this environment with empty caches, an empty data directory and nothing of the checkout that measures."""
    path = os.pathsep.join(part for part in whole["PATH"].split(os.pathsep) if not part.startswith(str(ROOT)))
    kept = {name: value for name, value in whole.items() if not _OURS.match(name)}
    own = {name: str(caches / name) for name in ("PIP_CACHE_DIR", "UV_CACHE_DIR", "npm_config_cache", "XDG_CACHE_HOME")}
    return kept | own | {"PATH": path, "TRILLM_DATA_DIR": str(caches / "data")}


def _run(which: str, clone: Path, directory: Path) -> RunRow:
    port = free_port()
    wanted = environment(directory / "caches") | {"TRILLM_PORT": str(port)}
    command = Command(MAKE, wanted, port, "/api/health", directory / f"{port}.log", cwd=clone, patience_s=PATIENCE_S)
    with started(command, None) as run:
        begun = time.monotonic()
        _wait_for_page(port)
        return RunRow(which, run.start_s, run.start_s + time.monotonic() - begun, os.getloadavg()[0])


def _wait_for_page(port: int) -> None:
    """Poll the page, which is 503 while it is built; raises RuntimeError where it does not come."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with suppress(OSError, HTTPException), opener.open(f"http://127.0.0.1:{port}/", timeout=5) as reply:
            if b"/assets/" in reply.read():
                return
        time.sleep(0.05)
    raise RuntimeError("the page did not come")
