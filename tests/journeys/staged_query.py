"""A query on a stage: the browser's page follows it as it follows the service, and the test says what happens next."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Page

QUERY_ID = "019ab000-0000-7000-8000-000000000001"
SCORES = {"relevance": 91.0, "completeness": 78.0, "clarity": 88.0, "accuracy": 70.0, "total": 84.4}
NAMES = {
    "terra": ("openai", "gpt-6.1-terra"),
    "flash": ("gemini", "gemini-3.8-flash"),
    "sonnet": ("anthropic", "claude-sonnet-5-5"),
}
TEXTS = {
    "terra": "Streams, unless the client talks back.\n\n- They are plain HTTP.\n- They come back by themselves.",
    "flash": "It depends on who talks. When both do at once, sockets pay.",
    "sonnet": "Sockets.",
}
JUDGE = {"provider": "mistral", "model": "mistral-large-3", "asked_because": "close"}


def response(name: str, **given: Any) -> dict[str, Any]:
    """A complete response; its id is the short name of its model."""
    provider, model = NAMES[name]
    figures = {"input_tokens": 30, "output_tokens": 60, "cost_usd": 0.0012, "first_token_ms": 310.0}
    return {
        "id": name,
        "provider": provider,
        "model": model,
        "attempt": 1,
        "status": "complete",
        "text": TEXTS[name],
        "rank": None,
        "is_best": False,
        "probability": None,
        "scores": SCORES,
        "response_time_ms": 2400.0,
        "error": None,
        **figures,
        **given,
    }


def query(*responses: dict[str, Any], **given: Any) -> dict[str, Any]:
    """A query object; the responses stand in the panel's order."""
    return {
        "id": QUERY_ID,
        "question": "Server-sent events or WebSockets for streaming text?",
        "follows": None,
        "category": "advice",
        "status": "running",
        "cached_at": None,
        "best": None,
        "confidence": None,
        "too_close": False,
        "decided_by": None,
        "why": "",
        "reasons": [],
        "responses": list(responses) or [response(name) for name in NAMES],
        "judgement": None,
        "synthesis": None,
        "cost_usd": 0.0036,
        "elapsed_ms": 2600.0,
        "pinned": False,
        "created_at": "2026-11-22T12:00:00.000Z",
    } | given


def ranking(provisional: bool, **chances: float) -> dict[str, Any]:
    """A ranking by these probabilities; close when nobody has more than .55."""
    order = sorted(chances, key=lambda name: -chances[name])
    sure = chances[order[0]]
    return {
        "order": order,
        "probabilities": chances,
        "best": order[0],
        "confidence": sure,
        "too_close": sure < 0.55,
        "decided_by": "learned",
        "why": "It says more about it.",
        "scores": dict.fromkeys(order, SCORES),
        "provisional": provisional,
    }


def ranked(told: dict[str, Any], **given: Any) -> dict[str, Any]:
    """The query object at the end of a ranking."""
    order, chances = told["order"], told["probabilities"]
    responses = [
        response(name, rank=order.index(name) + 1, is_best=name == told["best"], probability=chances[name])
        for name in NAMES
        if name in order
    ]
    kept = {name: told[name] for name in ("best", "confidence", "too_close", "decided_by", "why")}
    return query(*responses, **kept, **{"status": "complete", **given})


def judgement(**given: Any) -> dict[str, Any]:
    """What the judge said: by default, that the second one is better."""
    said = {"status": "consistent", "better": "flash", "why": "It says when each of the two pays."}
    figures = {"input_tokens": 900, "output_tokens": 80, "cost_usd": 0.0042, "response_time_ms": 2100.0}
    return {**JUDGE, **said, "caution": "", "cautions": [], "scores": {}, "error": None, **figures, **given}


class StagedQuery:
    """Serves one query; `tell` sends an event to whoever follows it, `said` are the judgements that it was sent."""

    def __init__(self, first: dict[str, Any]) -> None:
        self.first = first
        self.said: list[dict[str, Any]] = []
        self.cuts = 0
        """How often the stream is still cut after what it told last."""
        self._told: list[bytes] = []
        self._news = threading.Condition()
        self._closed = False
        stage = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                streams = "text/event-stream" in self.headers["accept"]
                stage._stream(self) if streams else stage._reply(self, 200, stage.first)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                stage.said.append(json.loads(body))
                stage._reply(self, 201, {"id": "f"})

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def tell(self, kind: str, data: dict[str, Any]) -> None:
        """Send an event; `done` ends the stream."""
        with self._news:
            block = f"id: {len(self._told) + 1}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"
            self._told.append(block.encode())
            self._closed = self._closed or kind == "done"
            self.first = data if kind == "done" else self.first
            self._news.notify_all()

    def show(self, page: Page, address: str) -> None:
        """Open the results page of this query at the server's address."""
        root = f"http://127.0.0.1:{self._server.server_port}"
        for path in ("query/*", "feedback"):
            page.route(f"**/api/{path}", lambda route: route.continue_(url=root))
        page.goto(f"{address}/results/{QUERY_ID}")

    def close(self) -> None:
        """End every stream and the server."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        self._server.shutdown()
        self._server.server_close()

    def _stream(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.end_headers()
        place = int(handler.headers.get("last-event-id") or 0)
        while True:
            with self._news:
                while not self._closed and len(self._told) == place:
                    self._news.wait()
                blocks, place = self._told[place:], len(self._told)
            if not blocks:
                return
            handler.wfile.write(b"".join(blocks))
            if self.cuts:
                self.cuts -= 1
                return

    def _reply(self, handler: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)
