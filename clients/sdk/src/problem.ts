import type { Problem } from "./types.ts";

/** A request that the service answered with a problem document, or that never reached it (`status` 0). */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
    this.problem = problem;
  }
}

/** Reads a failed reply; a body that is no problem document (a proxy's page) becomes one. */
export async function problemOf(reply: Response): Promise<Problem> {
  const fallback: Problem = {
    type: "about:blank",
    title: `The service answered ${reply.status}`,
    status: reply.status,
  };
  const body: unknown = await reply.json().catch(() => null);
  const problem = { ...fallback, ...(typeof body === "object" ? body : null) };
  const wait = retryAfter(reply.headers.get("retry-after"));
  return wait === null ? problem : { ...problem, retry_after: wait };
}

/** Retry-After in seconds, from either of its two forms. */
export function retryAfter(value: string | null, now = Date.now()): number | null {
  if (!value) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}
