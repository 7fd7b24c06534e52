"""Data that ships with the package as TOML, and that a file of the operator's is laid over."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from trillm.vocabulary.errors import InvalidInput

M = TypeVar("M", bound=BaseModel)


def load_overlaid(model: type[M], package: str, name: str, overlay: Path | None) -> M:
    """Read the package's file, merged over by the overlay; InvalidInput names the file and the key that is wrong."""
    source = name
    data = _parse(files(package).joinpath(name).read_bytes(), source)
    if overlay is not None:
        source = str(overlay)
        try:
            data = _merged(data, _parse(overlay.read_bytes(), source))
        except OSError as error:
            raise InvalidInput(f"{source}: {error.strerror}", field=source) from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{source}: {key}: {first['msg']}", field=key) from None


def _parse(content: bytes, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{source}: {error}", field=source) from None


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Tables merge key by key; anything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        held = result.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            value = _merged(cast("dict[str, Any]", held), cast("dict[str, Any]", value))
        result[key] = value
    return result
