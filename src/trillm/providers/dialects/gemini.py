"""Google's Gemini API: POST {root}/v1beta/models/{model}:streamGenerateContent?alt=sse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from trillm.providers.catalogue import ModelFacts
from trillm.providers.dialects.dialect import Call, Reader, Settings, count, record, records, string
from trillm.providers.provider import FinishReason, ModelRequest
from trillm.vocabulary.response import Usage

_ROLES = {"user": "user", "assistant": "model"}
_OPTIONS = {
    "temperature": "temperature",
    "top_p": "topP",
    "top_k": "topK",
    "presence_penalty": "presencePenalty",
    "frequency_penalty": "frequencyPenalty",
    "seed": "seed",
    "stop": "stopSequences",
}


class Gemini:
    """The key travels in a header, never in the URL, which servers log."""

    def build(self, request: ModelRequest, facts: ModelFacts) -> Call:
        """Return the streaming call that asks the model."""
        settings = Settings.of(request, facts, _OPTIONS)
        config = dict(settings.sampling)
        if settings.effort is not None:
            config["thinkingConfig"] = {"thinkingLevel": settings.effort}
        if settings.max_tokens is not None:
            config["maxOutputTokens"] = settings.max_tokens
        if settings.schema is not None:
            config |= {"responseMimeType": "application/json", "responseJsonSchema": settings.schema}
        contents = [{"role": _ROLES[role], "parts": [{"text": text}]} for role, text in request.messages]
        body: dict[str, Any] = {"contents": contents}
        if request.system is not None:
            body["systemInstruction"] = {"parts": [{"text": request.system}]}
        if config:
            body["generationConfig"] = config
        path = f"/v1beta/models/{quote(request.model, safe='')}:streamGenerateContent?alt=sse"
        return Call(path, body, warnings=settings.warnings)

    def authorize(self, key: str) -> dict[str, str]:
        """Return the header that carries the key."""
        return {"x-goog-api-key": key}

    def reader(self) -> Reader:
        """Return a reader for one answer."""
        return _Reader()


class _Reader(Reader):
    REASONS: ClassVar[Mapping[str, FinishReason]] = {
        "STOP": "complete",
        "MAX_TOKENS": "truncated",
        "CONTINUATION": "truncated",
        "SAFETY": "refused",
        "RECITATION": "refused",
        "LANGUAGE": "refused",
        "BLOCKLIST": "refused",
        "PROHIBITED_CONTENT": "refused",
        "SPII": "refused",
        "ESCALATION": "refused",
        "PUP_LIMITED_DISABLED": "refused",
        "MODEL_ARMOR": "refused",
    }

    def __init__(self) -> None:
        super().__init__()
        self._reported: dict[str, Any] = {}

    def event(self, data: dict[str, Any]) -> str:
        if data.get("error"):
            self.fail(data)
        self._reported = record(data, "usageMetadata") or self._reported  # every event tells it; the last one counts
        if record(data, "promptFeedback").get("blockReason"):
            self.reason = "refused"
        candidates = records(data, "candidates")
        if not candidates:
            return ""
        candidate = candidates[0]
        if reason := string(candidate, "finishReason"):
            self.finished(reason)
        parts = records(record(candidate, "content"), "parts")
        return "".join(string(part, "text") for part in parts if not part.get("thought"))

    @property
    def usage(self) -> Usage:
        """What the vendor has reported so far."""
        reported = self._reported
        visible, thoughts = count(reported, "candidatesTokenCount"), count(reported, "thoughtsTokenCount") or 0
        return Usage(
            input_tokens=count(reported, "promptTokenCount"),
            # Thoughts are billed as output but counted apart.
            output_tokens=None if visible is None and not thoughts else (visible or 0) + thoughts,
            cached_input_tokens=count(reported, "cachedContentTokenCount") or 0,
            reasoning_tokens=thoughts,
        )
