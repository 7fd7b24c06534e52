import type { Query } from "@trillm/sdk";
import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";
import { isFinal, members, newest } from "./run.ts";

interface FollowUps {
  /** The questions not yet sent, by the query that they continue; they outlive a reload of this tab. */
  drafts: Record<string, string>;
  /** Which answer of a query is continued, where that is not its best one. */
  chosen: Record<string, string>;
  /** Whether an answer was chosen and the box has not been gone to: it may still be on its way. */
  called: boolean;
  /** Whether all models are asked, or only who wrote the answer. */
  everybody: boolean;
  write(queryId: string, draft: string): void;
  choose(queryId: string, answerId: string): void;
  arrive(): void;
  askEverybody(everybody: boolean): void;
}

export const useFollowUps = create<FollowUps>()(
  persist(
    (set) => ({
      drafts: {},
      chosen: {},
      called: false,
      everybody: false,
      write: (queryId, draft) =>
        set(({ drafts: { [queryId]: _, ...others } }) => ({
          drafts: draft ? { ...others, [queryId]: draft } : others,
        })),
      choose: (queryId, answerId) =>
        set(({ chosen }) => ({ chosen: { ...chosen, [queryId]: answerId }, called: true })),
      arrive: () => set({ called: false }),
      askEverybody: (everybody) => set({ everybody }),
    }),
    { name: "trillm-follow-ups", storage: createJSONStorage(() => sessionStorage) },
  ),
);

/** The answer that the next question continues: the one chosen, else the best, else any with words. */
export function followed(query: Query, chosen: string | undefined) {
  const fit = query.responses.filter((answer) => isFinal(answer) && answer.text.trim());
  return (
    fit.find((answer) => answer.id === chosen) ??
    fit.find((answer) => answer.id === query.best) ??
    newest(members(query)).find((answer) => fit.includes(answer))
  );
}
