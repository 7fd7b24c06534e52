"""The real embedded model for tests: fetched once into the build folder, or the test is skipped and says why."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path

import pytest

from trillm.providers.local.install import install_model
from trillm.vocabulary.errors import Unavailable

BUILD = Path(__file__).parents[2] / "build"


@functools.cache
def _problem() -> str:
    if importlib.util.find_spec("xllamacpp") is None:
        return "xllamacpp is not installed"
    try:
        install_model(BUILD, lambda _: None)
    except Unavailable as error:
        return error.detail
    return ""


def local_data_dir() -> Path:
    """Return a data directory that has the model."""
    if problem := _problem():
        pytest.skip(problem)
    return BUILD
