import { i18n } from "@lingui/core";
import type { Reason } from "@trillm/sdk";
import { InEnglish } from "../text/in-english.tsx";
import { late } from "./late.tsx";

export interface Said {
  /** What is said, as codes. */
  reasons: Reason[];
  /** The same in the service's own words. */
  words: string;
}

// Loaded for other languages only: in English the service has said it already.
const Reasons = late(() =>
  import("./reasons.tsx").then(
    ({ Reasons }) => Reasons,
    () => AsSaid, // no network: better in English than not at all
  ),
);

const AsSaid = ({ words }: Said) => <InEnglish>{words}</InEnglish>;

/** What the service says, in the reader's language. */
export function Told(said: Said) {
  return i18n.locale === "en" ? said.words : <Reasons {...said} />;
}
