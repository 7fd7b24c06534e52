"""OpenAI's Chat Completions API, spoken by most other vendors and engines: POST {base}/chat/completions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from trillm.providers.catalogue import ModelFacts
from trillm.providers.dialects.dialect import SCHEMA_NAME, Call, Reader, Settings, count, record, records, string
from trillm.providers.provider import FinishReason, ModelRequest
from trillm.vocabulary.response import Usage

_OPTIONS = {name: name for name in ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "stop")}


class OpenAIChat:
    """The lingua franca: what an engine does not send (usage, [DONE]) is done without."""

    def build(self, request: ModelRequest, facts: ModelFacts) -> Call:
        """Return the streaming call that asks the model."""
        settings = Settings.of(request, facts, _OPTIONS)
        system = [] if request.system is None else [{"role": "system", "content": request.system}]
        body: dict[str, Any] = {
            "model": request.model,
            "messages": [*system, *({"role": role, "content": text} for role, text in request.messages)],
            "stream": True,
            "stream_options": {"include_usage": True},
            **settings.sampling,
        }
        if settings.effort is not None:
            body["reasoning_effort"] = settings.effort
        if settings.max_tokens is not None:
            body[facts.max_tokens_field or "max_tokens"] = settings.max_tokens
        if settings.schema is not None:
            form = {"name": SCHEMA_NAME, "schema": settings.schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        return Call("/chat/completions", body, warnings=settings.warnings)

    def authorize(self, key: str) -> dict[str, str]:
        """Return the header that carries the key."""
        return {"Authorization": f"Bearer {key}"}

    def reader(self) -> Reader:
        """Return a reader for one answer."""
        return _Reader()


class _Reader(Reader):
    REASONS: ClassVar[Mapping[str, FinishReason]] = {
        "stop": "complete",
        "length": "truncated",
        "content_filter": "refused",
    }

    def event(self, data: dict[str, Any]) -> str:
        if data.get("error"):
            self.fail(data)
        if usage := record(data, "usage"):
            self._count(usage)
        choices = records(data, "choices")
        if not choices:
            return ""
        choice = choices[0]
        delta = record(choice, "delta")
        text = _visible(delta)
        if refusal := string(delta, "refusal"):
            self.reason = "refused"
            text += refusal
        if reason := string(choice, "finish_reason"):
            self.finished(reason)
        return text

    def _count(self, usage: dict[str, Any]) -> None:
        self._usage = Usage(
            input_tokens=count(usage, "prompt_tokens"),
            output_tokens=count(usage, "completion_tokens"),
            cached_input_tokens=count(record(usage, "prompt_tokens_details"), "cached_tokens") or 0,
            reasoning_tokens=count(record(usage, "completion_tokens_details"), "reasoning_tokens") or 0,
        )


def _visible(delta: dict[str, Any]) -> str:
    """Return the text of a delta; Mistral sends a list of parts, of which thinking is one, while a model thinks."""
    if isinstance(delta.get("content"), list):
        return "".join(string(part, "text") for part in records(delta, "content") if part.get("type") == "text")
    return string(delta, "content")
