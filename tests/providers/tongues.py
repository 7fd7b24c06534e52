"""What the four dialects' events look like on the wire, in the vendors' own field names."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Protocol

from trillm.vocabulary.response import Usage


def sse(data: object, event: str | None = None) -> bytes:
    """Return one server-sent event; text stays as UTF-8 so that tests can cut a character."""
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


class Tongue(Protocol):
    """One dialect as a vendor speaks it."""

    path: str

    def opening(self, usage: Usage) -> list[bytes]: ...
    def thought(self, text: str) -> bytes: ...
    def piece(self, text: str) -> bytes: ...
    def ending(self, ending: str, text: str, usage: Usage) -> list[bytes]: ...
    def error(self, status: int, message: str) -> dict[str, Any]: ...
    def error_event(self, message: str) -> bytes: ...


def openai_error(status: int, message: str) -> dict[str, Any]:
    kind = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}.get(status)
    return {"error": {"message": message, "type": "scripted_error", "param": None, "code": kind}}


class OpenAIResponses:
    path = "/v1/responses"

    def opening(self, usage: Usage) -> list[bytes]:
        response = {"id": "resp_1", "object": "response", "status": "in_progress", "output": []}
        item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        return [
            self._event("response.created", response=response),
            self._event("response.in_progress", response=response),
            self._event("response.output_item.added", output_index=0, item=item),
        ]

    def thought(self, text: str) -> bytes:
        return self._event("response.reasoning_summary_text.delta", item_id="rs_1", summary_index=0, delta=text)

    def piece(self, text: str) -> bytes:
        return self._event("response.output_text.delta", item_id="msg_1", output_index=0, content_index=0, delta=text)

    def ending(self, ending: str, text: str, usage: Usage) -> list[bytes]:
        status = "incomplete" if ending == "truncated" else "completed"
        part = {"type": "output_text", "text": text, "annotations": []}
        if ending == "refused":
            part = {"type": "refusal", "refusal": "I cannot help with that."}
        response = {
            "id": "resp_1",
            "object": "response",
            "status": status,
            "incomplete_details": {"reason": "max_output_tokens"} if ending == "truncated" else None,
            "output": [{"id": "msg_1", "type": "message", "role": "assistant", "content": [part]}],
            "usage": {
                "input_tokens": usage.input_tokens,
                "input_tokens_details": {"cached_tokens": usage.cached_input_tokens},
                "output_tokens": usage.output_tokens,
                "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
                "total_tokens": (usage.input_tokens or 0) + (usage.output_tokens or 0),
            },
        }
        refusal = [self._event("response.refusal.delta", item_id="msg_1", delta="I cannot help with that.")]
        done = self._event("response.output_text.done", item_id="msg_1", text=text)
        return [*(refusal if ending == "refused" else [done]), self._event(f"response.{status}", response=response)]

    def error(self, status: int, message: str) -> dict[str, Any]:
        return openai_error(status, message)

    def error_event(self, message: str) -> bytes:
        return self._event("error", code="server_error", message=message, param=None)

    def _event(self, kind: str, **fields: Any) -> bytes:
        return sse({"type": kind, "sequence_number": 1, **fields}, kind)


class OpenAIChat:
    path = "/v1/chat/completions"

    def opening(self, usage: Usage) -> list[bytes]:
        return [self._chunk({"role": "assistant", "content": ""})]

    def thought(self, text: str) -> bytes:
        return self._chunk({"reasoning_content": text})

    def piece(self, text: str) -> bytes:
        return self._chunk({"content": text})

    def ending(self, ending: str, text: str, usage: Usage) -> list[bytes]:
        reason = {"complete": "stop", "truncated": "length", "refused": "content_filter"}[ending]
        report = {
            "prompt_tokens": usage.input_tokens,
            "prompt_tokens_details": {"cached_tokens": usage.cached_input_tokens},
            "completion_tokens": usage.output_tokens,
            "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        }
        last = {"id": "c1", "object": "chat.completion.chunk", "choices": [], "usage": report}
        return [self._chunk({}, reason), sse(last), b"data: [DONE]\n\n"]

    def error(self, status: int, message: str) -> dict[str, Any]:
        return openai_error(status, message)

    def error_event(self, message: str) -> bytes:
        return sse(openai_error(500, message))

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return sse({"id": "c1", "object": "chat.completion.chunk", "choices": [choice], "usage": None})


class Ollama(OpenAIChat):
    """Chat Completions as Ollama speaks it: a role in every delta, names of its own for errors, none for a refusal."""

    KINDS: ClassVar = {400: "invalid_request_error", 404: "not_found_error"}

    def opening(self, usage: Usage) -> list[bytes]:
        return []

    def thought(self, text: str) -> bytes:
        return self._chunk({"role": "assistant", "content": "", "reasoning": text})

    def piece(self, text: str) -> bytes:
        return self._chunk({"role": "assistant", "content": text})

    def ending(self, ending: str, text: str, usage: Usage) -> list[bytes]:
        reason = {"complete": "stop", "truncated": "length"}[ending]
        total = (usage.input_tokens or 0) + (usage.output_tokens or 0)
        report = {"prompt_tokens": usage.input_tokens, "completion_tokens": usage.output_tokens, "total_tokens": total}
        last = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [], "usage": report}
        return [self._chunk({"role": "assistant", "content": ""}, reason), sse(last), b"data: [DONE]\n\n"]

    def error(self, status: int, message: str) -> dict[str, Any]:
        return {"error": {"message": message, "type": self.KINDS.get(status, "api_error"), "param": None, "code": None}}


class AnthropicMessages:
    path = "/v1/messages"
    KINDS: ClassVar = {
        401: "authentication_error",
        404: "not_found_error",
        429: "rate_limit_error",
        529: "overloaded_error",
    }

    def opening(self, usage: Usage) -> list[bytes]:
        fresh = None if usage.input_tokens is None else usage.input_tokens - usage.cached_input_tokens
        report = {"input_tokens": fresh, "cache_read_input_tokens": usage.cached_input_tokens, "output_tokens": 1}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "usage": report}
        block = {"type": "text", "text": ""}
        return [
            self._event("message_start", message=message),
            self._event("content_block_start", index=0, content_block=block),
            self._event("ping"),
        ]

    def thought(self, text: str) -> bytes:
        return self._event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": text})

    def piece(self, text: str) -> bytes:
        return self._event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})

    def ending(self, ending: str, text: str, usage: Usage) -> list[bytes]:
        reason = {"complete": "end_turn", "truncated": "max_tokens", "refused": "refusal"}[ending]
        report = {
            "output_tokens": usage.output_tokens,
            "output_tokens_details": {"thinking_tokens": usage.reasoning_tokens},
        }
        return [
            self._event("content_block_stop", index=0),
            self._event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage=report),
            self._event("message_stop"),
        ]

    def error(self, status: int, message: str) -> dict[str, Any]:
        kind = self.KINDS.get(status, "api_error" if status >= 500 else "invalid_request_error")
        return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}

    def error_event(self, message: str) -> bytes:
        return sse(self.error(529, message), "error")

    def _event(self, kind: str, **fields: Any) -> bytes:
        return sse({"type": kind, **fields}, kind)


class Gemini:
    path = "/v1beta/models/{model}:streamGenerateContent"
    STATUSES: ClassVar = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}

    def opening(self, usage: Usage) -> list[bytes]:
        return []

    def thought(self, text: str) -> bytes:
        return self._chunk([{"text": text, "thought": True}])

    def piece(self, text: str) -> bytes:
        return self._chunk([{"text": text}])

    def ending(self, ending: str, text: str, usage: Usage) -> list[bytes]:
        reason = {"complete": "STOP", "truncated": "MAX_TOKENS", "refused": "SAFETY"}[ending]
        visible = None if usage.output_tokens is None else usage.output_tokens - usage.reasoning_tokens
        report = {
            "promptTokenCount": usage.input_tokens,
            "cachedContentTokenCount": usage.cached_input_tokens,
            "candidatesTokenCount": visible,
            "thoughtsTokenCount": usage.reasoning_tokens,
        }
        return [self._chunk([], reason, report)]

    def error(self, status: int, message: str) -> dict[str, Any]:
        kind = self.STATUSES.get(status, "INTERNAL" if status >= 500 else "INVALID_ARGUMENT")
        return {"error": {"code": status, "message": message, "status": kind, "details": []}}

    def error_event(self, message: str) -> bytes:
        return sse(self.error(500, message))

    def _chunk(
        self, parts: list[dict[str, Any]], reason: str | None = None, report: dict[str, Any] | None = None
    ) -> bytes:
        candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": parts}}
        if reason:
            candidate["finishReason"] = reason
        return sse(
            {"candidates": [candidate], "modelVersion": "scripted"} | ({"usageMetadata": report} if report else {})
        )


TONGUES: dict[str, Tongue] = {
    "openai-responses": OpenAIResponses(),
    "openai-chat": OpenAIChat(),
    "anthropic-messages": AnthropicMessages(),
    "gemini": Gemini(),
}
"""The dialects by their names in the catalogue."""
