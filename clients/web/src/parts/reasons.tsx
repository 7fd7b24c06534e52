import type { Query } from "@trillm/sdk";
import { InEnglish } from "../text/in-english.tsx";
import { reasonsTold } from "../text/reasons.ts";

/** Why, for who reads another language than English; what has no code stays in the service's words. */
export function Reasons({ query }: { query: Query }) {
  return reasonsTold(query) ?? <InEnglish>{query.why}</InEnglish>;
}
