import type { Query } from "@trillm/sdk";
import { memo } from "react";
import { FollowUp } from "./follow-up.tsx";
import { MergedPane } from "./merged-pane.tsx";

interface Props {
  query: Query;
  running: boolean;
  /** Whether the names are hidden until the person has chosen. */
  blind: boolean;
  reload(): void;
}

/** What can be done with the answers: merge them, and ask on. One chunk, so that neither moves the other when it comes. */
export const BelowAnswers = memo(({ query, running, blind, reload }: Props) => {
  return (
    <>
      <MergedPane query={query} blind={blind} reload={reload} />
      {!running && !blind && <FollowUp query={query} />}
    </>
  );
});
