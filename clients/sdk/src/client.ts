import type { paths } from "./api.ts";
import { createHttp } from "./http.ts";
import type { Stream } from "./stream.ts";
import type {
  ClaimMap,
  Dashboard,
  Feedback,
  FeedbackRequest,
  Health,
  HistoryModels,
  HistoryPage,
  ModelList,
  Plans,
  Query,
  QueryChange,
  QueryRequest,
  Share,
  Shared,
  Stats,
  Transcription,
} from "./types.ts";

export interface Options {
  /** Where the service is, such as `http://127.0.0.1:8000`; left out: where the page came from. */
  baseUrl?: string;
  /** Sent with every request, such as `X-Session-ID`, which owns the questions where there is no cookie. */
  headers?: Record<string, string>;
}

export type HistoryPlace = NonNullable<paths["/api/history"]["get"]["parameters"]["query"]>;
export type Client = ReturnType<typeof createClient>;

/** The doors of the service as functions. Each throws ProblemError when it is refused or cannot be reached. */
export function createClient({ baseUrl = "", headers = {} }: Options = {}) {
  const http = createHttp(baseUrl, headers);
  const of = (id: string) => ({ path: { query_id: id } });
  return {
    /** Asks; the accepted query comes back at once. The same key with the same question is one query. */
    ask: (body: QueryRequest, key = requestKey()) =>
      bodyOf<Query>(
        http.POST("/api/query", { body, params: { header: { "Idempotency-Key": key, prefer: "respond-async" } } }),
      ),
    /** The query as it stands. */
    query: (id: string, signal?: AbortSignal) =>
      bodyOf<Query>(http.GET("/api/query/{query_id}", { params: of(id), ...within(signal) })),
    /** What the complete answers agree on and contest; nothing while models answer. */
    claims: (id: string, signal?: AbortSignal) =>
      bodyOf<ClaimMap>(http.GET("/api/query/{query_id}/claims", { params: of(id), ...within(signal) })),
    /** Where `follow` finds the query's events. */
    events: (id: string): Stream => ({ url: `${baseUrl}/api/query/${encodeURIComponent(id)}`, headers }),
    /** Stops the models that still answer; what arrived is kept. */
    cancel: (id: string) => bodyOf<Query>(http.POST("/api/query/{query_id}/cancel", { params: of(id) })),
    /** Stops one model; the others go on. */
    cancelAnswer: (id: string, answer: string) =>
      bodyOf<Query>(
        http.POST("/api/query/{query_id}/responses/{response_id}/cancel", {
          params: { path: { query_id: id, response_id: answer } },
        }),
      ),
    /** Asks one model again as a further attempt. */
    retry: (id: string, answer: string, key = requestKey()) =>
      bodyOf<Query>(
        http.POST("/api/query/{query_id}/responses/{response_id}/retry", {
          params: { path: { query_id: id, response_id: answer }, header: { "Idempotency-Key": key } },
        }),
      ),
    /** Has one model make one text of the answers of a query that has ended; what it made of them before comes back. */
    merge: (id: string, model?: string, key = requestKey()) =>
      bodyOf<Query>(
        http.POST("/api/query/{query_id}/synthesis", {
          body: model === undefined ? {} : { model },
          params: { ...of(id), header: { "Idempotency-Key": key } },
        }),
      ),
    /** Pins a query or throws it away, or takes that back: what is thrown away can be fetched back for two minutes. */
    change: (id: string, body: QueryChange) =>
      bodyOf<Query>(http.PATCH("/api/query/{query_id}", { body, params: of(id) })),
    /** Deletes the query for good. */
    remove: async (id: string): Promise<void> => void (await http.DELETE("/api/query/{query_id}", { params: of(id) })),
    /** Freezes a finished query of this session's behind a link that only reads, until it is revoked or until then. */
    share: (id: string, expiresAt: string | null = null) =>
      bodyOf<Share>(http.POST("/api/query/{query_id}/shares", { params: of(id), body: { expires_at: expiresAt } })),
    /** The links to a query that are neither revoked nor expired, newest first. */
    shares: async (id: string, signal?: AbortSignal): Promise<Share[]> =>
      (
        await bodyOf<{ shares: Share[] }>(
          http.GET("/api/query/{query_id}/shares", { params: of(id), ...within(signal) }),
        )
      ).shares,
    /** What a link shows. */
    shared: (share: string, signal?: AbortSignal) =>
      bodyOf<Shared>(http.GET("/api/shares/{share_id}", { params: { path: { share_id: share } }, ...within(signal) })),
    /** What the answers that a link shows agree on and contest. */
    sharedClaims: (share: string, signal?: AbortSignal) =>
      bodyOf<ClaimMap>(
        http.GET("/api/shares/{share_id}/claims", { params: { path: { share_id: share } }, ...within(signal) }),
      ),
    /** Ends a link; what it showed is deleted. */
    revoke: async (share: string): Promise<void> =>
      void (await http.DELETE("/api/shares/{share_id}", { params: { path: { share_id: share } } })),
    /** The models that this session's queries went to. */
    historyModels: (signal?: AbortSignal) => bodyOf<HistoryModels>(http.GET("/api/history/models", within(signal))),
    /** This session's queries, newest first. */
    history: (place: HistoryPlace = {}, signal?: AbortSignal) =>
      bodyOf<HistoryPage>(http.GET("/api/history", { params: { query: place }, ...within(signal) })),
    /** Keeps what a person thinks of an answer. */
    feedback: (body: FeedbackRequest) => bodyOf<Feedback>(http.POST("/api/feedback", { body })),
    /** Writes down what is said in a recording of about a minute at most; empty where nothing was heard. */
    transcribe: (audio: Blob) =>
      bodyOf<Transcription>(http.POST("/api/transcriptions", { body: audio as unknown as string })),
    /** What can answer now, with capability, price and its date. */
    models: (signal?: AbortSignal) => bodyOf<ModelList>(http.GET("/api/models", within(signal))),
    /** Totals of the last days: wins, latency, cost, votes. */
    stats: (days = 30, signal?: AbortSignal) =>
      bodyOf<Stats>(http.GET("/api/stats", { params: { query: { days } }, ...within(signal) })),
    /** This session's own numbers of the last days. */
    dashboard: (days: Dashboard["days"] = 30, signal?: AbortSignal) =>
      bodyOf<Dashboard>(http.GET("/api/dashboard", { params: { query: { days } }, ...within(signal) })),
    /** The plans, and whether anything is charged here. */
    plans: (signal?: AbortSignal) => bodyOf<Plans>(http.GET("/api/plans", within(signal))),
    /** Whether the service can accept a question. */
    health: (signal?: AbortSignal) => bodyOf<Health>(http.GET("/api/health", within(signal))),
  };
}

/** Whatever is no success has been thrown by then. `T` is named, as openapi-fetch's own drops what is always null. */
async function bodyOf<T>(reply: Promise<{ data?: unknown }>): Promise<T> {
  return (await reply).data as T;
}

const within = (signal: AbortSignal | undefined) => (signal ? { signal } : {});

/** `crypto.randomUUID` exists in secure contexts only; over plain HTTP in a local network it is made here. */
export function requestKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
