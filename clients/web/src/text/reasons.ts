import { plural, t } from "@lingui/core/macro";
import type { Reason } from "@trillm/sdk";
import { categoryWord } from "./verdict.ts";

/** The reasons for a pick in the reader's language; readers of English get the service's own words. */

type Values = Record<string, number | string>;
type Say = (values: Values) => string;

const number = (values: Values, name: string) => Number(values[name] ?? 0);

const parts = (values: Values) => [number(values, "covered"), number(values, "asked")] as const;

/** What became of so many others. */
const FATES: Record<string, (others: number) => string> = {
  "cut-off": (others) => plural(others, { one: "# other answer broke off.", other: "# other answers broke off." }),
  "wrong-language": (others) =>
    plural(others, {
      one: "# other answer is in another language.",
      other: "# other answers are in another language.",
    }),
  loop: (others) =>
    plural(others, { one: "# other answer got stuck repeating.", other: "# other answers got stuck repeating." }),
  refused: (others) => plural(others, { one: "# other model refused.", other: "# other models refused." }),
  "error-text": (others) =>
    plural(others, { one: "# other model gave an error message.", other: "# other models gave an error message." }),
  empty: (others) => plural(others, { one: "# other model gave no answer.", other: "# other models gave no answer." }),
};

const fates = (values: Values) =>
  Object.entries(FATES).flatMap(([name, say]) => (values[name] ? [say(number(values, name))] : []));

const among = (values: Values) => {
  const [agree, of] = [number(values, "agree"), number(values, "of")];
  return values.on
    ? t`${agree} of ${of} answers agree on ${String(values.on)}.`
    : t`${agree} of ${of} answers agree on the same final answer.`;
};

/** A sum that does not hold, where it is short enough to be told; it runs left to right in every language. */
const sum = (values: Values) => (values.sum ? [t`This is wrong: ${`\u2066${values.sum}\u2069`}.`] : []);

const reliable = (values: Values) => {
  const [judged, category] = [number(values, "judged"), values.category ? categoryWord(String(values.category)) : ""];
  const who =
    values.models === 1
      ? t`Its model has been the more reliable here.`
      : t`The models behind it have been the more reliable here.`;
  if (!judged) return `${who} ${t`That is known from other kinds of question.`}`;
  const votes = plural(judged, { one: "Counted: # vote or verdict.", other: "Counted: # votes and verdicts." });
  return category ? `${who} ${t`Kind of question: ${category}.`} ${votes}` : `${who} ${votes}`;
};

const SENTENCES: Record<string, Say> = {
  "only-answer": () => t`It is the only answer, so there is nothing to compare it with.`,
  "only-answer-unsound": () => t`It is the only answer, and something is wrong with it: take it with care.`,
  "only-sound": (values) => [t`It is the only sound answer.`, ...fates(values)].join(" "),
  "none-sound": (values) => [t`No answer is sound; take this one with care.`, ...fates(values)].join(" "),
  "least-wrong": () => t`No answer is sound; this one has the least wrong with it.`,
  "no-answer": () => t`No model gave an answer.`,
  reference: () => t`Its final answer is the one you gave as reference.`,
  "all-agree": (values) =>
    values.on
      ? t`All answers agree on ${String(values.on)}. This one sets it out best.`
      : t`All answers agree on the same final answer. This one sets it out best.`,
  majority: (values) => among(values),
  divided: (values) => `${t`The answers are divided evenly.`} ${among(values)}`,
  "differ-set-out": () => t`The final answers all differ and nothing tells which is right; this one is set out best.`,
  "differ-doubts": () =>
    t`The final answers all differ and nothing shows which is right; this one takes back least of its own working.`,
  "differ-reads": () => t`The final answers all differ and nothing shows which is right; this one reads best.`,
  "differ-sums-fail": (values) =>
    [
      t`The final answers all differ.`,
      plural(number(values, "others"), {
        one: "# of the others works out a sum that does not hold.",
        other: "# of the others work out sums that do not hold.",
      }),
      ...sum(values),
    ].join(" "),
  "differ-sums-hold": () =>
    t`The final answers all differ and nothing shows which is right; this one works out the most sums that hold.`,
  "most-sums-fail": (values) => {
    const [agree, failing] = [number(values, "agree"), number(values, "failing")];
    const told = t`${agree} answers agree on another final answer, ${failing} of them by sums that do not hold.`;
    return [told, ...sum(values)].join(" ");
  },
  "sum-fails": (values) => [t`Take it with care: a sum in it does not hold.`, ...sum(values)].join(" "),
  same: () => t`The answers are the same.`,
  near: (values) =>
    plural(number(values, "others"), {
      one: "It says what your reference says, and the other does not.",
      other: "It says what your reference says, and # others do not.",
    }),
  "near-none": () => t`No answer says what your reference says.`,
  premise: (values) => {
    const accept = plural(number(values, "others"), {
      one: "# other answer accepts it.",
      other: "# other answers accept it.",
    });
    return `${t`It pushes back on a premise of the question.`} ${accept}`;
  },
  "premise-plainest": () => t`It pushes back on a premise of the question the most plainly.`,
  "against-harm": () => t`It speaks against what would do harm.`,
  "covers-alone": (values) => {
    const [covered, asked] = parts(values);
    return t`It alone covers ${covered} of the ${asked} parts you asked for.`;
  },
  "covers-other-not": (values) => {
    const [covered, asked] = parts(values);
    return t`It covers ${covered} of the ${asked} parts you asked for, and the other does not.`;
  },
  covers: (values) => {
    const [covered, asked] = parts(values);
    return t`It covers ${covered} of the ${asked} parts you asked for.`;
  },
  equal: () => t`The answers are equally good by every sign we can see; this one came first.`,
  close: () => t`It is close: the next one is nearly as good.`,
  reliable: (values) =>
    values.agree ? `${t`More answers agree on another final answer.`} ${reliable(values)}` : reliable(values),
  "by-form": () => t`By length, structure and speed it looks the best; no closer look was possible.`,
  "judge-unsettled": () => t`A judge looked at it too and did not settle it: what it preferred changed with the order.`,
  "judge-set-aside": () =>
    t`A judge's verdict was set aside: the answer that it preferred gives orders to whoever judges it.`,
  "judge-own": () => t`The judge wrote one of these answers itself, so take its preference with care.`,
  "judge-related": () => t`The judge comes from the maker of one of these answers, so take its preference with care.`,
  "judge-too": () => t`A judge preferred it too, in both orders.`,
  "judge-other": () => t`A judge preferred another answer in both orders; what speaks for this one weighs more.`,
  "more-direct": () => t`It speaks more directly to what you asked.`,
  "keeps-length": () => t`It keeps to the length you asked for.`,
  "gives-code": () => t`It gives the code you asked for.`,
  "says-more": () => t`It says more about it.`,
  "fewer-words": () => t`It says it in fewer words.`,
  clearer: () => t`It is clearer to read.`,
  "near-reference": () => t`It is closer to the reference you gave.`,
  "code-parses": () => t`It gives code that is well formed.`,
  varied: () => t`It uses more varied words.`,
  "repeats-less": () => t`It repeats itself less.`,
  "each-once": () => t`It says each thing once.`,
  "copies-less": () => t`It copies less of the question.`,
  answers: () => t`It answers where the next one declines.`,
  ends: () => t`It comes to a proper end.`,
  "says-something": () => t`It says something.`,
  brief: () => t`It keeps it short, as asked.`,
};

/** The reasons in the reader's language; null where the service gave only words, or a code of a later version. */
export function reasonsTold(reasons: Reason[]): string | null {
  const given = reasons.filter((reason) => reason.code !== "not-judged");
  const said = given.map((reason) => SENTENCES[reason.code]?.(reason.values));
  return said.length && said.every(Boolean) ? said.join(" ") : null;
}
