"""`evals` is a folder of the checkout, not of the installed package: put the checkout on the path."""

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of rows: bytes and texts as they are, all else as JSON; gzipped where its name says so."""

    def write(*rows: Any, name: str = "set.jsonl") -> Path:
        path = tmp_path / name
        lines = [row.encode() if isinstance(row, str) else row for row in rows]
        content = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write
