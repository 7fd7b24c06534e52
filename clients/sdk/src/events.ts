import type { Answer, DecidedBy, JudgeAsked, Judgement, Problem, Query, Reason, Scores, Synthesis } from "./types.ts";

/** The order so far; `provisional: false` fixes the pick. Maps go by answer id. */
export interface Ranking {
  order: string[];
  probabilities: Record<string, number>;
  best: string | null;
  confidence: number | null;
  too_close: boolean;
  decided_by: DecidedBy;
  why?: string;
  reasons?: Reason[];
  scores?: Record<string, Scores>;
  provisional: boolean;
}

/** What a query's event stream says; OpenAPI 3.1 has no words for a stream, so these stand here. */
export type QueryEvent =
  | { type: "query" | "done"; data: Query }
  | { type: "response.started"; data: Partial<Answer> & { id?: string; response_id?: string } }
  | { type: "response.delta"; data: { response_id: string; text: string } }
  | { type: "response.completed" | "response.failed"; data: Answer }
  | { type: "ranking"; data: Ranking }
  | { type: "judge"; data: Judgement | (JudgeAsked & { status: "asked" }) }
  | { type: "synthesis.started" | "synthesis.completed"; data: Synthesis }
  | { type: "synthesis.delta"; data: { text: string } }
  | { type: "error"; data: Problem };
