"""Opaque cursors: where a page of a list ended. A cursor that was changed on its way is refused, not guessed at."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from trillm.vocabulary.errors import InvalidInput

_SUM_BYTES = 8
MAX_CURSOR = 200


def encode_cursor(created_at: datetime, row_id: str) -> str:
    """Return the cursor of the last row of a page."""
    place = f"{created_at.isoformat()} {row_id}".encode()
    return urlsafe_b64encode(_sum(place) + place).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[datetime, str]:
    """Return the place a cursor stands for; InvalidInput (400) for anything we did not make.

    The sum guards against accidents and tampering by hand. It is no secret: a cursor opens nothing that the list itself
    would not, since the list is bound to its owner.
    """
    try:
        place = urlsafe_b64decode(cursor[:MAX_CURSOR] + "=" * (-len(cursor[:MAX_CURSOR]) % 4))[_SUM_BYTES:]
        moment, row_id = place.decode().split(" ")
        created_at = datetime.fromisoformat(moment)
        # the decoders are lenient: only what encodes to the same cursor is one of ours
        if created_at.utcoffset() != timedelta(0) or encode_cursor(created_at, str(UUID(row_id))) != cursor:
            raise ValueError("not a cursor of ours")
        return created_at, row_id
    except ValueError as error:
        raise InvalidInput(
            "This cursor is not one of ours; start again without it.", field="cursor", type="invalid-cursor", status=400
        ) from error


def _sum(place: bytes) -> bytes:
    return blake2b(place, digest_size=_SUM_BYTES, person=b"trillm-cursor").digest()
