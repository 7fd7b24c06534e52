import { Trans } from "@lingui/react/macro";
import type { Answer, Query } from "@trillm/sdk";
import { useFollowUps } from "../state/follow-up.ts";
import { useModelNames } from "../state/use-models.ts";
import { Icon } from "./icon.tsx";

/** Takes this answer for the one that the next question continues, and goes to the box. */
export function Continue({ query, answer }: { query: Query; answer: Answer }) {
  const choose = useFollowUps((state) => state.choose);
  const nameOf = useModelNames();
  return (
    <button type="button" className="tool -mx-2.5 mt-3 print:hidden" onClick={() => choose(query.id, answer.id)}>
      <Icon name="thread" />
      <Trans>
        Follow up on this answer<span className="sr-only"> of {nameOf(answer)}</span>
      </Trans>
    </button>
  );
}
