import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";
import type { DecidedBy, JudgeAsked, Judgement, Query } from "@trillm/sdk";
import { judgeCause } from "./failure.ts";
import { count, sentences } from "./format.ts";

type NameOf = (model: { provider: string; model: string }) => string;

const CATEGORIES: Record<string, MessageDescriptor> = {
  mathematics: msg`Mathematics`,
  code: msg`Code`,
  facts: msg`Facts`,
  writing: msg`Writing`,
  advice: msg`Advice`,
  other: msg`Other`,
};

/** The kind of a question; one of a later version is called as the service calls it. */
export function categoryWord(category: string): string {
  const known = CATEGORIES[category];
  return known ? i18n._(known) : category;
}

const DECIDED: Record<DecidedBy, MessageDescriptor> = {
  hygiene: msg`Decided by what disqualified the others.`,
  heuristic: msg`Decided by length, structure and speed.`,
  criteria: msg`Decided by the four criteria.`,
  learned: msg`Decided by the learned ranker.`,
  judge: msg`Decided by the judge.`,
};

export const decidedHow = (by: DecidedBy) => i18n._(DECIDED[by]);

/** How sure the pick is, in words that do not promise more than the figure. */
export function surety(confidence: number, tooClose: boolean, provisional: boolean): string {
  if (tooClose) return t`Too close to call`;
  const words =
    (confidence >= 0.95 && t`Almost certain`) ||
    (confidence >= 0.85 && t`Very likely`) ||
    (confidence >= 0.7 && t`Likely`) ||
    (confidence >= 0.55 && t`Probably`) ||
    t`A guess`;
  return provisional ? t`${words}, so far` : words;
}

/** What the figure means, and what it does not. */
export function meaning(confidence: number, tooClose: boolean, decidedBy: DecidedBy | null): string {
  const share = count(Math.round(confidence * 100));
  return sentences(
    tooClose && t`First and second are nearly level, so we name no winner.`,
    t`Of 100 picks that we are this sure of, about ${share} should be the best of their answers.`,
    decidedBy === "learned" || decidedBy === "judge"
      ? t`The figure comes from answers recorded earlier, not from this one.`
      : t`The figure follows rules set by hand.`,
    t`All models can be wrong together.`,
  );
}

const JUDGED_HOW: Record<JudgeAsked["asked_because"], MessageDescriptor> = {
  close: msg`The answers were too close for the ranking alone. The judge read them twice, in opposite orders, without names.`,
  asked: msg`You asked for a judge. The judge read the answers twice, in opposite orders, without names.`,
  audit: msg`A judge looks at a few questions, drawn at random. The judge read the answers twice, in opposite orders, without names.`,
};

/** Why a judge decided, and how. */
export const judgedHow = (judgement: Judgement) => i18n._(JUDGED_HOW[judgement.asked_because]);

/** What a judge at work does. */
export const judgingNow = (judging: JudgeAsked, nameOf: NameOf) =>
  judging.asked_because === "close"
    ? t`A judge, ${nameOf(judging)}, is comparing the leaders`
    : t`A judge, ${nameOf(judging)}, is comparing the answers`;

const NOT_JUDGED: Record<string, MessageDescriptor> = {
  nobody: msg`No judge was asked: no model that can judge is set up here, or none is ready just now.`,
  never: msg`No judge was asked, because none was wanted.`,
  cost: msg`No judge was asked: it would cost more than is allowed.`,
  time: msg`No judge was asked: there was no time left.`,
};

/** Why nobody judged what was too close to call, or what somebody wanted judged; empty where nobody was missed. */
export function unjudged({ reasons, too_close, judgement }: Query): string {
  const { because = "", wanted } = reasons?.find((reason) => reason.code === "not-judged")?.values ?? {};
  const said = NOT_JUDGED[because];
  return said && !judgement && (too_close || wanted === "asked") ? i18n._(said) : "";
}

const AGREED = ["all-agree", "same"];

/** Where all answers agree and none names a source, that this proves little; else empty. */
export function unsourced({ reasons, responses }: Query): string {
  const agreed = reasons?.some(({ code }) => AGREED.includes(code)) ?? false;
  const named = responses.some(({ text }) => /https?:\/\//.test(text));
  return agreed && !named ? t`None of them names a source; all can be wrong together.` : "";
}

/** What the judge said, in a sentence that begins with its name. */
export function judgeSaid(query: Query, judgement: Judgement, nameOf: NameOf): string {
  const judge = nameOf(judgement);
  if (judgement.status === "undecided")
    return t`${judge} was undecided: its two readings did not agree, so neither counts.`;
  const better = query.responses.find((answer) => answer.id === judgement.better);
  if (judgement.status === "failed" || !better) {
    return sentences(t`${judge} could not judge.`, judgeCause(judgement), t`The ranking stands without it.`);
  }
  if (better.id === query.best) return t`${judge} preferred it in both orders`;
  return t`${judge} preferred ${nameOf(better)} in both orders`;
}
