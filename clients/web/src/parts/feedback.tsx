import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Answer, Query } from "@trillm/sdk";
import { useVote } from "../state/use-vote.ts";
import { useVotes } from "../state/votes.ts";
import { Icon } from "./icon.tsx";

interface Props {
  query: Query;
  answer: Answer;
  /** It stands beside the best one, so that "this one was better" means something. */
  comparable?: boolean;
  onRated(rating: 1 | -1): void;
}

/** Thumbs for one answer and, where it is `comparable`, "this one was better". */
export function Feedback({ query, answer, comparable = false, onRated }: Props) {
  const rating = useVotes((votes) => votes.ratings[answer.id]);
  const { chosen, failed, rate, prefer } = useVote(query);
  const preferred = chosen === answer.id;
  const best = query.best;
  const vote = (value: 1 | -1) => {
    rate(answer, value);
    onRated(value);
  };
  return (
    <>
      <button
        type="button"
        className="tool"
        aria-pressed={rating === 1}
        onClick={() => vote(1)}
        aria-label={t`Good answer`}
        title={t`Good answer`}
      >
        <Icon name="up" filled={rating === 1} />
      </button>
      <button
        type="button"
        className="tool"
        aria-pressed={rating === -1}
        onClick={() => vote(-1)}
        aria-label={t`Bad answer`}
        title={t`Bad answer`}
      >
        <Icon name="down" filled={rating === -1} />
      </button>
      {comparable && best && best !== answer.id && query.status !== "running" && (
        <button
          type="button"
          className="tool"
          aria-pressed={preferred}
          onClick={() => prefer(best, answer.id)}
          title={t`This one was better`}
        >
          <Icon name={preferred ? "check" : "star"} />
          {preferred ? t`Noted` : t`Better`}
          <span className="sr-only">
            <Trans>: this one was better</Trans>
          </span>
        </button>
      )}
      <span role="status" className="text-xs text-bad">
        {failed && t`Not kept; try again.`}
        {!failed && rating === -1 && chosen === null && (
          <span className="sr-only">
            <Trans>Which one was better?</Trans>
          </span>
        )}
      </span>
    </>
  );
}
