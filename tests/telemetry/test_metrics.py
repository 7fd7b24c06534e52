"""Metrics for Prometheus."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from trillm.telemetry.metrics import Metrics
from trillm.vocabulary.response import Response, ResponseStatus, Usage

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(metrics: Metrics) -> Samples:
    body, _ = metrics.render()
    families = text_string_to_metric_families(body.decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return samples(metrics)[name, tuple(sorted(labels.items()))]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(["openai:a", "local:b"])


def answer(model: str = "a", cost: float | None = 0.25) -> Response:
    usage = Usage(input_tokens=10, output_tokens=20)
    return Response("r", "openai", model, 1, ResponseStatus.COMPLETE, "text", usage=usage, cost_usd=cost)


def test_an_answer_counts_with_its_times_tokens_and_cost(metrics: Metrics) -> None:
    response = answer()
    response.first_token_ms, response.response_time_ms = 300.0, 2500.0
    metrics.answer(response)
    assert value(metrics, "trillm_answers_total", model="openai:a", status="complete") == 1
    assert value(metrics, "trillm_first_token_seconds_sum", model="openai:a") == pytest.approx(0.3)
    assert value(metrics, "trillm_answer_seconds_bucket", model="openai:a", le="2.0") == 0
    assert value(metrics, "trillm_answer_seconds_bucket", model="openai:a", le="4.0") == 1
    assert value(metrics, "trillm_tokens_total", model="openai:a", direction="input") == 10
    assert value(metrics, "trillm_tokens_total", model="openai:a", direction="output") == 20
    assert value(metrics, "trillm_cost_usd_total", model="openai:a") == 0.25


def test_an_unknown_cost_is_counted_as_unknown_and_not_as_nothing(metrics: Metrics) -> None:
    metrics.answer(answer(cost=None))
    assert value(metrics, "trillm_answers_of_unknown_cost_total", model="openai:a") == 1
    assert not any(name == "trillm_cost_usd_total" for name, _ in samples(metrics))


def test_models_that_callers_invent_share_one_label(metrics: Metrics) -> None:
    for n in range(1000):
        metrics.answer(answer(f"invented-{n}"))
        metrics.retry(f"x:{n}")
        metrics.breaker(f"x:{n}", "open")
    models = {dict(labels).get("model") for _, labels in samples(metrics)} - {None}
    assert models == {"other"}
    assert value(metrics, "trillm_answers_total", model="other", status="complete") == 1000


def test_paths_that_callers_invent_do_not_grow_the_metrics_without_end(metrics: Metrics) -> None:
    metrics.request("/api/query", 200, 0.1)
    metrics.request(None, 404, 0.1)
    for n in range(1000):
        metrics.request(f"/{n}", 404, 0.1)
    metrics.request("/api/query", 503, 0.1)
    routes = {dict(labels).get("route") for _, labels in samples(metrics)} - {None}
    assert len(routes) == 101
    assert value(metrics, "trillm_http_requests_total", route="/api/query", status="503") == 1
    assert value(metrics, "trillm_http_requests_total", route="other", status="404") > 900


def test_queries_count_while_they_run_and_when_they_end(metrics: Metrics) -> None:
    metrics.query_started()
    metrics.query_started()
    metrics.query_ended("partial")
    assert value(metrics, "trillm_queries_running") == 1
    assert value(metrics, "trillm_queries_total", status="partial") == 1


def test_cache_retries_breaker_limits_and_moderation_are_counted(metrics: Metrics) -> None:
    metrics.cache_lookup("hit")
    metrics.retry("local:b")
    metrics.breaker("local:b", "half-open")
    metrics.limit_refused("budget-exceeded")
    metrics.moderation_failed("timeout")
    metrics.flagged("rules")
    assert value(metrics, "trillm_cache_total", result="hit") == 1
    assert value(metrics, "trillm_retries_total", model="local:b") == 1
    assert value(metrics, "trillm_breaker", model="local:b") == 1
    assert value(metrics, "trillm_limits_refused_total", type="budget-exceeded") == 1
    assert value(metrics, "trillm_moderation_failures_total", reason="timeout") == 1
    assert value(metrics, "trillm_flagged_total", source="rules") == 1


def test_two_instances_share_nothing(metrics: Metrics) -> None:
    metrics.cache_lookup("miss")
    assert not any(name == "trillm_cache_total" for name, _ in samples(Metrics()))


def test_the_text_says_what_it_is_and_how_much_memory_the_process_takes(metrics: Metrics) -> None:
    body, content_type = metrics.render()
    assert content_type.startswith("text/plain; version=1.0.0")
    assert b"process_resident_memory_bytes" in body
