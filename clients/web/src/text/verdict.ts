import type { DecidedBy, JudgeAsked, Judgement, Query } from "@trillm/sdk";

type NameOf = (model: { provider: string; model: string }) => string;

export const CATEGORY_WORDS: Record<string, string> = {
  mathematics: "Mathematics",
  code: "Code",
  facts: "Facts",
  writing: "Writing",
  advice: "Advice",
  other: "Other",
};

export const DECIDED: Record<DecidedBy, string> = {
  hygiene: "Decided by what disqualified the others.",
  heuristic: "Decided by length, structure and speed.",
  criteria: "Decided by the four criteria.",
  learned: "Decided by the learned ranker.",
  judge: "Decided by the judge.",
};

/** How sure the pick is, in words that do not promise more than the figure. */
export function surety(confidence: number, tooClose: boolean, provisional: boolean): string {
  if (tooClose) return "Too close to call";
  const words =
    (confidence >= 0.95 && "Almost certain") ||
    (confidence >= 0.85 && "Very likely") ||
    (confidence >= 0.7 && "Likely") ||
    (confidence >= 0.55 && "Probably") ||
    "A guess";
  return provisional ? `${words}, so far` : words;
}

/** What the figure means, and what it does not. */
export function meaning(confidence: number, tooClose: boolean, decidedBy: DecidedBy | null): string {
  const share = Math.round(confidence * 100);
  const close = tooClose ? "First and second are nearly level, so we name no winner. " : "";
  const measured =
    decidedBy === "learned" || decidedBy === "judge"
      ? "The figure comes from answers recorded earlier, not from this one."
      : "The figure follows rules set by hand.";
  return (
    `${close}Of 100 picks that we are this sure of, about ${share} should be the best of their answers. ` +
    `${measured} All models can be wrong together.`
  );
}

const BECAUSE: Record<JudgeAsked["asked_because"], string> = {
  close: "The answers were too close for the ranking alone",
  asked: "You asked for a judge",
  audit: "A judge looks at a few questions, drawn at random",
};

/** Why a judge decided, and how. */
export const judgedHow = (judgement: Judgement) =>
  `${BECAUSE[judgement.asked_because]}. The judge read them twice, in opposite orders, without names.`;

/** What a judge at work does; its name goes before. */
export const judgingNow = (judging: JudgeAsked) =>
  judging.asked_because === "close" ? "is comparing the leaders" : "is comparing the answers";

/** What the judge said, in a sentence. */
export function judgeSaid(query: Query, judgement: Judgement, nameOf: NameOf): string {
  if (judgement.status === "undecided") return "was undecided: its two readings did not agree, so neither counts";
  const better = query.responses.find((answer) => answer.id === judgement.better);
  if (judgement.status === "failed" || !better) return "could not judge. The ranking stands without it";
  return `preferred ${better.id === query.best ? "it" : nameOf(better)} in both orders`;
}
