"""Asks a vendor for the words of a recording, in OpenAI's dialect of it (`POST {base_url}/audio/transcriptions`)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, cast

import orjson

from trillm.http.client import HttpClient, HttpFailure
from trillm.limits.admit import Limits
from trillm.providers.catalogue import TranscriptionFacts
from trillm.providers.dialects.failures import failure
from trillm.vocabulary.errors import ProviderError

MAX_AUDIO_BYTES = 2 << 20
"""Room for a minute of speech as browsers record it, the wasteful ones too."""
SLOWEST_BYTES = 2_000
"""Bytes a second of the most thrifty recording that is usual: how long one may be at most, before its vendor says."""
SECONDS = 30.0
"""For the whole call."""

KINDS = {"audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "mp4", "audio/mpeg": "mp3", "audio/wav": "wav"}
"""What browsers record, and the ending by which vendors know it."""

_MAX_REPLY = 64 << 10


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded, its media type (one of KINDS), and the language that is spoken, where the caller knows."""

    audio: bytes
    kind: str
    language: str | None = None

    @property
    def longest_minutes(self) -> float:
        """How long it lasts at most."""
        return len(self.audio) / SLOWEST_BYTES / 60


@dataclass(frozen=True, slots=True)
class Transcriber:
    """A vendor that writes down what is said. Counts as a question: against the address's limits and the day's money.

    The client is the caller's and stays open.
    """

    facts: TranscriptionFacts
    base_url: str
    api_key: str = field(repr=False)
    client: HttpClient
    limits: Limits

    async def transcribe(self, recording: Recording, address: str | None) -> str:
        """Return the words, "" where there are none; LimitExceeded, or ProviderError that says what went wrong."""
        admission = self.limits.admit(address, self.facts.cost(recording.longest_minutes))
        try:
            said = await self._ask(recording)
        except ProviderError:
            admission.release()  # vendors bill no errors
            raise
        except BaseException:
            admission.settle(None)
            raise
        seconds = _seconds(said)
        admission.settle(None if seconds is None else self.facts.cost(seconds / 60))
        return str(said["text"]).strip()

    async def _ask(self, recording: Recording) -> dict[str, Any]:
        body, content_type = _form(self.facts.model, recording)
        headers = {"Authorization": f"Bearer {self.api_key}", "Content-Type": content_type}
        url = self.base_url.rstrip("/") + "/audio/transcriptions"
        try:
            async with asyncio.timeout(SECONDS), self.client.request("POST", url, headers, body) as reply:
                said = _parsed(await reply.read_at_most(_MAX_REPLY))
                if reply.status != 200:
                    raise failure(said, status=reply.status, headers=reply.headers, secret=self.api_key)
        except TimeoutError as error:
            raise ProviderError("total-timeout", "The recording was not written down in time.") from error
        except HttpFailure as error:
            raise ProviderError("connection", str(error)) from error
        except ValueError as error:
            raise ProviderError("too-large", "The reply was longer than words of a minute can be.") from error
        if not isinstance(said.get("text"), str):
            raise ProviderError("malformed", "The reply was not of its dialect.")
        return said


def _form(model: str, recording: Recording) -> tuple[bytes, str]:
    """Return a multipart body and its content type."""
    boundary = f"trillm-{token_hex(16)}"
    fields = {
        "model": model,
        "response_format": "json",
        **({"language": recording.language} if recording.language else {}),
    }
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    name = f"recording.{KINDS[recording.kind]}"
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {recording.kind}\r\n\r\n'
    parts.append(head.encode() + recording.audio)
    edge = f"--{boundary}\r\n".encode()
    body = b"".join(edge + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(body)
    except ValueError:
        return {}
    return cast("dict[str, Any]", said) if isinstance(said, dict) else {}


def _seconds(said: dict[str, Any]) -> float | None:
    """Return how long the vendor found it to be; None where it does not say, as those that bill by token."""
    usage = said.get("usage")
    seconds = cast("dict[str, Any]", usage).get("seconds") if isinstance(usage, dict) else None
    return float(seconds) if isinstance(seconds, int | float) and seconds >= 0 else None
