import type { Answer, Query } from "../src/api/types.ts";

export function answer(id: string, given: Partial<Answer> = {}): Answer {
  return {
    id,
    provider: "vendor",
    model: id,
    attempt: 1,
    status: "pending",
    text: "",
    rank: null,
    is_best: false,
    probability: null,
    scores: null,
    input_tokens: null,
    output_tokens: null,
    cost_usd: null,
    first_token_ms: null,
    response_time_ms: null,
    error: null,
    ...given,
  };
}

export function query(given: Partial<Query> = {}): Query {
  return {
    id: "q",
    question: "Why?",
    category: null,
    status: "running",
    cached_at: null,
    best: null,
    confidence: null,
    too_close: false,
    decided_by: null,
    why: "",
    responses: [answer("a"), answer("b")],
    synthesis: null,
    cost_usd: null,
    elapsed_ms: null,
    created_at: "2026-11-22T12:00:00.000Z",
    ...given,
  };
}
