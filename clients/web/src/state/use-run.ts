import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Problem, Query, QueryEvent } from "@trillm/sdk";
import { follow, ProblemError } from "@trillm/sdk";
import { useCallback, useEffect, useReducer } from "react";
import { service } from "../api/client.ts";
import { JUST_NOW_MS } from "../offline/early.ts";
import { keep, readQuery } from "../offline/kept.ts";
import { applyAll, type Run, start } from "./run.ts";

export type Connection = "idle" | "live" | "reconnecting";

interface State {
  run: Run | null;
  connection: Connection;
  problem: Problem | null;
}

type Action =
  | { kind: "loaded" | "changed"; run: Run }
  | { kind: "events"; events: QueryEvent[] }
  | { kind: "connection"; connection: Connection }
  | { kind: "problem"; problem: Problem };

function reduce(state: State, action: Action): State {
  switch (action.kind) {
    case "loaded":
    case "changed":
      return { ...state, run: action.run, problem: null };
    case "events":
      return state.run ? { ...state, run: applyAll(state.run, action.events) } : state;
    case "connection":
      return { ...state, connection: action.connection };
    case "problem":
      return { ...state, problem: action.problem };
  }
}

/** One query, loaded and then followed live while it runs. `reload` looks again, after a retry for instance. */
export function useRun(id: string) {
  const client = useQueryClient();
  const [state, dispatch] = useReducer(reduce, id, (id): State => {
    // What is there already is drawn at once.
    const known = client.getQueryData<Query>(["query", id]);
    return { run: known ? start(known) : null, connection: "idle", problem: null };
  });
  const loaded = useQuery({
    queryKey: ["query", id],
    queryFn: ({ signal }) => readQuery(id, signal),
    staleTime: JUST_NOW_MS,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const { data, dataUpdatedAt } = loaded;

  // biome-ignore lint/correctness/useExhaustiveDependencies: dataUpdatedAt tells a reload with equal data from a render
  useEffect(() => {
    if (!data) return;
    dispatch({ kind: "loaded", run: start(data) });
    if (data.status !== "running") return;
    const leaving = new AbortController();
    const batch = windows((events) => {
      dispatch({ kind: "events", events });
      const last = events.find((event) => event.type === "done");
      if (last?.type !== "done") return;
      client.setQueryData(["query", id], last.data);
      void keep([last.data]);
      void client.invalidateQueries({ queryKey: ["history"] });
    });
    follow(service.events(id), {
      signal: leaving.signal,
      onEvent: batch.push,
      onConnection: (connection) => dispatch({ kind: "connection", connection }),
    })
      .then(() => !leaving.signal.aborted && dispatch({ kind: "connection", connection: "idle" }))
      .catch((error: unknown) => {
        if (error instanceof ProblemError) dispatch({ kind: "problem", problem: error.problem });
      });
    return () => {
      leaving.abort();
      batch.stop();
    };
  }, [client, id, data, dataUpdatedAt]);

  const reload = useCallback(() => client.invalidateQueries({ queryKey: ["query", id] }), [client, id]);
  const failure = loaded.error instanceof ProblemError ? loaded.error.problem : null;
  return { ...state, run: state.run?.query.id === id ? state.run : null, problem: failure ?? state.problem, reload };
}

/** Milliseconds between two drawings of what has arrived: words come smoothly, at a third of the work of every frame. */
const WINDOW = 80;
/** Once there is more to read than is read, words need not come as often. */
const CALM_WINDOW = 110;
const CALM_AFTER = 2500;

/** Collects events and hands them over together: the first at once, those after it once a window. */
function windows(deliver: (events: QueryEvent[]) => void) {
  let waiting: QueryEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delivered = 0;
  let begun = 0;
  const flush = () => {
    const events = waiting;
    waiting = [];
    timer = undefined;
    delivered = performance.now();
    deliver(events);
  };
  return {
    push(event: QueryEvent) {
      waiting.push(event);
      const now = performance.now();
      if (event.type === "response.delta") begun ||= now;
      const window = begun && now - begun > CALM_AFTER ? CALM_WINDOW : WINDOW;
      timer ??= setTimeout(flush, Math.max(0, delivered + window - now));
    },
    stop: () => clearTimeout(timer),
  };
}
