"""The error tree. Foreign errors are translated into it at the border where they arise.

TrillmError                 what a caller may be told: a stable type, a title, an HTTP status
├── InvalidInput            400/413/415/422: the request cannot be used as it is
├── NotFound                404: no such query, or not this caller's
├── Conflict                409: the same Idempotency-Key is still being answered, a query still runs
├── LimitExceeded           429: ask again after `retry_after` seconds
├── Flagged                 422: the question was refused by the safety rules
├── NoAnswer                502: no model answered
├── Unavailable             503: the service cannot accept a question now
├── Fenced                  this process lost its claim on a query: it may neither write nor buy
└── ProviderError           one vendor's failure, as the column of that model shows it
"""

from __future__ import annotations

from typing import ClassVar, Literal

TYPE_ROOT = "urn:trillm:problem:"
"""What every problem document's `type` begins with."""


class TrillmError(Exception):
    """An error with a stable `type`; `detail` is for people and never echoes the input."""

    type: str = "internal"
    title: str = "Something went wrong on our side"
    status: int = 500

    def __init__(self, detail: str = "", *, type: str | None = None, status: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if type is not None:
            self.type = type
        if status is not None:
            self.status = status

    def as_problem(self, request_id: str) -> dict[str, object]:
        """Return the problem document (RFC 9457) of this error."""
        return {
            "type": TYPE_ROOT + self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail or self.title,
            "request_id": request_id,
        }


class InvalidInput(TrillmError):
    """The request cannot be used as it is; `field` names the part of it that is wrong, if one is."""

    type = "invalid-input"
    title = "The request is not valid"
    status = 422

    def __init__(self, detail: str, *, field: str | None = None, type: str | None = None, status: int | None = None):
        super().__init__(detail, type=type, status=status)
        self.field = field

    def as_problem(self, request_id: str) -> dict[str, object]:
        """Return the problem document, with the field that is wrong."""
        return TrillmError.as_problem(self, request_id) | ({"field": self.field} if self.field else {})


class NotFound(TrillmError):
    """There is no such thing, or it is not this caller's: the two are not told apart."""

    type = "not-found"
    title = "Not found"
    status = 404


class Conflict(TrillmError):
    """What is asked contradicts what is going on now."""

    type = "conflict"
    title = "Not possible right now"
    status = 409


class LimitExceeded(TrillmError):
    """A limit is used up; ask again after `retry_after` seconds."""

    type = "limit-exceeded"
    title = "Too many questions"
    status = 429

    def __init__(self, detail: str, *, retry_after: float, type: str | None = None) -> None:
        super().__init__(detail, type=type)
        self.retry_after = retry_after


class Flagged(TrillmError):
    """The question was refused by the safety rules; `rule` names the rule, not the text."""

    type = "flagged"
    title = "This question is not answered here"
    status = 422

    def __init__(self, detail: str, *, rule: str) -> None:
        super().__init__(detail)
        self.rule = rule


class NoAnswer(TrillmError):
    """No model answered; `detail` names each vendor's reason."""

    type = "no-answer"
    title = "No model answered"
    status = 502


class Unavailable(TrillmError):
    """The service cannot accept a question now."""

    type = "unavailable"
    title = "The service is not available"
    status = 503


class Fenced(TrillmError):
    """Another process has claimed the query with a higher epoch: this one may neither write nor buy."""

    type = "fenced"
    title = "Another process continues this query"
    status = 409


ProviderErrorType = Literal[
    "not-configured",  # no key, or no such provider here
    "authentication",  # the vendor refuses the key
    "permission",  # the key may not use this model, or the account cannot pay
    "model-not-found",
    "bad-request",  # the vendor refuses what we sent
    "context-length",
    "rate-limited",
    "overloaded",
    "server-error",
    "connection",  # refused, reset, cut, name not found, TLS
    "connect-timeout",
    "first-token-timeout",
    "gap-timeout",
    "total-timeout",
    "malformed",  # not of its dialect: garbage, wrong content type, cut UTF-8, bad compression
    "too-large",  # a line or an answer over its bound
    "breaker-open",  # not asked: it failed too often just now
    "empty",  # ended properly without a visible word
    "refused",  # the vendor or its model declined to answer
    "truncated",  # ended without its finish reason, or at the token limit
    "cancelled",  # stopped by the person, or cut short by a crash
    "internal",  # a defect of ours, recorded with its trace
]


class ProviderError(TrillmError):
    """One vendor's failure. `retry` says whether asking again can help; `retry_after` in seconds, if told."""

    title = "A model did not answer"
    status = 502
    RETRYABLE: ClassVar[frozenset[str]] = frozenset(
        {"rate-limited", "overloaded", "server-error", "connection", "connect-timeout"}
    )

    def __init__(
        self,
        type: ProviderErrorType,
        detail: str,
        *,
        http_status: int | None = None,
        retry: bool | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail, type=type)
        self.http_status = http_status
        self.retry = type in self.RETRYABLE if retry is None else retry
        self.retry_after = retry_after
