import type { Answer, Query } from "@trillm/sdk";
import { blank } from "../src/state/run.ts";

export const answer = (id: string, given: Partial<Answer> = {}): Answer => ({
  ...blank(id),
  provider: "vendor",
  model: id,
  ...given,
});

export function query(given: Partial<Query> = {}): Query {
  return {
    id: "q",
    question: "Why?",
    follows: null,
    category: null,
    status: "running",
    cached_at: null,
    best: null,
    confidence: null,
    too_close: false,
    decided_by: null,
    why: "",
    reasons: [],
    responses: [answer("a"), answer("b")],
    judgement: null,
    synthesis: null,
    cost_usd: null,
    elapsed_ms: null,
    pinned: false,
    created_at: "2026-11-22T12:00:00.000Z",
    ...given,
  };
}
