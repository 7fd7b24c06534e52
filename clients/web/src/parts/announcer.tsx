import type { Answer, JudgeAsked, Query } from "@trillm/sdk";
import { useEffect, useRef, useState } from "react";
import { isFinal, newest } from "../state/run.ts";
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
  const [leader, next] = leaders;
  const { judgement } = query;
  // By what it is about, not by its words: a name that comes later does not make it news again.
  const facts = new Map(
    newest(panel)
      .filter(isFinal)
      .map((answer) => [`${answer.id} ${answer.status}`, `${nameOf(answer)}: ${STATUS_WORDS[answer.status]}.`]),
  );
  if (leader && provisional && !next) facts.set(`leads ${leader.id}`, `${nameOf(leader)} leads.`);
  if (judging) facts.set("judging", `A judge, ${nameOf(judging)}, ${judgingNow(judging)}.`);
  if (judgement) {
    const verdict = judgeSaid({ ...query, best: null }, judgement, nameOf);
    facts.set(
      `judged ${judgement.better} ${judgement.response_time_ms}`,
      `The judge, ${nameOf(judgement)}, ${verdict}.`,
    );
  }
  if (leader && next && !provisional) {
    const chances = [leader, next].map((one) => `${nameOf(one)}, ${percent(one.probability ?? 0)}`);
    facts.set("close", `Too close to call: ${chances.join(", and ")}.`);
  } else if (leader && !provisional && query.status !== "running") {
    const sure = query.confidence === null ? "" : `, ${percent(query.confidence)} sure`;
    facts.set(`best ${leader.id}`, `The best answer is that of ${nameOf(leader)}${sure}.`);
  }
  const all = [...facts.keys()].join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: `all` is `facts` in a form that can be compared
  useEffect(() => {
    const news = [...facts].filter(([about]) => !known.current.has(about));
    for (const [about] of news) known.current.add(about);
    if (news.length) setSaid(news.map(([, fact]) => fact).join(" "));
  }, [all]);

  return (
    <p role="status" aria-live="polite" className="sr-only">
      {said}
    </p>
  );
}
