"""Between the vocabulary's values and the rows that keep them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from trillm.storage.types import clean
from trillm.vocabulary.conversation import Followed
from trillm.vocabulary.question import Caller, Feedback, Query, QueryStatus, Question
from trillm.vocabulary.ranking import Judgement, Ranking, Reason
from trillm.vocabulary.response import Failure, Response, ResponseStatus, Scores, Usage
from trillm.vocabulary.synthesis import Sentence, Synthesis


def query_values(query: Query) -> dict[str, Any]:
    """Return the row of a new query, without what only the end knows."""
    question = query.question
    return {
        "id": query.id,
        "question": question.text,
        "category": question.category,
        "follows_query_id": None if question.follows is None else question.follows.query_id,
        "follows_response_id": None if question.follows is None else question.follows.response_id,
        "session_id": query.caller.session_id,
        "ip_address": query.caller.address,
        "created_at": query.created_at,
        "status": query.status.value,
        "options": {
            "models": [clean(model) for model in question.models],
            "reference": None if question.reference is None else clean(question.reference),
            "use_cache": question.use_cache,
            "judge": question.judge,
            "economy": question.economy,
            "synthesize": question.synthesize,
            "synthesizer": question.synthesizer,
        },
        "fingerprint": query.fingerprint,
        "idempotency_key": query.idempotency_key,
        "request_hash": query.request_hash,
        "owner": query.owner,
        "lease_until": query.lease_until,
        "epoch": query.epoch,
        "cached_at": query.cached_at,
        **end_values(query),
    }


def end_values(query: Query) -> dict[str, Any]:
    """Return the part of a query's row that its end writes."""
    ranking = query.ranking
    return {
        "event_id": query.event_id,
        "elapsed_ms": query.elapsed_ms,
        "confidence": None if ranking is None else ranking.confidence,
        "too_close": ranking is not None and ranking.too_close,
        "decided_by": None if ranking is None else ranking.decided_by,
        "why": None if ranking is None else ranking.why,
        "reasons": None if ranking is None else [reason.as_object() for reason in ranking.reasons],
    }


def response_values(response: Response) -> dict[str, Any]:
    """Return what becomes of a response: all of its row that may change."""
    usage, error = response.usage, response.error
    known = [tokens for tokens in (usage.input_tokens, usage.output_tokens) if tokens is not None]
    return {
        "attempt": response.attempt,
        "status": response.status.value,
        "response_text": response.text,
        "tokens_used": sum(known) if known else None,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cached_input_tokens": usage.cached_input_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "response_time_ms": response.response_time_ms,
        "first_token_ms": response.first_token_ms,
        "cost_usd": None if response.cost_usd is None else round(response.cost_usd, 6),
        "error_type": None if error is None else error.type,
        "error_detail": None if error is None else error.detail,
        "retry_at": None if error is None else error.retry_at,
    }


def new_response_values(query: Query, response: Response, created_at: datetime) -> dict[str, Any]:
    """Return the whole row of a response that is not kept yet."""
    return {
        "id": response.id,
        "query_id": query.id,
        "llm_provider": response.provider,
        "model": response.model,
        "created_at": created_at,
        **response_values(response),
        **place_values(query.ranking, response),
    }


def place_values(ranking: Ranking | None, response: Response) -> dict[str, Any]:
    """Return a response's place in the ranking, or what it says of itself when there is no ranking."""
    if ranking is None:
        rank, probability, is_best, scores = response.rank, response.probability, response.is_best, response.scores
    else:
        rank = ranking.order.index(response.id) + 1 if response.id in ranking.order else None
        probability = ranking.probabilities.get(response.id)
        is_best = response.id == ranking.best
        scores = ranking.scores.get(response.id, response.scores)
    return {
        "rank": rank,
        "probability": probability,
        "is_best": is_best,
        "scores": None if scores is None else scores.as_object(),
    }


def judgement_values(judgement: Judgement) -> dict[str, Any]:
    """Return the row of a judgement, without its ids."""
    error = judgement.error
    return {
        "llm_provider": judgement.provider,
        "model": judgement.model,
        "asked_because": judgement.asked_because,
        "status": judgement.status,
        "better": judgement.better,
        "why": judgement.why,
        "caution": judgement.caution,
        "cautions": [reason.as_object() for reason in judgement.cautions],
        "scores": {response_id: scores.as_object() for response_id, scores in judgement.scores.items()},
        "input_tokens": judgement.input_tokens,
        "output_tokens": judgement.output_tokens,
        "cost_usd": None if judgement.cost_usd is None else round(judgement.cost_usd, 6),
        "response_time_ms": judgement.response_time_ms,
        "error_type": None if error is None else error.type,
        "error_detail": None if error is None else error.detail,
        "created_at": judgement.created_at,
    }


def synthesis_values(synthesis: Synthesis) -> dict[str, Any]:
    """Return the row of a synthesis, without its ids and when it was made."""
    made = synthesis.made
    values = response_values(made)
    not_kept = ("attempt", "tokens_used", "cached_input_tokens", "reasoning_tokens", "retry_at")
    return {
        **{name: value for name, value in values.items() if name not in not_kept},
        "llm_provider": made.provider,
        "model": made.model,
        "made_of": list(synthesis.of),
        "sentences": [sentence.as_object() for sentence in synthesis.sentences],
    }


def to_query(
    row: Any, response_rows: Iterable[Any], judgement_rows: Iterable[Any] = (), synthesis_rows: Iterable[Any] = ()
) -> Query:
    """Return the query of a row, of its responses', its judgements' and its syntheses' rows."""
    options = row.options
    responses = [to_response(r) for r in response_rows]
    return Query(
        id=row.id,
        question=Question(
            row.question,
            models=tuple(options["models"]),
            category=row.category,
            reference=options["reference"],
            use_cache=options["use_cache"],
            judge=options.get("judge"),  # queries of the first version have neither
            economy=options.get("economy"),
            follows=_followed(row),
            synthesize=options.get("synthesize", False),  # nor had those of the second version these
            synthesizer=options.get("synthesizer"),
        ),
        caller=Caller(row.session_id, row.ip_address),
        created_at=row.created_at,
        status=QueryStatus(row.status),
        responses=responses,
        ranking=None if row.decided_by is None else _ranking(row, responses),
        judgements=[to_judgement(r) for r in judgement_rows],
        syntheses=[to_synthesis(r) for r in synthesis_rows],
        cached_at=row.cached_at,
        elapsed_ms=row.elapsed_ms,
        fingerprint=row.fingerprint,
        idempotency_key=row.idempotency_key,
        request_hash=row.request_hash,
        owner=row.owner,
        lease_until=row.lease_until,
        epoch=row.epoch,
        event_id=row.event_id,
        pinned=row.pinned,
    )


def to_response(row: Any) -> Response:
    """Return the response of a row."""
    return Response(
        id=row.id,
        provider=row.llm_provider,
        model=row.model,
        attempt=row.attempt,
        status=ResponseStatus(row.status),
        text=row.response_text,
        rank=row.rank,
        is_best=row.is_best,
        probability=row.probability,
        scores=None if row.scores is None else Scores(**row.scores),
        usage=Usage(row.input_tokens, row.output_tokens, row.cached_input_tokens, row.reasoning_tokens),
        cost_usd=row.cost_usd,
        first_token_ms=row.first_token_ms,
        response_time_ms=row.response_time_ms,
        error=None if row.error_type is None else Failure(row.error_type, row.error_detail or "", row.retry_at),
    )


def to_judgement(row: Any) -> Judgement:
    """Return the judgement of a row."""
    return Judgement(
        id=row.id,
        provider=row.llm_provider,
        model=row.model,
        asked_because=row.asked_because,
        status=row.status,
        created_at=row.created_at,
        better=row.better,
        why=row.why,
        caution=row.caution,
        cautions=tuple(Reason(**reason) for reason in row.cautions or ()),
        scores={response_id: Scores(**scores) for response_id, scores in row.scores.items()},
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cost_usd=row.cost_usd,
        response_time_ms=row.response_time_ms,
        error=None if row.error_type is None else Failure(row.error_type, row.error_detail or ""),
    )


def to_synthesis(row: Any) -> Synthesis:
    """Return the synthesis of a row."""
    made = Response(
        id=row.id,
        provider=row.llm_provider,
        model=row.model,
        status=ResponseStatus(row.status),
        text=row.response_text,
        usage=Usage(row.input_tokens, row.output_tokens),
        cost_usd=row.cost_usd,
        first_token_ms=row.first_token_ms,
        response_time_ms=row.response_time_ms,
        error=None if row.error_type is None else Failure(row.error_type, row.error_detail or ""),
    )
    sentences = (Sentence(s["start"], s["end"], tuple(s["supported_by"])) for s in row.sentences)
    return Synthesis(made, tuple(row.made_of), tuple(sentences))


def to_feedback(row: Any) -> Feedback:
    """Return the feedback of a row."""
    return Feedback(
        row.id, row.query_id, row.response_id, row.rating, row.created_at, row.better, row.comment, row.blind
    )


def _followed(row: Any) -> Followed | None:
    known = row.follows_response_id is not None
    return Followed(row.follows_response_id, row.follows_query_id) if known else None


def _ranking(row: Any, responses: list[Response]) -> Ranking:
    ranked = sorted((r.rank, r.id) for r in responses if r.rank is not None)
    return Ranking(
        order=tuple(response_id for _, response_id in ranked),
        probabilities={r.id: r.probability for r in responses if r.probability is not None},
        best=next((r.id for r in responses if r.is_best), None),
        confidence=row.confidence,
        too_close=row.too_close,
        decided_by=row.decided_by,
        why=row.why or "",
        scores={r.id: r.scores for r in responses if r.scores is not None},
        reasons=tuple(Reason(**reason) for reason in row.reasons or ()),
    )
