import type { FeedbackRequest, HistoryPage, ModelList, Problem, Query, QueryRequest } from "./types.ts";

/** A request that the service answered with a problem document, or that never reached it (`status` 0). */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
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

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { accept: "application/json", ...(init.headers as Record<string, string> | undefined) };
  const reply = await fetch(path, { ...init, headers }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ProblemError({ type: "offline", title: "The service cannot be reached", status: 0 });
  });
  if (!reply.ok) throw new ProblemError(await problemOf(reply));
  return reply;
}

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const reply = await send(path, signal ? { signal } : {});
  return (await reply.json()) as T;
}

function post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Response> {
  return send(path, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": requestKey(), ...headers },
    body: JSON.stringify(body),
  });
}

/** `crypto.randomUUID` exists in secure contexts only; over plain HTTP in a local network it is made here. */
export function requestKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const at = (id: string) => `/api/query/${encodeURIComponent(id)}`;

/**
 * Asks and returns the id of the accepted query; the answers are followed elsewhere.
 * The same `key` for the same question is the same query, however often it is sent.
 */
export async function ask(request: QueryRequest, key: string): Promise<string> {
  const reply = await post("/api/query", request, { prefer: "respond-async", "idempotency-key": key });
  const location = reply.headers.get("location");
  const id = location?.split("/").pop();
  if (!id) throw new ProblemError({ type: "about:blank", title: "The service named no query", status: reply.status });
  return id;
}

export const fetchQuery = (id: string, signal?: AbortSignal) => get<Query>(at(id), signal);
export const fetchModels = (signal?: AbortSignal) => get<ModelList>("/api/models", signal);
export const cancelQuery = (id: string) => post(`${at(id)}/cancel`);
export const retryAnswer = (id: string, answer: string) =>
  post(`${at(id)}/responses/${encodeURIComponent(answer)}/retry`);
export const deleteQuery = (id: string) => send(at(id), { method: "DELETE" });
export const sendFeedback = (feedback: FeedbackRequest) => post("/api/feedback", feedback);

export function fetchHistory(options: { search?: string; cursor?: string; limit?: number }, signal?: AbortSignal) {
  const parameters = new URLSearchParams();
  if (options.search) parameters.set("search", options.search);
  if (options.cursor) parameters.set("cursor", options.cursor);
  if (options.limit) parameters.set("limit", String(options.limit));
  return get<HistoryPage>(`/api/history?${parameters}`, signal);
}
