import { type Ref, useState } from "react";
import type { Answer, Query } from "../api/types.ts";
import { isFinal, keyOf } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { score } from "../text/format.ts";
import { Markdown } from "../text/markdown.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Feedback } from "./feedback.tsx";
import { Icon } from "./icon.tsx";
import { ModelMark, marksOf } from "./model-mark.tsx";
import { Race } from "./race.tsx";

interface Props {
  ref: Ref<HTMLElement>;
  query: Query;
  answer: Answer | undefined;
  panel: Answer[][];
  provisional: boolean;
  framed: boolean;
  challenger: Answer | undefined;
  onShow(): void;
}

/** The leader in full. Its frame keeps one height while answers arrive; opening it is the reader's choice. */
export function BestPane({ ref, query, answer, panel, provisional, framed, challenger, onShow }: Props) {
  const [open, setOpen] = useState(!framed);
  const nameOf = useModelNames();
  const marks = marksOf(panel.flatMap((attempts) => attempts.slice(-1).map(keyOf)));
  if (!answer) {
    return (
      <section ref={ref} className="card frame flex flex-col overflow-hidden">
        <Race panel={panel} marks={marks} />
      </section>
    );
  }
  return (
    <section
      ref={ref}
      id="best"
      tabIndex={-1}
      aria-labelledby="best-title"
      className={`card flex flex-col overflow-hidden border-best-line outline-offset-2 ${open ? "" : "frame"}`}
    >
      <div className="flex h-14 items-center gap-x-3 border-b border-line px-4 py-2 sm:px-5">
        <span
          className={`badge w-27 shrink-0 justify-center px-2.5 py-1 ${provisional ? "border border-best-line text-best" : "bg-best-soft text-best"}`}
        >
          <Icon name="star" size={13} filled={!provisional} />
          {provisional ? "Best so far" : query.too_close ? "Best, just" : "Best answer"}
        </span>
        <h2 id="best-title" className="flex min-w-0 items-center gap-2 font-semibold">
          <ModelMark mark={marks.get(keyOf(answer))} size={14} />
          <span className="truncate">{nameOf(answer)}</span>
        </h2>
        {challenger && (
          <button type="button" className="badge ms-auto min-h-8 min-w-0 bg-best-soft px-3 text-best" onClick={onShow}>
            <span className="truncate">{nameOf(challenger)} leads: show</span>
          </button>
        )}
        {!challenger && answer.scores && (
          <span className="ms-auto shrink-0 text-sm text-soft">
            <span className="text-2xl font-semibold text-ink tabular-nums">{score(answer.scores.total)}</span>
            <span className="hidden sm:inline"> / 100</span>
          </span>
        )}
      </div>
      <div
        data-scroll
        tabIndex={0}
        className="scroll-slim min-h-0 flex-1 overflow-y-auto px-4 py-4 text-base sm:px-6 sm:py-5"
      >
        <Markdown key={answer.id} text={answer.text} growing={!isFinal(answer)} />
      </div>
      <div className="flex h-13 shrink-0 items-center gap-1 border-t border-line px-2 sm:px-3 md:h-11">
        <CopyButton text={answer.text} what="the best answer" />
        <Feedback query={query} answer={answer} />
        <button type="button" className="tool ms-auto" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className={open ? "rotate-180" : ""}>
            <Icon name="expand" />
          </span>
          {open ? "Fold" : "Show all"}
        </button>
      </div>
    </section>
  );
}
