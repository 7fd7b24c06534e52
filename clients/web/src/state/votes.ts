import { create } from "zustand";

/** What this person said about answers since the page was opened; the service keeps it, the page only shows it. */
interface Votes {
  ratings: Record<string, 1 | -1>;
  /** By query: which answer was said to be better, and on which answer's judgement that was kept. */
  better: Record<string, { rated: string; chosen: string }>;
  rate(query: string, answer: string, rating: 1 | -1): void;
  prefer(query: string, rated: string, chosen: string): void;
}

export const useVotes = create<Votes>()((set) => ({
  ratings: {},
  better: {},
  rate: (query, answer, rating) =>
    set(({ ratings, better }) => {
      const { [query]: held, ...others } = better;
      const takenBack = held?.rated === answer && rating === 1;
      return { ratings: { ...ratings, [answer]: rating }, better: takenBack ? others : better };
    }),
  prefer: (query, rated, chosen) =>
    set(({ ratings, better }) => ({
      ratings: { ...ratings, [rated]: chosen === rated ? 1 : -1 },
      better: { ...better, [query]: { rated, chosen } },
    })),
}));
