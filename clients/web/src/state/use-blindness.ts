import type { Query } from "@trillm/sdk";
import { useMemo, useRef } from "react";
import { drawn, masked, useBlind } from "./blind.ts";
import { members } from "./run.ts";

/** The query as this person may see it now, and its panel in the order in which they see it. */
export function useBlindness(query: Query) {
  const held = useBlind((blind) => blind.queries[query.id]);
  const nothing = query.status !== "running" && !query.responses.some((answer) => answer.text);
  const hidden = held?.open === false && !nothing;
  const hiddenAtFirst = useRef(hidden).current;
  const visible = useMemo(() => (hidden ? masked(query) : query), [hidden, query]);
  return {
    hidden,
    query: visible,
    panel: held && !hidden ? drawn(query) : members(visible),
    revealed: held?.open ?? false,
    /** Revealed just now, under the person's hands. */
    fresh: hiddenAtFirst && !hidden,
    chosen: held?.chosen ?? null,
  };
}
