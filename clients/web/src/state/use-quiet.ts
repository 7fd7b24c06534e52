import type { Answer, Query } from "@trillm/sdk";
import { useRef } from "react";
import { isFinal } from "./run.ts";

/**
 * The query but for the words that growing answers get: the same object until anything else of it changes, so that what
 * shows no words (the head, the reasons, the other cards) is not drawn again with each of them.
 */
export function useQuiet(query: Query): Query {
  const held = useRef(query);
  if (!sameButForWords(held.current, query)) held.current = query;
  return held.current;
}

export function sameButForWords(before: Query, after: Query): boolean {
  return (
    before === after ||
    (same(before, after, "responses") &&
      before.responses.length === after.responses.length &&
      before.responses.every((answer, place) => sameAnswer(answer, after.responses[place] as Answer)))
  );
}

function sameAnswer(before: Answer, after: Answer): boolean {
  if (before === after) return true;
  const grows = !isFinal(before) && Boolean(before.text) === Boolean(after.text);
  return same(before, after, grows ? "text" : "");
}

/** Whether two objects hold the same, one part left out. */
function same<T extends object>(before: T, after: T, but: string): boolean {
  const parts = Object.keys(after) as (keyof T & string)[];
  return parts.every((part) => part === but || Object.is(before[part], after[part]));
}
