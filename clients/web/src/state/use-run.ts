import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Problem, Query, QueryEvent } from "@trillm/sdk";
import { follow, ProblemError } from "@trillm/sdk";
import { useCallback, useEffect, useReducer } from "react";
import { service } from "../api/client.ts";
import { JUST_NOW_MS } from "../offline/early.ts";
import { keep, readQuery } from "../offline/kept.ts";
import { endInSight } from "./in-sight.ts";
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
    const { push, pause, deliver } = windows(leaving.signal, (events) => {
      dispatch({ kind: "events", events });
      const last = events.find((event) => event.type === "done");
      if (last?.type !== "done") return;
      client.setQueryData(["query", id], last.data);
      void keep([last.data]);
      void client.invalidateQueries({ queryKey: ["history"] });
    });
    follow(service.events(id), {
      signal: leaving.signal,
      onEvent: push,
      onPause: pause,
      onConnection: (connection) => dispatch({ kind: "connection", connection }),
    })
      .then(() => {
        if (leaving.signal.aborted) return;
        deliver();
        dispatch({ kind: "connection", connection: "idle" });
      })
      .catch((error: unknown) => {
        if (error instanceof ProblemError) dispatch({ kind: "problem", problem: error.problem });
      });
    return () => leaving.abort();
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
/** While the end of every answer is below its frame, nobody sees the words that come. */
const UNSEEN_WINDOW = 200;

/** Collects events and hands them over together: those of the first read at once, then what has come within a window. */
function windows(signal: AbortSignal, take: (events: QueryEvent[]) => void) {
  let waiting: QueryEvent[] = [];
  let begun = 0;
  const deliver = () => {
    const events = waiting;
    waiting = [];
    if (events.length && !signal.aborted) take(events);
  };
  return {
    push(event: QueryEvent) {
      waiting.push(event);
      if (event.type === "response.delta") begun ||= performance.now();
    },
    pause() {
      const calm = begun && performance.now() - begun > CALM_AFTER;
      const window = endInSight() ? (calm ? CALM_WINDOW : WINDOW) : UNSEEN_WINDOW;
      deliver();
      return new Promise<void>((resolve) => setTimeout(resolve, window));
    },
    deliver,
  };
}
