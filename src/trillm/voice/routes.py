"""The door of what is said: a recording in, its words out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from trillm.http.gate import add_header
from trillm.http.problem import documented, headers_documented
from trillm.http.strict_json import read_capped
from trillm.vocabulary.errors import InvalidInput, Unavailable
from trillm.voice.transcribe import KINDS, MAX_AUDIO_BYTES, Recording, Transcriber

router = APIRouter()

_AUDIO = {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS}, "required": True}


class TranscriptionObject(BaseModel):
    """What was said."""

    text: str = Field(description="Empty where nothing was heard.")


async def _transcriber(request: Request) -> Transcriber | None:
    return request.app.state.transcriber


@router.post(
    "/api/transcriptions",
    summary="Write down a recording",
    response_model=TranscriptionObject,
    responses={
        200: {"headers": headers_documented("RateLimit", "RateLimit-Policy")},
        **documented(403, 408, 413, 415, 422, 429, 502, 503),
    },
    openapi_extra={"requestBody": _AUDIO},
)
async def transcribe(
    request: Request,
    transcriber: Annotated[Transcriber | None, Depends(_transcriber)],
    language: Annotated[
        str | None, Query(pattern=r"^[a-z]{2}$", description="What is spoken, in two letters (ISO 639-1).")
    ] = None,
) -> Any:
    """Return what is said in a recording of about a minute at most. It counts as a question, and none is asked."""
    if transcriber is None:
        raise Unavailable("No vendor that writes down speech has a key here.", type="no-transcription")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise InvalidInput(
            f"Send the recording as one of {', '.join(KINDS)}.", type="unsupported-media-type", status=415
        )
    audio = await read_capped(request, MAX_AUDIO_BYTES)
    if not audio:
        raise InvalidInput("The recording is empty.")
    address: str | None = request.scope.get("client_address")
    try:
        text = await transcriber.transcribe(Recording(audio, kind, language), address)
    finally:
        for name, value in transcriber.limits.fields(address).items():
            add_header(request.scope, name, value)
    return {"text": text}
