import { InEnglish } from "../text/in-english.tsx";
import { reasonsTold } from "../text/reasons.ts";
import type { Said } from "./told.tsx";

/** The service's reasons for who reads another language than English; what has no code stays in its words. */
export function Reasons({ reasons, words }: Said) {
  return reasonsTold(reasons) ?? <InEnglish>{words}</InEnglish>;
}
