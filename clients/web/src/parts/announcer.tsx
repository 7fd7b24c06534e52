import { useEffect, useRef, useState } from "react";
import type { Answer, JudgeAsked, Query } from "../api/types.ts";
import { isFinal } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { STATUS_WORDS } from "../text/failure.ts";
import { percent } from "../text/format.ts";
import { judgeSaid, judgingNow } from "../text/verdict.ts";

interface Props {
  query: Query;
  panel: Answer[][];
  leaders: Answer[];
  provisional: boolean;
  judging: JudgeAsked | null;
}

/** Tells a screen reader what changed in the state of things; the words of the answers it leaves to be read. */
export function Announcer({ query, panel, leaders, provisional, judging }: Props) {
  const [said, setSaid] = useState("");
  const known = useRef(new Set<string>());
  const nameOf = useModelNames();
  const facts = panel
    .flatMap((attempts) => attempts.slice(-1))
    .filter(isFinal)
    .map((answer) => `${nameOf(answer)}: ${STATUS_WORDS[answer.status]}.`);
  const [leader, next] = leaders;
  const { judgement } = query;
  if (leader && provisional && !next) facts.push(`${nameOf(leader)} leads.`);
  if (judging) facts.push(`A judge, ${nameOf(judging)}, ${judgingNow(judging)}.`);
  if (judgement)
    facts.push(`The judge, ${nameOf(judgement)}, ${judgeSaid({ ...query, best: null }, judgement, nameOf)}`);
  if (leader && next && !provisional) {
    const chances = [leader, next].map((one) => `${nameOf(one)}, ${percent(one.probability ?? 0)}`);
    facts.push(`Too close to call: ${chances.join(", and ")}.`);
  } else if (leader && !provisional && query.status !== "running") {
    const sure = query.confidence === null ? "" : `, ${percent(query.confidence)} sure`;
    facts.push(`The best answer is that of ${nameOf(leader)}${sure}.`);
  }
  const all = facts.join(" ");

  // biome-ignore lint/correctness/useExhaustiveDependencies: `all` is `facts` in a form that can be compared
  useEffect(() => {
    const news = facts.filter((fact) => !known.current.has(fact));
    for (const fact of news) known.current.add(fact);
    if (news.length) setSaid(news.join(" "));
  }, [all]);

  return (
    <p role="status" aria-live="polite" className="sr-only">
      {said}
    </p>
  );
}
