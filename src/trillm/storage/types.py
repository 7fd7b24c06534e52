"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import JSON, DateTime, Dialect, Double, Numeric, String, Text, Uuid
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def clean(text: str) -> str:
    """Return the text with NUL and lone surrogates, which PostgreSQL or UTF-8 cannot keep, as U+FFFD."""
    if text.isascii():
        return text.replace("\x00", "\ufffd") if "\x00" in text else text
    return _UNKEEPABLE.sub("\ufffd", text)


def as_id(text: str) -> str | None:
    """Return the id in its canonical form, None when the text is no UUID."""
    lowered = text.lower()
    return lowered if _ID.fullmatch(lowered) else None


class KeptText(TypeDecorator[str]):
    """Text without what no database can keep (see `clean`)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Clean what goes in."""
        return None if value is None else clean(value)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept and given back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC; a naive datetime is a mistake of the caller's."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        moment = value if value.tzinfo is UTC else value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back UTC."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Address(TypeDecorator[str]):
    """An IP address; what is none (a socket's name, a zone) is not kept."""

    impl = String(45)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INET where there is one."""
        return dialect.type_descriptor(INET() if dialect.name == "postgresql" else String(45))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Check and normalise."""
        if value is None:
            return None
        try:
            return str(ipaddress.ip_address(value.partition("%")[0]))
        except ValueError:
            return None

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Give back text: the driver of PostgreSQL gives an object."""
        return None if value is None else str(value)


def identifier() -> TypeEngine[str]:
    """Return the type of an id: `uuid` on PostgreSQL, its readable text on SQLite."""
    return String(36).with_variant(Uuid(as_uuid=False), "postgresql")


def document() -> TypeEngine[Any]:
    """Return the type of a JSON document; None is NULL."""
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def real() -> TypeEngine[float]:
    """Return the type of a double-precision number."""
    return Double()


def dump(value: object) -> str:
    """Return the value as JSON, for the drivers."""
    return orjson.dumps(value).decode()


def dollars() -> TypeEngine[float]:
    """Return the specification's type of money, read as a float: micro-dollars are exact enough for a display."""
    return Numeric(10, 6, asdecimal=False)
