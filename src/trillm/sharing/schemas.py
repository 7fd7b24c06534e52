"""What callers get, as the OpenAPI document states it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from trillm.query.schemas import Instant, QueryObject, StrictBody


def _text(value: object) -> object:
    if not isinstance(value, str) or "T" not in value.upper():  # else a number would be taken for seconds since 1970
        raise ValueError("should be a moment in RFC 3339")
    return value


class ShareRequest(StrictBody):
    """How long a link lives."""

    expires_at: Annotated[Instant, Field(strict=False), BeforeValidator(_text)] | None = Field(
        None, description="When it ends by itself; left out or null: when it is revoked."
    )


class ShareObject(BaseModel):
    """A link to a snapshot of a result."""

    id: str = Field(description="128 random bits: whoever has it may read the snapshot.")
    url: str = Field(description="The path of the page that shows it.")
    created_at: datetime = Field(description="When the snapshot was taken.")
    expires_at: datetime | None = Field(description="When the link ends by itself; null: when it is revoked.")


class ShareList(BaseModel):
    """The links to a query that are neither revoked nor expired, newest first."""

    shares: list[ShareObject]


class SharedObject(ShareObject):
    """What a link shows. Of the ids in `query`, its own is the share's, and those of the responses hold within it."""

    query: QueryObject
