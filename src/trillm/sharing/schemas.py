"""What callers get, as the OpenAPI document states it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from trillm.query.schemas import QueryObject


class ShareObject(BaseModel):
    """A link to a snapshot of a result."""

    id: str = Field(description="128 random bits: whoever has it may read the snapshot.")
    url: str = Field(description="The path of the page that shows it.")
    created_at: datetime = Field(description="When the snapshot was taken.")


class ShareList(BaseModel):
    """The links to a query that are not revoked, newest first."""

    shares: list[ShareObject]


class SharedObject(ShareObject):
    """What a link shows. Of the ids in `query`, its own is the share's, and those of the responses hold within it."""

    query: QueryObject
