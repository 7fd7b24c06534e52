"""OpenAI's Responses API: POST {base}/responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from trillm.providers.catalogue import ModelFacts
from trillm.providers.dialects.dialect import SCHEMA_NAME, Call, Reader, Settings, count, record, records, string
from trillm.providers.provider import FinishReason, ModelRequest
from trillm.vocabulary.response import Usage

_OPTIONS = {"temperature": "temperature", "top_p": "top_p"}


class OpenAIResponses:
    """Stateless use of the Responses API: nothing is stored at the vendor."""

    def build(self, request: ModelRequest, facts: ModelFacts) -> Call:
        """Return the streaming call that asks the model."""
        settings = Settings.of(request, facts, _OPTIONS)
        body: dict[str, Any] = {
            "model": request.model,
            "input": [{"role": role, "content": text} for role, text in request.messages],
            "stream": True,
            "store": False,
            **settings.sampling,
        }
        if request.system is not None:
            body["instructions"] = request.system
        if settings.effort is not None:
            body["reasoning"] = {"effort": settings.effort}
        if settings.max_tokens is not None:
            body["max_output_tokens"] = settings.max_tokens
        if settings.schema is not None:
            form = {"type": "json_schema", "name": SCHEMA_NAME, "schema": settings.schema, "strict": True}
            body["text"] = {"format": form}
        return Call("/responses", body, warnings=settings.warnings)

    def authorize(self, key: str) -> dict[str, str]:
        """Return the header that carries the key."""
        return {"Authorization": f"Bearer {key}"}

    def reader(self) -> Reader:
        """Return a reader for one answer."""
        return _Reader()


class _Reader(Reader):
    REASONS: ClassVar[Mapping[str, FinishReason]] = {
        "completed": "complete",
        "max_output_tokens": "truncated",
        "content_filter": "refused",
    }

    def __init__(self) -> None:
        super().__init__()
        self._said: list[str] = []

    def event(self, data: dict[str, Any]) -> str:
        match data.get("type"):
            case "response.output_text.delta":
                text = string(data, "delta")
                self._said.append(text)
                return text
            case "response.refusal.delta":
                self.reason = "refused"
                return string(data, "delta")
            case "response.completed" | "response.incomplete" | "response.failed":
                response = record(data, "response")
                # The status decides: some servers end every response with `response.completed`.
                self._end(string(response, "status") or data["type"].removeprefix("response."), response)
            case "error":
                self.fail(data)
            case _:
                pass
        return ""

    def _end(self, status: str, response: dict[str, Any]) -> None:
        if status == "failed":
            self.fail(response)
        self.finished(
            "completed" if status == "completed" else string(record(response, "incomplete_details"), "reason")
        )
        self.done = True
        if usage := record(response, "usage"):
            self._usage = Usage(
                input_tokens=count(usage, "input_tokens"),
                output_tokens=count(usage, "output_tokens"),
                cached_input_tokens=count(record(usage, "input_tokens_details"), "cached_tokens") or 0,
                reasoning_tokens=count(record(usage, "output_tokens_details"), "reasoning_tokens") or 0,
            )
        final = "".join(
            string(part, "text")
            for item in records(response, "output")
            if item.get("type") == "message"
            for part in records(item, "content")
            if part.get("type") == "output_text"
        )
        if final and final != "".join(self._said):
            self.warnings.append("the final text differs from the streamed text")
