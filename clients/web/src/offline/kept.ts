import type { HistoryModels, HistoryPage, HistoryPlace, ModelList, Query, QueryChange } from "@trillm/sdk";
import { ProblemError } from "@trillm/sdk";
import { service } from "../api/client.ts";
import { useReach } from "../state/reach.ts";

const CACHE = "trillm-kept";
const MODELS = "/api/models";
/** The finished questions that this browser saw last; a hundred with three long answers each take some 3 MB. */
const MOST = 100;

/** The query as the service has it, or as it was last seen here while the service is out of reach. */
export async function readQuery(id: string, signal?: AbortSignal): Promise<Query> {
  try {
    const query = await orKept(service.query(id, signal), () => find<Query>(at(id)));
    void keep([query]);
    return query;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 404) void forget(id);
    throw error;
  }
}

/** A page of the history, or all that is kept here in one page while the service is out of reach. */
export async function readHistory(wanted: HistoryPlace, signal?: AbortSignal): Promise<HistoryPage> {
  const page = await orKept(service.history(wanted, signal), async () => {
    const [kept, { matches }] = await Promise.all([all(), import("./matches.ts")]);
    const queries = kept.filter((query) => matches(query, wanted)).slice(0, MOST);
    return kept.length > 0 ? { queries, next_cursor: null } : null;
  });
  void keep(page.queries);
  return page;
}

/** The models that this browser's questions went to, or those of the questions kept here. */
export function readHistoryModels(signal?: AbortSignal): Promise<HistoryModels> {
  return orKept(service.historyModels(signal), async () => {
    const [kept, { askedIn }] = await Promise.all([all(), import("./matches.ts")]);
    return { models: askedIn(kept) };
  });
}

/** The models of the service; out of reach, those that it had last, so that answers keep their models' names. */
export async function readModels(signal?: AbortSignal): Promise<ModelList> {
  const models = await orKept(service.models(signal), () => find<ModelList>(MODELS));
  void put(MODELS, models);
  return models;
}

async function orKept<T>(asked: Promise<T>, kept: () => Promise<T | null>): Promise<T> {
  const { reached } = useReach.getState();
  try {
    const told = await asked;
    reached(true);
    return told;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.status !== 0) throw error;
    reached(false);
    const found = await kept();
    if (found === null) throw error;
    return found;
  }
}

/** Keeps what has ended; the oldest go when there are too many. What cannot be kept is only missing offline. */
export async function keep(queries: Query[]): Promise<void> {
  const ended = queries.filter((query) => query.status !== "running");
  for (const query of ended.reverse()) await put(at(query.id), query);
  const cache = ended.length > 0 ? await open() : null;
  const kept = (await cache?.keys()) ?? [];
  await Promise.all(kept.slice(0, -MOST).map((request) => cache?.delete(request)));
}

async function put(address: string, told: Query | ModelList): Promise<void> {
  if (!useReach.getState().reachable) return;
  try {
    await (await open())?.put(address, Response.json(told));
  } catch (error) {
    console.warn("not kept for offline", error);
  }
}

/** Pins the query or throws it away, there and here, or takes that back. */
export async function changeQuery(id: string, change: QueryChange): Promise<void> {
  const query = await service.change(id, change);
  await (change.discarded ? forget(id) : keep([query]));
}

/** The ids of the questions that open with no network. */
export async function keptIds(): Promise<Set<string>> {
  return new Set((await all()).map((query) => query.id));
}

async function forget(id: string): Promise<void> {
  await (await open())?.delete(at(id));
}

async function find<T>(address: string): Promise<T | null> {
  const found = await (await open())?.match(address);
  return found ? ((await found.json()) as T) : null;
}

async function all(): Promise<Query[]> {
  const cache = await open();
  const found = (await cache?.matchAll()) ?? [];
  const kept: (Query | ModelList)[] = await Promise.all(found.map((reply) => reply.json()));
  return kept.filter((one) => "question" in one).sort((one, other) => other.created_at.localeCompare(one.created_at));
}

const at = (id: string) => `/api/query/${encodeURIComponent(id)}`;
/** Browsers keep things for pages of TLS and of this machine only. */
const open = async () => (typeof caches === "undefined" ? null : caches.open(CACHE));
