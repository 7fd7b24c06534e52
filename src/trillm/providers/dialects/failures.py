"""Vendors' errors in words of ours: by HTTP status, by the error's own name, and by what its message gives away."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

from trillm.vocabulary.errors import ProviderError, ProviderErrorType

MAX_SENTENCE = 240
"""Characters of a vendor's message that a person is shown."""

_BY_NAME: dict[str, ProviderErrorType] = {
    "authentication_error": "authentication",
    "invalid_api_key": "authentication",
    "API_KEY_INVALID": "authentication",
    "UNAUTHENTICATED": "authentication",
    "permission_error": "permission",
    "billing_error": "permission",
    "insufficient_quota": "permission",
    "PERMISSION_DENIED": "permission",
    "not_found_error": "model-not-found",
    "model_not_found": "model-not-found",
    "NOT_FOUND": "model-not-found",
    "context_length_exceeded": "context-length",
    "request_too_large": "context-length",
    "rate_limit_error": "rate-limited",
    "rate_limit_exceeded": "rate-limited",
    "RESOURCE_EXHAUSTED": "rate-limited",
    "overloaded_error": "overloaded",
    "UNAVAILABLE": "overloaded",
    "api_error": "server-error",
    "server_error": "server-error",
    "timeout_error": "server-error",
    "INTERNAL": "server-error",
    "DEADLINE_EXCEEDED": "server-error",
    "content_filter": "refused",
    "content_policy_violation": "refused",
    "bio_policy": "refused",
    "misalignment_policy_violation": "refused",
    "invalid_request_error": "bad-request",
    "invalid_prompt": "bad-request",
    "INVALID_ARGUMENT": "bad-request",
}

# What only the message tells: vendors answer a plain 400 to an over-long prompt, an unpaid account or a wrong key.
_BY_MESSAGE: tuple[tuple[ProviderErrorType, tuple[str, ...]], ...] = (
    ("context-length", ("context length", "context window", "prompt is too long", "input token count")),
    ("permission", ("credit balance", "insufficient_quota")),
    ("authentication", ("api key not valid", "invalid api key", "incorrect api key")),
)

_BY_STATUS: dict[int, ProviderErrorType] = {
    401: "authentication",
    402: "permission",
    403: "permission",
    404: "model-not-found",
    408: "server-error",
    413: "context-length",
    429: "rate-limited",
    503: "overloaded",
    529: "overloaded",
}

_SECRET = re.compile(r"\b(?:sk|xai|gsk|rk|pk)-[\w*.-]{4,}|\bAIza[\w*-]{4,}|(?i:bearer) \S+")


def failure(
    body: object,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    secret: str | None = None,
) -> ProviderError:
    """Return the ProviderError that a vendor's error means; `body` is its parsed JSON, or anything else.

    Serves error replies (with their status and headers) and errors inside a stream (without).
    """
    error = _error_of(body)
    message = str(error.get("message") or "")
    detail = "The vendor reported an error" if status is None else f"The vendor answered {status}"
    said = sentence(message, secret)
    return ProviderError(
        _kind(error, message, status),
        f"{detail}: {said}" if said else f"{detail}.",
        http_status=status,
        retry_after=_retry_after(error, headers or {}),
    )


def sentence(text: str, secret: str | None = None) -> str:
    """Return a short line fit to show: no control characters, no keys."""
    text = text[: 4 * MAX_SENTENCE]
    if secret:
        text = text.replace(secret, "[key]")
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    text = _SECRET.sub("[key]", text)
    return text if len(text) <= MAX_SENTENCE else text[: MAX_SENTENCE - 1] + "…"


def _error_of(body: object) -> dict[str, Any]:
    """Find the error object: vendors wrap it in `error`, Google's proxies in a list as well, some write plain text."""
    if isinstance(body, list) and body:
        body = cast("list[object]", body)[0]
    if not isinstance(body, dict):
        return {}
    fields = cast("dict[str, Any]", body)
    inner = fields.get("error")
    if isinstance(inner, dict):
        return cast("dict[str, Any]", inner)
    return {"message": inner} if isinstance(inner, str) else fields


def _kind(error: dict[str, Any], message: str, status: int | None) -> ProviderErrorType:
    lowered = message.lower()
    hinted: ProviderErrorType | None = next(
        (kind for kind, signs in _BY_MESSAGE if any(sign in lowered for sign in signs)), None
    )
    names = [error.get("code"), error.get("status"), error.get("type")]
    named: ProviderErrorType | None = next(
        (_BY_NAME[name] for name in names if isinstance(name, str) and name in _BY_NAME), None
    )
    # A vague 400, or an unpaid account told as 429; every other status is plainer than words in a message.
    if hinted is not None and (status in (None, 400, 413, 422) or (status == 429 and hinted == "permission")):
        return hinted
    if status is None:
        return named or _by_status(error.get("code")) or "server-error"
    if named in ("refused", "context-length") or (status == 429 and named == "permission"):
        return named
    # Any other 4xx blames the request, whatever the error calls itself: asking again would not help.
    return _by_status(status) or (named if named != "server-error" else None) or "bad-request"


def _by_status(status: object) -> ProviderErrorType | None:
    if not isinstance(status, int):
        return None
    return _BY_STATUS.get(status) or ("server-error" if status >= 500 else None)


def _retry_after(error: dict[str, Any], headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the vendor tells them: milliseconds, seconds, an HTTP date, or Google's RetryInfo."""
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    told = headers.get("retry-after")
    if told is not None:
        return _number(told) if _number(told) is not None else _until(told)
    details = error.get("details")
    for detail in cast("list[Any]", details) if isinstance(details, list) else []:
        if isinstance(detail, dict) and "retryDelay" in detail:
            return _number(str(cast("dict[str, Any]", detail)["retryDelay"]).removesuffix("s"))
    return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _until(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
