import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Answer, JudgeAsked, Query } from "@trillm/sdk";
import { memo, type ReactNode, type Ref, useCallback, useMemo, useRef, useState } from "react";
import { isFinal, keyOf, lone } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { useRetry } from "../state/use-retry.ts";
import { statusWords } from "../text/failure.ts";
import { score } from "../text/format.ts";
import { Markdown } from "../text/markdown.tsx";
import { Cause } from "./cause.tsx";
import { CloseCall } from "./close-call.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Feedback } from "./feedback.tsx";
import { Icon } from "./icon.tsx";
import { JudgeLine } from "./judge-line.tsx";
import { late } from "./late.tsx";
import { ModelMark, marksIn } from "./model-mark.tsx";
import { Race } from "./race.tsx";
import { WhichBetter } from "./which-better.tsx";

const ReadAloud = late(async () => (await import("./later.ts")).ReadAloud, { quiet: true });
const shownAnswer = () => document.querySelector<HTMLElement>("#best .answer");

interface Props {
  ref: Ref<HTMLElement>;
  query: Query;
  /** Who stands at the head: nobody yet, the leader, or two that are too close to call. */
  answers: Answer[];
  panel: Answer[][];
  provisional: boolean;
  judging: JudgeAsked | null;
  framed: boolean;
  challengers: Answer[];
  /** The person judged it blind already. */
  judged: boolean;
  onShow(): void;
  reload(): void;
}

/** News that is not shown yet, because the pane is being read; on a phone in as few words as it takes. */
function Chip({ says, short, onShow }: { says: string; short: string; onShow(): void }) {
  return (
    <button
      type="button"
      className="badge ms-auto min-h-11 min-w-0 bg-best-soft px-3 text-best md:min-h-8"
      aria-label={says}
      onClick={onShow}
    >
      <span className="truncate max-sm:hidden">{says}</span>
      <span className="truncate sm:hidden">{short}</span>
    </button>
  );
}

/** Who leads, and by how much. `query` is the one without the words, with each of which this is not drawn again. */
const Head = memo((props: { query: Query; id: string; provisional: boolean; chip: ReactNode }) => {
  const { query, id, provisional, chip } = props;
  const nameOf = useModelNames();
  const only = lone(query);
  const answer = query.responses.find((one) => one.id === id);
  if (!answer) return null;
  return (
    <div className="flex h-14 shrink-0 items-center gap-x-3 border-b border-line px-4 py-2 sm:px-5">
      <span
        className={`badge w-27 shrink-0 justify-center px-2.5 py-1 ${
          (only && "bg-sunken text-soft") ||
          (provisional ? "border border-best-line text-best" : "bg-best-soft text-best")
        }`}
      >
        {!only && <Icon name="star" size={13} filled={!provisional} />}
        {(only && (query.status === "running" ? statusWords(only.status) : t`Only answer`)) ||
          (provisional ? t`Best so far` : query.too_close ? t`Best, just` : t`Best answer`)}
      </span>
      <h2 id="best-title" key={id} className={`flex min-w-0 items-center gap-2 font-semibold ${only ? "" : "arrives"}`}>
        <ModelMark mark={marksIn(query).get(keyOf(answer))} size={14} />
        <span dir="auto" className="truncate">
          {nameOf(answer)}
        </span>
      </h2>
      {chip}
      {!chip && answer.scores && (
        <span className="ms-auto shrink-0 text-sm text-soft">
          <span className="text-2xl font-semibold text-ink tabular-nums">{score(answer.scores.total)}</span>
          <span className="hidden sm:inline"> / 100</span>
        </span>
      )}
    </div>
  );
});

/** The leader in full. Its frame keeps one height while answers arrive; opening it is the reader's choice. */
export function BestPane(props: Props) {
  const { ref, query, answers, panel, provisional, judging, framed, challengers, judged, onShow, reload } = props;
  const [open, setOpen] = useState(!framed);
  const [asking, setAsking] = useState(false);
  const retry = useRetry(query, reload);
  const nameOf = useModelNames();
  const marks = useMemo(() => marksIn(query), [query]);
  const [answer, next] = answers;
  const newest = useRef("");
  newest.current = answer?.text ?? "";
  const words = useCallback(() => newest.current, []);
  if (!answer) {
    return (
      <section ref={ref} className="card frame flex flex-col overflow-hidden">
        <Race panel={panel} marks={marks} />
      </section>
    );
  }
  const only = lone(query);
  const final = isFinal(answer);
  const chip = challengers[0] ? (
    <Chip
      says={challengers.length > 1 ? t`Too close to call: show both` : t`${nameOf(challengers[0])} leads: show it`}
      short={challengers.length > 1 ? t`Show both leaders` : t`Show ${nameOf(challengers[0])}`}
      onShow={onShow}
    />
  ) : null;
  return (
    <section
      // One leader or two are different panes in the same frame: nothing moves, one stands in the other's place.
      key={next ? "two" : "one"}
      ref={ref}
      id="best"
      tabIndex={-1}
      aria-labelledby="best-title"
      className={`card flex flex-col overflow-hidden outline-offset-2 ${next || only ? "" : "border-best-line"} ${open ? "" : "frame"}`}
    >
      {next ? (
        <CloseCall query={query} answers={[answer, next]} marks={marks} chip={chip} />
      ) : (
        <>
          <Head query={query} id={answer.id} provisional={provisional} chip={chip} />
          <div
            data-scroll
            tabIndex={0}
            className="scroll-slim min-h-0 flex-1 overflow-y-auto px-4 py-4 text-base sm:px-6 sm:py-5"
          >
            {only && final && answer.status !== "complete" && (
              <Cause answer={answer} onRetry={() => retry.mutate(answer.id)} waiting={retry.isPending} />
            )}
            {retry.error && (
              <p role="status" className="mb-3 text-sm text-bad">
                {t`Not asked again: ${retry.error.message}`}
              </p>
            )}
            <Markdown key={answer.id} id={answer.id} text={answer.text} growing={!final} />
          </div>
        </>
      )}
      <JudgeLine query={query} judging={judging} />
      <div className="flex h-13 shrink-0 items-center gap-1 border-t border-line px-2 sm:px-3 md:h-11 print:hidden">
        {next ? (
          <span className="flex min-w-0 items-center gap-2 px-2 text-xs text-soft">
            <span className="shrink-0">
              <Trans>Ahead:</Trans>
            </span>
            <span dir="auto" className="truncate font-medium text-ink">
              {nameOf(answer)}
            </span>
          </span>
        ) : (
          <>
            <CopyButton text={words} what={t`Copy the best answer`} drawn="#best" />
            <ReadAloud key={answer.id} find={shownAnswer} growing={!final} />
          </>
        )}
        {only && final && (
          <button
            type="button"
            className="tool"
            onClick={() => retry.mutate(answer.id)}
            disabled={retry.isPending}
            aria-label={t`Ask this model again`}
            data-retry
            title={t`Ask this model again`}
          >
            <Icon name="retry" />
          </button>
        )}
        {!judged && final && (
          <Feedback key={answer.id} query={query} answer={answer} onRated={(rating) => setAsking(rating === -1)} />
        )}
        <button
          type="button"
          className="tool ms-auto shrink-0 whitespace-nowrap"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <span className={open ? "rotate-180" : ""}>
            <Icon name="expand" />
          </span>
          {open ? t`Fold` : t`Show all`}
        </button>
      </div>
      {asking && <WhichBetter query={query} rated={answer} />}
    </section>
  );
}
