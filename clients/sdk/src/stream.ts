import { createParser, type EventSourceMessage } from "eventsource-parser";
import type { QueryEvent } from "./events.ts";
import { ProblemError, problemOf } from "./problem.ts";
import type { Query } from "./types.ts";

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 15_000;
/** The service comments every 15 s; three missed ones mean a dead connection that nobody closed. */
const SILENCE_MS = 50_000;

/** Where a query's events are, and what is sent to be let in; `events` of a client names it. */
export interface Stream {
  url: string;
  headers?: Record<string, string>;
}

export interface Follower {
  onEvent?(event: QueryEvent): void;
  /** All events that were there are told. What comes until this resolves is read at once then. */
  onPause?(): Promise<void>;
  onConnection?(state: "live" | "reconnecting"): void;
  signal?: AbortSignal;
  /** The wait before the next try, in milliseconds. Given in tests only. */
  wait?: (attempt: number) => number;
}

/** Exponential backoff with full jitter: after an outage the browsers do not all come back at once. */
export const backoff = (attempt: number) => Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);

/**
 * Follows a query's events until `done`, over any number of cuts, continuing after the last event read, and
 * returns the finished query; null when nobody listens any more (`signal`). A reply of the 400s is final and
 * thrown as ProblemError (except 408 and 429); everything else is tried again.
 */
export async function follow(stream: Stream, follower: Follower = {}): Promise<Query | null> {
  const { signal = new AbortController().signal, wait = backoff } = follower;
  let lastId = "";
  for (let attempt = 0; !signal.aborted; attempt++) {
    let pause = wait(attempt);
    try {
      const reply = await connect(stream, lastId, signal);
      if (reply.ok && reply.body) {
        follower.onConnection?.("live");
        for await (const told of events(reply.body, signal)) {
          for (const { id, event } of told) {
            if (id) lastId = id;
            attempt = 0;
            follower.onEvent?.(event);
            if (event.type === "done") return event.data;
          }
          await follower.onPause?.();
        }
      } else {
        const problem = await problemOf(reply);
        if (isFatal(reply.status)) throw new ProblemError(problem);
        pause = Math.max(pause, (problem.retry_after ?? 0) * 1000);
      }
    } catch (error) {
      if (signal.aborted) break;
      if (error instanceof ProblemError) throw error;
    }
    if (signal.aborted) break;
    follower.onConnection?.("reconnecting");
    await sleep(pause, signal);
  }
  return null;
}

function connect({ url, headers }: Stream, lastId: string, signal: AbortSignal): Promise<Response> {
  const sent = { ...headers, accept: "text/event-stream", ...(lastId && { "last-event-id": lastId }) };
  return fetch(url, { headers: sent, signal, cache: "no-store" });
}

const isFatal = (status: number) => status >= 400 && status < 500 && status !== 408 && status !== 429;

/** The events of each read. */
async function* events(body: ReadableStream<Uint8Array>, signal: AbortSignal) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const messages: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => messages.push(message) });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => void reader.cancel().catch(() => undefined);
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(stop, SILENCE_MS);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    while (true) {
      watch();
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      parser.feed(decoder.decode(value, { stream: true }));
      yield messages.splice(0).flatMap(({ id, event: type, data }) => {
        const event = parse(type, data);
        return event ? [{ id, event }] : [];
      });
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/** An event that is not of the contract (a proxy's, a later version's) is passed over. */
function parse(type: string | undefined, data: string): QueryEvent | null {
  try {
    return type ? ({ type, data: JSON.parse(data) } as QueryEvent) : null;
  } catch {
    return null;
  }
}

/** Waits, but not longer than until the network is back or nobody listens any more. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      globalThis.removeEventListener?.("online", wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    signal.addEventListener("abort", wake, { once: true });
    globalThis.addEventListener?.("online", wake, { once: true });
  });
}
