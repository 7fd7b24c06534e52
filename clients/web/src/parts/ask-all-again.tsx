import { t } from "@lingui/core/macro";
import type { Query } from "@trillm/sdk";
import { useSettings } from "../state/settings.ts";
import { useAsking } from "../state/use-asking.ts";
import { useEverybody } from "../state/use-everybody.ts";
import { Icon } from "./icon.tsx";

/** Asks the same models the same once more, as a question of its own; nothing that was answered before is shown for it. */
export function AskAllAgain({ query }: { query: Query }) {
  const { blind, judge } = useSettings();
  const all = useEverybody(query);
  const { ask, waiting, problem } = useAsking(
    {
      ...{ question: query.question, models: all, cache: false, economy: false },
      ...(query.follows && { follows: query.follows.response_id }),
      ...(judge !== "auto" && { judge }),
    },
    { blind, onAccepted: () => {} },
  );
  if (all.length === 0) return null;
  return (
    <>
      <span role="status" className="ms-auto min-w-0 truncate text-xs text-bad">
        {problem}
      </span>
      <button
        type="button"
        className="tool shrink-0"
        onClick={ask}
        disabled={waiting}
        title={t`The same question anew`}
      >
        <Icon name="retry" />
        {waiting ? t`Asking` : t`Ask all again`}
      </button>
    </>
  );
}
