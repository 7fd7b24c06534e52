"""One name for all questions that have the same answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import orjson

_PURPOSE = b"trillm/cache/1\n"
"""Keeps these hashes apart from every other use of SHA-256; the number changes when old entries must not be found."""


def fingerprint(owner: str, question: str, panel: Iterable[str], options: Mapping[str, object]) -> str:
    """Return SHA-256, in hex, of whose question it is, its text, its models in any order and its options.

    The full hash over JSON: no two different askings share an encoding, and no owner can meet another's entry.
    Options are JSON values; raises TypeError for others.
    """
    asked = [owner, question, sorted(panel), dict(options)]
    return hashlib.sha256(_PURPOSE + orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()
