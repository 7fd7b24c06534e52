/** The service's contract as the page relies on it. Times in milliseconds, costs in USD; null means not known. */

export type ResponseStatus =
  | "pending"
  | "streaming"
  | "complete"
  | "truncated"
  | "refused"
  | "empty"
  | "failed"
  | "timeout"
  | "cancelled";

export type QueryStatus = "running" | "complete" | "partial" | "failed";
export type DecidedBy = "hygiene" | "heuristic" | "criteria" | "learned" | "judge";

export interface Scores {
  relevance: number;
  completeness: number;
  clarity: number;
  accuracy: number;
  total: number;
}

/** One attempt of one model. */
export interface Answer {
  id: string;
  provider: string;
  model: string;
  attempt: number;
  status: ResponseStatus;
  text: string;
  rank: number | null;
  is_best: boolean;
  probability: number | null;
  scores: Scores | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
  first_token_ms: number | null;
  response_time_ms: number | null;
  error: { type: string; detail: string } | null;
}

export type Category = "mathematics" | "code" | "facts" | "writing" | "advice" | "other";

/** One more model that reads the answers twice, in opposite orders and without names. */
export interface JudgeAsked {
  provider: string;
  model: string;
  asked_because: "close" | "asked" | "audit";
}

export interface Judgement extends JudgeAsked {
  /** `undecided`: the two readings did not agree, so neither counts. */
  status: "consistent" | "undecided" | "failed";
  /** The answer that both readings preferred. */
  better: string | null;
  why: string;
  caution: string;
  scores: Record<string, Scores>;
  cost_usd: number | null;
  response_time_ms: number | null;
  error: { type: string; detail: string } | null;
}

export interface Query {
  id: string;
  question: string;
  category: Category | null;
  status: QueryStatus;
  cached_at: string | null;
  best: string | null;
  confidence: number | null;
  too_close: boolean;
  decided_by: DecidedBy | null;
  why: string;
  responses: Answer[];
  judgement: Judgement | null;
  synthesis: { text: string; model: string; cost_usd: number | null } | null;
  cost_usd: number | null;
  elapsed_ms: number | null;
  created_at: string;
}

export interface Ranking {
  order: string[];
  probabilities: Record<string, number>;
  best: string | null;
  confidence: number | null;
  too_close: boolean;
  decided_by: DecidedBy;
  why?: string;
  scores?: Record<string, Scores>;
  provisional: boolean;
}

/** RFC 9457. `retry_after` is the Retry-After field in seconds, added by the client. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  request_id?: string;
  retry_after?: number;
}

export type QueryEvent =
  | { type: "query" | "done"; data: Query }
  | { type: "response.started"; data: Partial<Answer> & { id?: string; response_id?: string } }
  | { type: "response.delta"; data: { response_id: string; text: string } }
  | { type: "response.completed" | "response.failed"; data: Answer }
  | { type: "ranking"; data: Ranking }
  | { type: "judge"; data: Judgement | (JudgeAsked & { status: "asked" }) }
  | { type: "error"; data: Problem };

export interface Model {
  provider: string;
  model: string;
  label: string;
  description: string;
  available: boolean;
  reason: string;
  in_panel: boolean;
  local: boolean;
  input_usd: number | null;
  output_usd: number | null;
  price_date: string | null;
}

export interface ModelList {
  /** No vendor has a key: the tiny embedded model answers. */
  local_only: boolean;
  models: Model[];
}

export interface HistoryPage {
  queries: Query[];
  next_cursor: string | null;
}

export interface QueryRequest {
  question: string;
  models?: string[];
  /** One cheap model first, the others only if its answer is doubtful. Left out: as the server is set. */
  economy?: boolean;
  judge?: JudgePolicy;
}

export type JudgePolicy = "auto" | "always" | "never";

export interface FeedbackRequest {
  query_id: string;
  response_id: string;
  rating: 1 | -1;
  better?: string;
  /** Judged before names and pick were shown. */
  blind?: boolean;
  comment?: string;
}
