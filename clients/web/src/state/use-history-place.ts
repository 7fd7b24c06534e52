import type { HistoryPlace } from "@trillm/sdk";
import { useSearchParams } from "wouter";

const DAYS = { today: 1, "7d": 7, "30d": 30 } as const;
export type Since = keyof typeof DAYS;
export type Filter = "q" | "winner" | "model" | "since";

/** Which part of the history is looked at. It stands in the address, so that reload and back keep it. */
export function useHistoryPlace() {
  const [params, setParams] = useSearchParams();
  const given = (name: Filter) => params.get(name) ?? "";
  const q = given("q");
  const winner = given("winner");
  const model = given("model");
  const since = sinceOf(given("since"));
  const filtered = Boolean(winner || model || since);
  const change = (to: Partial<Record<Filter, string>>, options?: { replace: boolean }) =>
    setParams((before) => {
      const after = new URLSearchParams(before);
      for (const [name, value] of Object.entries(to)) value ? after.set(name, value) : after.delete(name);
      return after;
    }, options);
  return {
    q,
    winner,
    model,
    since,
    filtered,
    /** As the service takes it, without the words. */
    place: { winner: winner || null, model: model || null, since: momentOf(since) } satisfies HistoryPlace,
    /** Each letter is no step to go back to. */
    search: (words: string) => change({ q: words }, { replace: true }),
    filter: (name: Filter, value: string) => change({ [name]: value }),
    clear: () => change({ q: "", winner: "", model: "", since: "" }),
  };
}

const sinceOf = (value: string): Since | "" => (value in DAYS ? (value as Since) : "");

/** When the first of these days began here. */
export function momentOf(since: Since | "", now = new Date()): string | null {
  if (!since) return null;
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1 - DAYS[since]).toISOString();
}
