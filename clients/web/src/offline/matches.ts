import type { HistoryModels, HistoryPlace, Query } from "@trillm/sdk";
import { keyOf, members } from "../state/run.ts";

/** What stands for a winner where nobody won: too close to call, or no answer at all. */
export const NOBODY = "none";

/** Who won a query, as the service counts it; null while models answer. */
export function winnerOf(query: Query): string | null {
  if (query.status === "running") return null;
  const best = query.responses.find((answer) => answer.id === query.best);
  return best && !query.too_close ? keyOf(best) : NOBODY;
}

/** Whether a query is wanted, told here as the service would tell it. */
export function matches(query: Query, { search, winner, model, since, pinned }: HistoryPlace): boolean {
  return (
    (!search || query.question.toLowerCase().includes(search.toLowerCase())) &&
    (!winner || winnerOf(query) === winner) &&
    (!model || query.responses.some((answer) => keyOf(answer) === model)) &&
    (!since || Date.parse(query.created_at) >= Date.parse(since)) &&
    (typeof pinned !== "boolean" || query.pinned === pinned)
  );
}

/** The models that these queries went to, those asked most first. */
export function askedIn(queries: Query[]): HistoryModels["models"] {
  const asked = new Map<string, HistoryModels["models"][number]>();
  for (const query of queries) {
    const winner = winnerOf(query);
    for (const [answer] of members(query)) {
      if (!answer) continue;
      const { provider, model } = answer;
      const before = asked.get(keyOf(answer)) ?? { provider, model, asked: 0, won: 0 };
      const won = before.won + (winner === keyOf(answer) ? 1 : 0);
      asked.set(keyOf(answer), { ...before, asked: before.asked + 1, won });
    }
  }
  return [...asked.values()].sort((one, other) => other.asked - one.asked);
}
