"""Anthropic's Messages API: POST {root}/v1/messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from trillm.providers.catalogue import ModelFacts
from trillm.providers.dialects.dialect import Call, Reader, Settings, count, record, string
from trillm.providers.provider import FinishReason, ModelRequest
from trillm.vocabulary.response import Usage

VERSION = "2026-10-21"
"""What the vendor's own SDK of November 2026 sends."""
MAX_TOKENS = 16_384
"""The API demands a limit; thinking counts against it, so it leaves room for both thinking and a long answer."""
_OPTIONS = {"stop": "stop_sequences"}
"""No sampling parameters: the newer models answer them with an error, and this version's SDK no longer names them."""


class AnthropicMessages:
    """Text in and out; no tools, no prefill, which the newer models refuse: a shape is asked for by its schema."""

    def build(self, request: ModelRequest, facts: ModelFacts) -> Call:
        """Return the streaming call that asks the model."""
        settings = Settings.of(request, facts, _OPTIONS)
        body: dict[str, Any] = {
            "model": request.model,
            "max_tokens": settings.max_tokens or min(MAX_TOKENS, facts.max_output_tokens or MAX_TOKENS),
            "messages": [{"role": role, "content": text} for role, text in request.messages],
            "stream": True,
            **settings.sampling,
        }
        if request.system is not None:
            body["system"] = request.system
        output: dict[str, Any] = {} if settings.effort is None else {"effort": settings.effort}
        if settings.schema is not None:
            output["format"] = {"type": "json_schema", "schema": settings.schema}
        if output:
            body["output_config"] = output
        return Call("/v1/messages", body, {"anthropic-version": VERSION}, settings.warnings)

    def authorize(self, key: str) -> dict[str, str]:
        """Return the header that carries the key."""
        return {"x-api-key": key}

    def reader(self) -> Reader:
        """Return a reader for one answer."""
        return _Reader()


class _Reader(Reader):
    REASONS: ClassVar[Mapping[str, FinishReason]] = {
        "end_turn": "complete",
        "stop_sequence": "complete",
        "max_tokens": "truncated",
        "model_context_window_exceeded": "truncated",
        "refusal": "refused",
    }

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, Any] = {}

    def event(self, data: dict[str, Any]) -> str:
        match data.get("type"):
            case "content_block_delta":
                delta = record(data, "delta")
                return string(delta, "text") if delta.get("type") == "text_delta" else ""
            case "content_block_start":
                block = record(data, "content_block")
                return string(block, "text") if block.get("type") == "text" else ""
            case "message_start":
                usage = record(record(data, "message"), "usage")
                # Its output count is only a beginning: if the stream breaks off, what was spent is not known.
                self._count({name: value for name, value in usage.items() if name != "output_tokens"})
            case "message_delta":
                self._count(record(data, "usage"))
                if reason := string(record(data, "delta"), "stop_reason"):
                    self.finished(reason)
            case "message_stop":
                self.done = True
            case "error":
                self.fail(data)
            case _:
                pass
        return ""

    def _count(self, usage: dict[str, Any]) -> None:
        """Merge a report: counts are cumulative, and the later report may leave some out."""
        self._counts |= {name: value for name, value in usage.items() if value is not None}
        counts = self._counts
        cached = count(counts, "cache_read_input_tokens") or 0
        written = count(counts, "cache_creation_input_tokens") or 0
        fresh = count(counts, "input_tokens")
        self._usage = Usage(
            # Anthropic's input_tokens leaves out what was read from or written to the prompt cache; ours includes both.
            input_tokens=None if fresh is None else fresh + cached + written,
            output_tokens=count(counts, "output_tokens"),
            cached_input_tokens=cached,
            reasoning_tokens=count(record(counts, "output_tokens_details"), "thinking_tokens") or 0,
        )
