import { useParams } from "@tanstack/react-router";
import { useRef } from "react";
import { Announcer } from "../parts/announcer.tsx";
import { AnswerDeck } from "../parts/answer-deck.tsx";
import { BestPane } from "../parts/best-pane.tsx";
import { NoAnswer } from "../parts/no-answer.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { QuestionHead } from "../parts/question-head.tsx";
import { ResultActions } from "../parts/result-actions.tsx";
import { WhyPane } from "../parts/why-pane.tsx";
import { members } from "../state/run.ts";
import { useLeader } from "../state/use-leader.ts";
import { useRun } from "../state/use-run.ts";
import { useTitle } from "../state/use-title.ts";
import { Missing } from "./missing.tsx";

export function Results() {
  const { queryId } = useParams({ from: "/results/$queryId" });
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
  const { query, provisional } = run;
  const running = query.status === "running";
  // What was seen growing keeps its frame: a pane that sprang open at the end would push the rest down.
  const framed = useRef(running).current;
  const best = useRef<HTMLElement>(null);
  const busy = useRef(() => isRead(best.current)).current;
  const { leader, challenger, show } = useLeader(query.best, !provisional, busy);
  const answer = query.responses.find((one) => one.id === leader);
  const panel = members(query);
  const nobody = !running && !query.best;

  return (
    <div className="page">
      <QuestionHead query={query} connection={connection}>
        <ResultActions query={query} reload={reload} />
      </QuestionHead>
      {problem && <ProblemNote problem={problem} again={reload} />}
      {nobody ? (
        <NoAnswer query={query} />
      ) : (
        <section
          aria-label="The best answer"
          className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1fr)_21rem]"
        >
          <BestPane
            ref={best}
            query={query}
            answer={answer}
            panel={panel}
            provisional={provisional}
            framed={framed}
            challenger={query.responses.find((one) => one.id === challenger)}
            onShow={show}
          />
          <WhyPane query={query} answer={answer} provisional={provisional} framed={framed} />
        </section>
      )}
      <AnswerDeck query={query} panel={panel} provisional={provisional} reload={reload} />
      <Announcer query={query} panel={panel} leader={answer} provisional={provisional} />
    </div>
  );
}

/** Whether somebody is reading or marking text in the pane just now. */
function isRead(pane: HTMLElement | null): boolean {
  const selection = getSelection();
  const marked = selection !== null && !selection.isCollapsed && pane?.contains(selection.anchorNode);
  const body = pane?.querySelector("[data-scroll]");
  return Boolean(marked || (body && body.scrollTop > 8));
}

function Waiting() {
  return (
    <div role="status" className="grid gap-4">
      <span className="sr-only">Loading</span>
      <div className="shimmer h-20 rounded-card" />
      <div className="shimmer h-104 rounded-card" />
    </div>
  );
}
