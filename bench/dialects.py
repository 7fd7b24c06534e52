"""The four dialects that the mock vendors speak, as bytes: what opens a stream, each token, what closes it.

Shapes and sizes follow what the vendors send in November 2026; tests read them with the vendors' own SDKs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

CREATED = 1_780_000_000
_CATEGORIES = (
    *("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm"),
    *("self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic"),
)
MODERATION = orjson.dumps(
    {
        "id": "modr-mock",
        "model": "omni-moderation-latest",
        "results": [
            {
                "flagged": False,
                "categories": dict.fromkeys(_CATEGORIES, False),
                "category_scores": dict.fromkeys(_CATEGORIES, 0.0001),
                "category_applied_input_types": {category: ["text"] for category in _CATEGORIES},
            }
        ],
    }
)
"""What OpenAI's moderation says of a harmless question."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to be spoken: the vendor's id for it, the model, and its tokens."""

    id: str
    model: str
    tokens: Sequence[str]
    input_tokens: int = 20

    @property
    def text(self) -> str:
        """Return the whole text."""
        return "".join(self.tokens)


class Dialect(Protocol):
    """How one vendor speaks. `delta` is called for every token and must be cheap."""

    def opening(self, answer: Answer) -> bytes:
        """Return the events before the first token."""
        ...

    def delta(self, answer: Answer, number: int) -> bytes:
        """Return the event of token `number`, counted from 0."""
        ...

    def closing(self, answer: Answer) -> bytes:
        """Return the events after the last token: finish reason and usage."""
        ...

    def whole(self, answer: Answer) -> bytes:
        """Return the reply to a request without streaming."""
        ...


def _named(data: dict[str, Any]) -> bytes:
    """Return an event whose name is its data's type, as OpenAI Responses and Anthropic send them."""
    return b"event: %s\ndata: %s\n\n" % (data["type"].encode(), orjson.dumps(data))


class Responses:
    """OpenAI Responses, `POST /v1/responses`."""

    def _response(self, answer: Answer, *, done: bool) -> dict[str, Any]:
        part = {"type": "output_text", "text": answer.text, "annotations": [], "logprobs": []}
        message = {"id": f"msg_{answer.id}", "type": "message", "status": "completed", "role": "assistant"}
        count = len(answer.tokens)
        usage = {
            "input_tokens": answer.input_tokens,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": count,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": answer.input_tokens + count,
        }
        return {
            "id": f"resp_{answer.id}",
            "object": "response",
            "created_at": CREATED,
            "status": "completed" if done else "in_progress",
            "background": False,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "max_output_tokens": None,
            "metadata": {},
            "model": answer.model,
            "output": [{**message, "content": [part]}] if done else [],
            "parallel_tool_calls": True,
            "reasoning": {"effort": None, "summary": None},
            "service_tier": "default",
            "store": False,
            "temperature": 1.0,
            "text": {"format": {"type": "text"}, "verbosity": "medium"},
            "tool_choice": "auto",
            "tools": [],
            "top_p": 1.0,
            "truncation": "disabled",
            "usage": usage if done else None,
        }

    def opening(self, answer: Answer) -> bytes:
        """Return created, in_progress, output_item.added and content_part.added."""
        response = self._response(answer, done=False)
        item = {"id": f"msg_{answer.id}", "type": "message", "status": "in_progress", "role": "assistant"}
        place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
        part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        events: list[dict[str, Any]] = [
            {"type": "response.created", "sequence_number": 0, "response": response},
            {"type": "response.in_progress", "sequence_number": 1, "response": response},
            {
                "type": "response.output_item.added",
                "sequence_number": 2,
                "output_index": 0,
                "item": {**item, "content": []},
            },
            {"type": "response.content_part.added", "sequence_number": 3, **place, "part": part},
        ]
        return b"".join(map(_named, events))

    def delta(self, answer: Answer, number: int) -> bytes:
        """Return one response.output_text.delta."""
        return (
            b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":%d,'
            b'"item_id":"msg_%b","output_index":0,"content_index":0,"delta":%b,"logprobs":[],"obfuscation":"x1Yt3Qw"}\n\n'
            % (number + 4, answer.id.encode(), orjson.dumps(answer.tokens[number]))
        )

    def closing(self, answer: Answer) -> bytes:
        """Return output_text.done, content_part.done, output_item.done and completed with the usage."""
        response = self._response(answer, done=True)
        item, number = response["output"][0], len(answer.tokens) + 4
        place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
        events: list[dict[str, Any]] = [
            {"type": "response.output_text.done", **place, "text": answer.text, "logprobs": []},
            {"type": "response.content_part.done", **place, "part": item["content"][0]},
            {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": response},
        ]
        return b"".join(_named({**event, "sequence_number": number + i}) for i, event in enumerate(events))

    def whole(self, answer: Answer) -> bytes:
        """Return the response object."""
        return orjson.dumps(self._response(answer, done=True))


class Chat:
    """OpenAI Chat Completions, `POST /v1/chat/completions`, which most other vendors speak too."""

    def _chunk(self, answer: Answer, delta: dict[str, Any], finish: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return b"data: %s\n\n" % orjson.dumps(self._object(answer, "chat.completion.chunk", [choice], None))

    def _object(self, answer: Answer, kind: str, choices: list[Any], usage: Any) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{answer.id}",
            "object": kind,
            "created": CREATED,
            "model": answer.model,
            "service_tier": "default",
            "system_fingerprint": "fp_mock",
            "choices": choices,
            "usage": usage,
        }

    def _usage(self, answer: Answer) -> dict[str, int]:
        count = len(answer.tokens)
        total = answer.input_tokens + count
        return {"prompt_tokens": answer.input_tokens, "completion_tokens": count, "total_tokens": total}

    def opening(self, answer: Answer) -> bytes:
        """Return the chunk that names the role."""
        return self._chunk(answer, {"role": "assistant", "content": "", "refusal": None}, None)

    def delta(self, answer: Answer, number: int) -> bytes:
        """Return one chat.completion.chunk."""
        return (
            b'data: {"id":"chatcmpl-%b","object":"chat.completion.chunk","created":%d,"model":"%b",'
            b'"service_tier":"default","system_fingerprint":"fp_mock","choices":[{"index":0,"delta":{"content":%b},'
            b'"logprobs":null,"finish_reason":null}],"usage":null}\n\n'
            % (answer.id.encode(), CREATED, answer.model.encode(), orjson.dumps(answer.tokens[number]))
        )

    def closing(self, answer: Answer) -> bytes:
        """Return the finish reason, the usage and [DONE]."""
        usage = orjson.dumps(self._object(answer, "chat.completion.chunk", [], self._usage(answer)))
        return self._chunk(answer, {}, "stop") + b"data: %s\n\ndata: [DONE]\n\n" % usage

    def whole(self, answer: Answer) -> bytes:
        """Return the chat.completion object."""
        message = {"role": "assistant", "content": answer.text, "refusal": None, "annotations": []}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return orjson.dumps(self._object(answer, "chat.completion", [choice], self._usage(answer)))


class Messages:
    """Anthropic Messages, `POST /v1/messages`."""

    def _message(self, answer: Answer, content: list[Any], stop: str | None, count: int) -> dict[str, Any]:
        return {
            "id": f"msg_{answer.id}",
            "type": "message",
            "role": "assistant",
            "model": answer.model,
            "content": content,
            "stop_reason": stop,
            "stop_sequence": None,
            "usage": {
                "input_tokens": answer.input_tokens,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "output_tokens": count,
                "service_tier": "standard",
            },
        }

    def opening(self, answer: Answer) -> bytes:
        """Return message_start, content_block_start and a ping."""
        block = {"type": "text", "text": ""}
        return (
            _named({"type": "message_start", "message": self._message(answer, [], None, 1)})
            + _named({"type": "content_block_start", "index": 0, "content_block": block})
            + _named({"type": "ping"})
        )

    def delta(self, answer: Answer, number: int) -> bytes:
        """Return one content_block_delta."""
        return (
            b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,'
            b'"delta":{"type":"text_delta","text":%b}}\n\n' % orjson.dumps(answer.tokens[number])
        )

    def closing(self, answer: Answer) -> bytes:
        """Return content_block_stop, message_delta with the usage, and message_stop."""
        delta = {"stop_reason": "end_turn", "stop_sequence": None}
        return (
            _named({"type": "content_block_stop", "index": 0})
            + _named({"type": "message_delta", "delta": delta, "usage": {"output_tokens": len(answer.tokens)}})
            + _named({"type": "message_stop"})
        )

    def whole(self, answer: Answer) -> bytes:
        """Return the message object."""
        content = [{"type": "text", "text": answer.text}]
        return orjson.dumps(self._message(answer, content, "end_turn", len(answer.tokens)))


class Gemini:
    """Gemini generateContent, `POST /v1beta/models/{model}:streamGenerateContent`."""

    def _object(self, answer: Answer, text: str, finish: str | None, count: int) -> dict[str, Any]:
        candidate: dict[str, Any] = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
        if finish:
            candidate["finishReason"] = finish
        total = answer.input_tokens + count
        usage = {"promptTokenCount": answer.input_tokens, "candidatesTokenCount": count, "totalTokenCount": total}
        return {
            "candidates": [candidate],
            "usageMetadata": usage,
            "modelVersion": answer.model,
            "responseId": answer.id,
        }

    def opening(self, answer: Answer) -> bytes:  # noqa: ARG002  (the vendor opens with its first token)
        """Return nothing: the first token is the first event."""
        return b""

    def delta(self, answer: Answer, number: int) -> bytes:
        """Return one candidate with the usage so far, ended by CRLF as the vendor does."""
        count = number + 1
        return (
            b'data: {"candidates":[{"content":{"parts":[{"text":%b}],"role":"model"},"index":0}],"usageMetadata":'
            b'{"promptTokenCount":%d,"candidatesTokenCount":%d,"totalTokenCount":%d},"modelVersion":"%b",'
            b'"responseId":"%b"}\r\n\r\n'
            % (
                orjson.dumps(answer.tokens[number]),
                answer.input_tokens,
                count,
                answer.input_tokens + count,
                answer.model.encode(),
                answer.id.encode(),
            )
        )

    def closing(self, answer: Answer) -> bytes:
        """Return the last chunk: empty text, the finish reason, the usage."""
        return b"data: %s\r\n\r\n" % orjson.dumps(self._object(answer, "", "STOP", len(answer.tokens)))

    def whole(self, answer: Answer) -> bytes:
        """Return the whole reply."""
        return orjson.dumps(self._object(answer, answer.text, "STOP", len(answer.tokens)))
