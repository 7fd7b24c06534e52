import { useMutation } from "@tanstack/react-query";
import { sendFeedback } from "../api/client.ts";
import type { Answer, Query } from "../api/types.ts";
import { useVotes } from "../state/votes.ts";
import { Icon } from "./icon.tsx";

/** Thumbs for one answer and, where it stands beside the best one (`comparable`), "this one was better". */
export function Feedback({
  query,
  answer,
  comparable = false,
}: {
  query: Query;
  answer: Answer;
  comparable?: boolean;
}) {
  const rating = useVotes((votes) => votes.ratings[answer.id]);
  const preferred = useVotes((votes) => votes.better[query.id] === answer.id);
  const { rate, prefer } = useVotes();
  const sending = useMutation({ mutationFn: sendFeedback });

  const vote = (value: 1 | -1) =>
    sending.mutate(
      { query_id: query.id, response_id: answer.id, rating: value },
      { onSuccess: () => rate(answer.id, value) },
    );
  const best = query.best;
  const choose = () =>
    best &&
    sending.mutate(
      { query_id: query.id, response_id: best, rating: -1, better: answer.id },
      { onSuccess: () => prefer(query.id, answer.id) },
    );

  return (
    <>
      <button
        type="button"
        className="tool"
        aria-pressed={rating === 1}
        onClick={() => vote(1)}
        aria-label="Good answer"
        title="Good answer"
      >
        <Icon name="up" filled={rating === 1} />
      </button>
      <button
        type="button"
        className="tool"
        aria-pressed={rating === -1}
        onClick={() => vote(-1)}
        aria-label="Bad answer"
        title="Bad answer"
      >
        <Icon name="down" filled={rating === -1} />
      </button>
      {comparable && best && best !== answer.id && query.status !== "running" && (
        <button type="button" className="tool" aria-pressed={preferred} onClick={choose} title="This one was better">
          <Icon name={preferred ? "check" : "star"} />
          {preferred ? "Noted" : "Better"}
          <span className="sr-only">: this one was better</span>
        </button>
      )}
      <span role="status" className="text-xs text-bad">
        {sending.isError && "Not kept; try again."}
      </span>
    </>
  );
}
