export type { paths } from "./api.ts";
export { type Client, createClient, type HistoryPlace, type Options, requestKey } from "./client.ts";
export type { QueryEvent, Ranking } from "./events.ts";
export { ProblemError, problemOf, retryAfter } from "./problem.ts";
export { backoff, type Follower, follow, type Stream } from "./stream.ts";
export type * from "./types.ts";
