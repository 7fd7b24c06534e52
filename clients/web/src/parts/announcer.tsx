import { t } from "@lingui/core/macro";
import type { Answer, JudgeAsked, Query } from "@trillm/sdk";
import { memo, useEffect, useRef, useState } from "react";
import { isFinal, newest } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { statusWords } from "../text/failure.ts";
import { percent, sentences } from "../text/format.ts";
import { judgeSaid, judgingNow } from "../text/verdict.ts";

interface Props {
  query: Query;
  panel: Answer[][];
  leaders: Answer[];
  provisional: boolean;
  judging: JudgeAsked | null;
}

/** Tells a screen reader what changed in the state of things; the words of the answers it leaves to be read. */
export const Announcer = memo(({ query, panel, leaders, provisional, judging }: Props) => {
  const [said, setSaid] = useState("");
  const known = useRef(new Set<string>());
  const nameOf = useModelNames();
  const [leader, next] = leaders;
  const { judgement } = query;
  // By what it is about, not by its words: a name that comes later does not make it news again.
  const facts = new Map(
    newest(panel)
      .filter(isFinal)
      .map((answer) => [`${answer.id} ${answer.status}`, t`${nameOf(answer)}: ${statusWords(answer.status)}.`]),
  );
  if (leader && provisional && !next && panel.length > 1) facts.set(`leads ${leader.id}`, t`${nameOf(leader)} leads.`);
  if (judging) facts.set("judging", `${judgingNow(judging, nameOf)}.`);
  if (judgement) {
    const verdict = judgeSaid({ ...query, best: null }, judgement, nameOf).replace(/[.。]$/, "");
    facts.set(`judged ${judgement.better} ${judgement.response_time_ms}`, t`The judge: ${verdict}.`);
  }
  if (leader && next && !provisional) {
    const chance = (one: Answer) => `${nameOf(one)}, ${percent(one.probability ?? 0)}`;
    facts.set("close", t`Too close to call: ${chance(leader)}, and ${chance(next)}.`);
  } else if (leader && !provisional && query.status !== "running") {
    const best = nameOf(leader);
    if (panel.length > 1)
      facts.set(
        `best ${leader.id}`,
        query.confidence === null
          ? t`The best answer is that of ${best}.`
          : t`The best answer is that of ${best}, ${percent(query.confidence)} sure.`,
      );
  }
  const all = [...facts.keys()].join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: `all` is `facts` in a form that can be compared
  useEffect(() => {
    const news = [...facts].filter(([about]) => !known.current.has(about));
    for (const [about] of news) known.current.add(about);
    if (news.length) setSaid(sentences(...news.map(([, fact]) => fact)));
  }, [all]);

  return (
    <p role="status" aria-live="polite" className="sr-only">
      {said}
    </p>
  );
});
