"""Metrics for Prometheus. Each process has its own registry; every label has few values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0, generate_latest

from trillm.vocabulary.response import Response

BreakerState = Literal["closed", "half-open", "open"]
_BREAKER: dict[str, int] = {"closed": 0, "half-open": 1, "open": 2}
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 90, 120)
_OTHER = "other"
_MAX_ROUTES = 100


class Metrics:
    """Counts what happens. Methods take some microseconds; none belongs on the path of a token.

    `models` are the keys (`provider:model`) that get a label value of their own; all others, which callers may name at
    will, share `other`.
    """

    def __init__(self, models: Iterable[str] = ()) -> None:
        self._models = frozenset(models)
        self._routes: set[str] = set()
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)

        def counter(name: str, text: str, *labels: str) -> Callable[..., Counter]:
            return cache(Counter(f"trillm_{name}", text, labels, registry=registry).labels)

        def histogram(name: str, text: str, *labels: str) -> Callable[..., Histogram]:
            return cache(Histogram(f"trillm_{name}", text, labels, buckets=_SECONDS, registry=registry).labels)

        self._requests = counter("http_requests", "HTTP requests answered.", "route", "status")
        self._request_seconds = histogram("http_request_seconds", "Seconds to the end of an answer.", "route")
        self._queries = counter("queries", "Queries that ended.", "status")
        self._running = Gauge("trillm_queries_running", "Queries that run now.", registry=registry)
        self._answers = counter("answers", "Answers that ended.", "model", "status")
        self._first_token = histogram("first_token_seconds", "Seconds to an answer's first token.", "model")
        self._total = histogram("answer_seconds", "Seconds to an answer's end.", "model")
        self._tokens = counter("tokens", "Tokens that vendors reported.", "model", "direction")
        self._cost = counter("cost_usd", "US dollars, as far as prices are known.", "model")
        self._unpriced = counter("answers_of_unknown_cost", "Answers whose cost is not known.", "model")
        self._cache = counter("cache", "Lookups in the cache.", "result")
        self._retries = counter("retries", "Calls of a vendor that were repeated.", "model")
        self._breaker = Gauge("trillm_breaker", "0 closed, 1 half-open, 2 open.", ("model",), registry=registry)
        self._refused = counter("limits_refused", "Questions refused by a limit.", "type")
        self._flagged = counter("flagged", "Questions that moderation flagged.", "source")
        self._moderation = counter("moderation_failures", "Times moderation could not be asked.", "reason")

    def request(self, route: str | None, status: int, seconds: float) -> None:
        """Count an answered request under its route's template; None: no route matched."""
        route = self._route(route)
        self._requests(route, str(status)).inc()
        self._request_seconds(route).observe(seconds)

    def query_started(self) -> None:
        """Count a query as running."""
        self._running.inc()

    def query_ended(self, status: str) -> None:
        """Count a query as ended with this status."""
        self._running.dec()
        self._queries(status).inc()

    def answer(self, response: Response) -> None:
        """Count an answer that ended, with its times, tokens and cost."""
        model = self._model(response.key)
        self._answers(model, response.status.value).inc()
        if response.first_token_ms is not None:
            self._first_token(model).observe(response.first_token_ms / 1000)
        if response.response_time_ms is not None:
            self._total(model).observe(response.response_time_ms / 1000)
        self._tokens(model, "input").inc(response.usage.input_tokens or 0)
        self._tokens(model, "output").inc(response.usage.output_tokens or 0)
        if response.may_have_cost:
            self._unpriced(model).inc()
        if response.cost_usd is not None:
            self._cost(model).inc(response.cost_usd)

    def cache_lookup(self, result: Literal["hit", "joined", "miss", "failed"]) -> None:
        """Count a lookup; `joined` found the same question in flight, `failed` could not reach the backend."""
        self._cache(result).inc()

    def retry(self, model: str) -> None:
        """Count a call that is repeated."""
        self._retries(self._model(model)).inc()

    def breaker(self, model: str, state: BreakerState) -> None:
        """Show the state of a model's breaker."""
        self._breaker.labels(self._model(model)).set(_BREAKER[state])

    def limit_refused(self, type: str) -> None:
        """Count a refusal by the LimitExceeded type."""
        self._refused(type).inc()

    def flagged(self, source: str) -> None:
        """Count a question that moderation flagged."""
        self._flagged(source).inc()

    def moderation_failed(self, reason: str) -> None:
        """Count a failure of moderation."""
        self._moderation(reason).inc()

    def render(self) -> tuple[bytes, str]:
        """Return the metrics in Prometheus' text format, and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_PLAIN_1_0_0

    def _model(self, key: str) -> str:
        return key if key in self._models else _OTHER

    def _route(self, route: str | None) -> str:
        if route is None or (route not in self._routes and len(self._routes) >= _MAX_ROUTES):
            return _OTHER
        self._routes.add(route)
        return route
