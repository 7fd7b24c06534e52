import { useMutation } from "@tanstack/react-query";
import type { Answer, Query } from "@trillm/sdk";
import { useState } from "react";
import { service } from "../api/client.ts";
import { useVotes } from "./votes.ts";

/** Sends what a person thinks of a query's answers, and shows it once it is kept. The service keeps one for each answer. */
export function useVote(query: Query) {
  // One after the other: what was said last is what is kept.
  const sending = useMutation({ mutationFn: service.feedback, scope: { id: `feedback ${query.id}` } });
  const held = useVotes((votes) => votes.better[query.id]);
  const { rate, prefer } = useVotes();
  const [lost, setLost] = useState(false);
  return {
    chosen: held?.chosen ?? null,
    /** What was said last is still on its way. */
    pending: sending.isPending,
    failed: lost || sending.isError,
    /** A thumb. One downwards does not take back which answer was said to be better. */
    rate(answer: Answer, rating: 1 | -1) {
      setLost(false);
      const kept = rating === -1 && held?.rated === answer.id ? { better: held.chosen } : null;
      sending.mutate(
        { query_id: query.id, response_id: answer.id, rating, ...kept },
        { onSuccess: () => rate(query.id, answer.id, rating) },
      );
    },
    /** None of these, which are all of the query's, is right: said before the names were shown. */
    async reject(answers: Answer[], kept: () => void) {
      setLost(false);
      const said = { query_id: query.id, rating: -1, blind: true } as const;
      const sent = await Promise.allSettled(
        answers.map((answer) => sending.mutateAsync({ ...said, response_id: answer.id })),
      );
      if (sent.some((one) => one.status === "rejected")) return setLost(true);
      for (const answer of answers) rate(query.id, answer.id, -1);
      kept();
    },
    /** `chosen` is better than the one that is judged; or, when it is that one, better than all others. */
    prefer(rated: string, chosen: string, blind = false, kept?: () => void) {
      setLost(false);
      sending.mutate(
        {
          query_id: query.id,
          response_id: rated,
          rating: chosen === rated ? 1 : -1,
          better: chosen,
          ...(blind && { blind }),
        },
        {
          onSuccess: () => {
            prefer(query.id, rated, chosen);
            kept?.();
          },
        },
      );
    },
  };
}
