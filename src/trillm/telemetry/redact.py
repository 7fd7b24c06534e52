"""What must not reach a log: secrets, values that foreign errors quote, characters that forge lines."""

from __future__ import annotations

import re

MAX_CHARS = 16_000
"""Longer messages and traces lose their middle."""

_SECRETS = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|hf|ghp|trl)[-_][A-Za-z0-9_-]{8,}"  # the vendors' key forms
    r"|\bAIza[A-Za-z0-9_-]{10,}"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user and password in a URL
    r"|(?i:(?<=bearer )|(?<=basic ))[A-Za-z0-9._~+/=-]{8,}"
    r"|(?i:(?<=[?&]key=)|(?<=api[-_]key=)|(?<=password=)|(?<=token=)|(?<=secret=))[^\s&\"',)]+"
    r"|(?i:(?<=api-key: )|(?<=api-key': ')|(?<=api_key': '))[^\s\"',)]+"
)
# SQLAlchemy quotes a statement's parameters, pydantic the input: both may be somebody's question. Without an end the
# rest of the text goes, which is safe and keeps the search linear
_QUOTED = re.compile(r"(?<=\[parameters: ).*?(?=\]\n|\]?\Z)|(?<=input_value=).*?(?=, input_type=|\Z)", re.DOTALL)
# C0, C1, line separators, bidi controls: whoever reads the log in a terminal must see one line, and the right one
_FORGING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def without_secrets(text: str) -> str:
    """Return the text with everything that looks like a credential, or quotes an input, put out of sight."""
    return _SECRETS.sub("***", _QUOTED.sub("***", text))


def for_log(text: str) -> str:
    """Return the text as one line of bounded length in which control characters are written as escapes."""
    if len(text) > MAX_CHARS:
        text = f"{text[: MAX_CHARS // 2]} […] {text[-MAX_CHARS // 2 :]}"
    return _FORGING.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode("ascii")
