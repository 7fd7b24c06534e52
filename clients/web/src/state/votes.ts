import { create } from "zustand";

/** What this person said about answers since the page was opened; the service keeps it, the page only shows it. */
interface Votes {
  ratings: Record<string, 1 | -1>;
  better: Record<string, string>;
  rate(answer: string, rating: 1 | -1): void;
  prefer(query: string, answer: string): void;
}

export const useVotes = create<Votes>()((set) => ({
  ratings: {},
  better: {},
  rate: (answer, rating) => set(({ ratings }) => ({ ratings: { ...ratings, [answer]: rating } })),
  prefer: (query, answer) => set(({ better }) => ({ better: { ...better, [query]: answer } })),
}));
