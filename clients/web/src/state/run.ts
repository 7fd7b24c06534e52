import type { Answer, JudgeAsked, Problem, Query, QueryEvent, Ranking } from "@trillm/sdk";

/** What the results page knows of one query: the query object, kept current by its events. */
export interface Run {
  query: Query;
  /** The best may still change. */
  provisional: boolean;
  /** The judge that is at work, until the pick is fixed. */
  judging: JudgeAsked | null;
  problem: Problem | null;
}

export const start = (query: Query): Run => ({
  query,
  // the answers are merged after the pick is fixed
  provisional: query.status === "running" && !query.synthesis,
  judging: null,
  problem: null,
});

/** Applies events in order; one pass a window is one render, however many words arrived in it. */
export const applyAll = (run: Run, events: QueryEvent[]): Run => events.reduce(apply, run);

export function apply(run: Run, event: QueryEvent): Run {
  switch (event.type) {
    case "query":
    case "done":
      return start(event.data);
    case "response.started":
      return withAnswer(run, idOf(event.data), (answer) => ({ ...answer, status: "streaming", ...event.data }));
    case "response.delta":
      return withAnswer(run, event.data.response_id, (answer) => ({
        ...answer,
        status: "streaming",
        text: answer.text + event.data.text,
      }));
    case "response.completed":
    case "response.failed":
      return withAnswer(run, event.data.id, (answer) => ({ ...event.data, ...rankingOf(answer, event.data) }));
    case "ranking":
      return {
        ...run,
        provisional: event.data.provisional,
        judging: event.data.provisional ? run.judging : null,
        query: ranked(run.query, event.data),
      };
    case "judge":
      if (event.data.status === "asked") return { ...run, judging: event.data };
      // Its work shows only with the ranking that follows from it.
      return { ...run, query: { ...run.query, judgement: event.data } };
    case "synthesis.started":
    case "synthesis.completed":
      return { ...run, query: { ...run.query, synthesis: event.data } };
    case "synthesis.delta":
      return { ...run, query: { ...run.query, synthesis: grown(run.query, event.data.text) } };
    case "error":
      return { ...run, problem: event.data };
    default:
      return run;
  }
}

const grown = ({ synthesis }: Query, text: string): Query["synthesis"] =>
  synthesis && { ...synthesis, status: "streaming", text: synthesis.text + text };

const idOf = (data: { id?: string; response_id?: string }) => data.id ?? data.response_id ?? "";

/** A final answer may be told before its scores are; what the ranking already said stays. */
function rankingOf(before: Answer, after: Answer): Partial<Answer> {
  return {
    rank: after.rank ?? before.rank,
    is_best: after.is_best || before.is_best,
    probability: after.probability ?? before.probability,
    scores: after.scores ?? before.scores,
  };
}

function withAnswer(run: Run, id: string, change: (answer: Answer) => Answer): Run {
  if (!id) return run;
  const known = run.query.responses.some((answer) => answer.id === id);
  const responses = known ? run.query.responses : [...run.query.responses, blank(id)];
  return {
    ...run,
    query: { ...run.query, responses: responses.map((answer) => (answer.id === id ? change(answer) : answer)) },
  };
}

function ranked(query: Query, ranking: Ranking): Query {
  return {
    ...query,
    best: ranking.best,
    confidence: ranking.confidence,
    too_close: ranking.too_close,
    decided_by: ranking.decided_by,
    why: ranking.why ?? query.why,
    reasons: ranking.reasons ?? [],
    responses: query.responses.map((answer) => {
      const place = ranking.order.indexOf(answer.id);
      return {
        ...answer,
        rank: place < 0 ? answer.rank : place + 1,
        is_best: answer.id === ranking.best,
        probability: ranking.probabilities[answer.id] ?? answer.probability,
        scores: ranking.scores?.[answer.id] ?? answer.scores,
      };
    }),
  };
}

/** An answer of which only the id is known yet. */
export function blank(id: string): Answer {
  return {
    id,
    provider: "",
    model: "",
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
  };
}

export const keyOf = (answer: { provider: string; model: string }) => `${answer.provider}:${answer.model}`;
export const isFinal = (answer: Answer) => answer.status !== "pending" && answer.status !== "streaming";

/** The newest attempt of each member. */
export const newest = (panel: Answer[][]): Answer[] => panel.flatMap((attempts) => attempts.slice(-1));

/** The one answer of a query that has no other, not even an earlier attempt. */
export const lone = ({ responses }: Query): Answer | undefined => (responses.length === 1 ? responses[0] : undefined);

/** Who stands at the head: the pick or, once it is known to be too close to call, the pick and the one next to it. */
export function leaders(run: Run): Answer[] {
  const { query, provisional, judging } = run;
  const only = lone(query);
  if (only?.text) return [only];
  const best = query.responses.find((answer) => answer.id === query.best);
  if (!best) return [];
  const next = newest(members(query))
    .filter((answer) => answer !== best && answer.text && answer.probability !== null)
    .sort((a, b) => (b.probability ?? 0) - (a.probability ?? 0))[0];
  return next && query.too_close && (!provisional || judging) ? [best, next] : [best];
}

/** The members of the panel in their order, each with its attempts, oldest first. */
export function members(query: Query): Answer[][] {
  const groups = new Map<string, Answer[]>();
  for (const answer of query.responses) {
    const key = keyOf(answer);
    groups.set(key, [...(groups.get(key) ?? []), answer]);
  }
  return [...groups.values()].map((attempts) => attempts.sort((a, b) => a.attempt - b.attempt));
}
