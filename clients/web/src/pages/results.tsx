import { t } from "@lingui/core/macro";
import { useMemo, useRef } from "react";
import { useParams } from "wouter";
import { Agreement } from "../parts/agreement.tsx";
import { Announcer } from "../parts/announcer.tsx";
import { AnswerDeck } from "../parts/answer-deck.tsx";
import { BestPane } from "../parts/best-pane.tsx";
import { BlindPane, Revealed } from "../parts/blind-pane.tsx";
import { late } from "../parts/late.tsx";
import { NoAnswer } from "../parts/no-answer.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { QuestionHead } from "../parts/question-head.tsx";
import { ResultActions } from "../parts/result-actions.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { WhyPane } from "../parts/why-pane.tsx";
import { leaders, lone } from "../state/run.ts";
import { useBlindness } from "../state/use-blindness.ts";
import { useLeader } from "../state/use-leader.ts";
import { useQuiet } from "../state/use-quiet.ts";
import { useRun } from "../state/use-run.ts";
import { useTitle } from "../state/use-title.ts";
import { Missing } from "./missing.tsx";

const BelowAnswers = late(async () => (await import("../parts/later.ts")).BelowAnswers, { quiet: true });
const Conversation = late(async () => (await import("../parts/conversation.tsx")).Conversation, { quiet: true });

export function Results() {
  const { queryId } = useParams<{ queryId: string }>();
  // Another query is another page: nothing of the one before may stay.
  return <Result key={queryId} id={queryId} />;
}

function Result({ id }: { id: string }) {
  const { run, problem, connection, reload } = useRun(id);
  useTitle(run?.query.question.slice(0, 60) ?? "");
  if (problem?.status === 404 || problem?.status === 422) return <Missing what="result" />;
  if (!run) {
    return <div className="page">{problem ? <ProblemNote problem={problem} again={reload} /> : <Waiting />}</div>;
  }
  return <Panes run={run} connection={connection} reload={reload} problem={problem ?? run.problem} />;
}

type Followed = ReturnType<typeof useRun>;
type PanesProps = Pick<Followed, "connection" | "reload" | "problem"> & { run: NonNullable<Followed["run"]> };

function Panes({ run, connection, reload, problem }: PanesProps) {
  const { provisional, judging } = run;
  const { hidden, query, panel, revealed, fresh, chosen } = useBlindness(run.query);
  const running = query.status === "running";
  // What was seen growing keeps its frame: a pane that sprang open at the end would push the rest down.
  const framed = useRef(running).current;
  const grows = useRef(running && panel.length === 1).current;
  const best = useRef<HTMLElement>(null);
  const busy = useRef(() => isRead(best.current)).current;
  const atHead = leaders({ ...run, query }).map((one) => one.id);
  const { leader, challenger, show } = useLeader(atHead.join(" ") || null, !provisional, busy);
  const named = (ids: string | null) =>
    (ids?.split(" ") ?? []).flatMap((id) => query.responses.find((one) => one.id === id) ?? []);
  const shown = named(leader);
  const quiet = useQuiet(query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown changes with these, but for its words
  const told = useMemo(
    () => ({ panel, shown, why: quiet.best ? shown[0] : undefined }),
    [quiet, leader, hidden, revealed],
  );
  const newest = useRef(query);
  newest.current = query;
  const actions = useMemo(() => <ResultActions query={quiet} newest={newest} reload={reload} />, [quiet, reload]);
  const nobody = !running && !query.best;
  // One answer stands at the head from its first word, and only there.
  const once = lone(query) && !hidden && !nobody;

  return (
    <div className="page">
      {query.follows && <Conversation query={query} waiting={<div className="card h-29.5" />} />}
      <QuestionHead query={quiet} connection={connection} blind={hidden}>
        {actions}
      </QuestionHead>
      {problem && <ProblemNote problem={problem} again={reload} />}
      {revealed && !nobody && <Revealed query={query} chosen={chosen} fresh={fresh} />}
      {hidden && <BlindPane query={query} />}
      {!hidden && nobody && <NoAnswer query={query} />}
      {!hidden && !nobody && (
        <section
          aria-label={t`The best answer`}
          className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1fr)_21rem]"
        >
          <BestPane
            ref={best}
            query={quiet}
            answers={shown}
            panel={panel}
            provisional={provisional}
            judging={judging}
            framed={framed}
            challengers={named(challenger)}
            judged={chosen !== null}
            onShow={show}
            reload={reload}
          />
          <WhyPane query={quiet} answer={told.why} provisional={provisional} framed={framed} />
        </section>
      )}
      {!once && (
        <AnswerDeck
          query={quiet}
          panel={panel}
          provisional={provisional}
          blind={(hidden && "hidden") || (revealed && "shown") || "no"}
          framed={framed}
          grows={grows}
          reload={reload}
        />
      )}
      {panel.length > 1 && (hidden || !nobody) && (
        // Below the answers, which a model that joins later must not move.
        <Agreement query={quiet} />
      )}
      <BelowAnswers query={quiet} running={running} blind={hidden} reload={reload} />
      <Announcer
        query={quiet}
        panel={told.panel}
        leaders={told.shown}
        provisional={provisional}
        judging={hidden ? null : judging}
      />
    </div>
  );
}

/** Whether somebody is reading, marking text or going by the keyboard in the pane just now. */
function isRead(pane: HTMLElement | null): boolean {
  const selection = getSelection();
  const marked = selection !== null && !selection.isCollapsed && pane?.contains(selection.anchorNode);
  const scrolled = [...(pane?.querySelectorAll("[data-scroll]") ?? [])].some((body) => body.scrollTop > 8);
  return Boolean(marked || scrolled || pane?.querySelector(":focus-visible"));
}
