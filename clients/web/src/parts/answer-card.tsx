import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import type { Answer, Query } from "@trillm/sdk";
import { memo, useState } from "react";
import { service } from "../api/client.ts";
import { isFinal } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { useRetry } from "../state/use-retry.ts";
import { Markdown } from "../text/markdown.tsx";
import { Attempts } from "./attempts.tsx";
import { Badges } from "./badges.tsx";
import { Cause } from "./cause.tsx";
import { Continue } from "./continue.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Feedback } from "./feedback.tsx";
import { Icon } from "./icon.tsx";
import { late } from "./late.tsx";
import { type Mark, ModelMark } from "./model-mark.tsx";
import { StatusBadge } from "./status-badge.tsx";
import { WhichBetter } from "./which-better.tsx";

const AttemptDiff = late(async () => (await import("./attempt-diff.tsx")).AttemptDiff);

interface Props {
  query: Query;
  attempts: Answer[];
  place: number;
  mark: Mark | undefined;
  provisional: boolean;
  blind: boolean;
  /** What it was called while names were hidden. */
  letter: string;
  fits: boolean;
  reload(): void;
}

/** One model's answer, or what became of it. It keeps its height while it grows; where it `fits`, it ends with its text. */
export const AnswerCard = memo(({ query, attempts, place, mark, provisional, blind, letter, fits, reload }: Props) => {
  const [chosen, setChosen] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  const [compared, setCompared] = useState(false);
  const nameOf = useModelNames();
  const answer = attempts.find((one) => one.id === chosen) ?? attempts.at(-1);
  const retry = useRetry(query, () => {
    setChosen(null);
    reload();
  });
  const stop = useMutation({ mutationFn: (id: string) => service.cancelAnswer(query.id, id), onError: reload });
  if (!answer) return null;
  const before = attempts[attempts.indexOf(answer) - 1];
  const comparable = isFinal(answer) && answer.text && before?.text;
  // Where it is too close to call nobody wears the star.
  const isBest = answer.id === query.best && !query.too_close;
  const final = isFinal(answer);
  const again = () => retry.mutate(answer.id);
  return (
    <article
      id={`answer-${place}`}
      tabIndex={-1}
      aria-labelledby={`answer-${place}-name`}
      aria-busy={!final}
      className={`card flex flex-col overflow-hidden outline-offset-2 ${isBest ? "border-best-line" : ""} ${open ? (fits ? "" : "min-h-104 md:min-h-80") : fits ? "max-h-104" : "h-104 md:h-80"}`}
    >
      <header className="@container border-b border-line px-4 pt-3 pb-2">
        <div className="flex min-h-6 items-center gap-2">
          <ModelMark mark={mark} size={14} />
          <h3
            id={`answer-${place}-name`}
            dir="auto"
            className="min-w-0 truncate font-semibold"
            title={blind ? undefined : `${answer.provider}: ${answer.model}`}
          >
            {letter && <span className="me-1.5 text-soft">{letter}</span>}
            {nameOf(answer)}
          </h3>
          <span className="ms-auto flex shrink-0 items-center gap-1.5">
            {attempts.length > 1 && <Attempts attempts={attempts} shown={answer} onShow={setChosen} />}
            <StatusBadge answer={answer} best={isBest} provisional={provisional} />
          </span>
        </div>
        <Badges answer={answer} blind={blind} />
      </header>
      <div tabIndex={0} className="scroll-slim min-h-0 flex-1 overflow-y-auto px-4 py-3 text-sm">
        {final && answer.status !== "complete" && <Cause answer={answer} onRetry={again} waiting={retry.isPending} />}
        <p role="status" className="text-bad [&:not(:empty)]:mb-3">
          {retry.error && t`Not asked again: ${retry.error.message}`}
        </p>
        {comparable && (
          <button
            type="button"
            className="tool -mx-2.5 mb-2"
            aria-pressed={compared}
            onClick={() => setCompared(!compared)}
          >
            {compared ? t`Show it plain` : t`Show what changed`}
          </button>
        )}
        {comparable && compared ? (
          <AttemptDiff before={before.text} after={answer.text} waiting={<Skeleton />} />
        ) : (
          answer.text && <Markdown id={answer.id} text={answer.text} growing={!final} />
        )}
        {!final && !answer.text && <Skeleton />}
        {final && answer.text && query.status !== "running" && !blind && <Continue query={query} answer={answer} />}
      </div>
      <footer className="flex h-13 shrink-0 items-center border-t border-line px-2 empty:hidden md:h-11">
        {!final && (
          <button
            type="button"
            className="tool ms-auto"
            onClick={() => stop.mutate(answer.id)}
            disabled={stop.isPending}
            title={t`Stop this model; what it wrote is kept`}
          >
            <Icon name="stop" filled />
            {stop.isPending ? t`Stopping` : t`Stop`}
            <span className="sr-only">: {nameOf(answer)}</span>
          </button>
        )}
        {final && (
          <>
            {answer.text && (
              <CopyButton
                text={answer.text}
                what={t`Copy the answer of ${nameOf(answer)}`}
                small
                drawn={`#answer-${place}`}
              />
            )}
            {answer.text && !blind && !letter && (
              <Feedback query={query} answer={answer} comparable onRated={(rating) => setAsking(rating === -1)} />
            )}
            {answer.status === "complete" && (
              <button
                type="button"
                className="tool"
                onClick={again}
                disabled={retry.isPending}
                data-retry
                title={t`Ask this model again`}
              >
                <Icon name="retry" />
                <span className="sr-only">
                  <Trans>Ask {nameOf(answer)} again</Trans>
                </span>
              </button>
            )}
            {answer.text && (
              <button type="button" className="tool ms-auto" aria-expanded={open} onClick={() => setOpen(!open)}>
                {open ? t`Fold` : t`Open`}
              </button>
            )}
          </>
        )}
      </footer>
      {asking && <WhichBetter query={query} rated={answer} />}
    </article>
  );
}, drawnAlike);

/** Only its own words draw a card again: `attempts` is a new list with every word of anybody. */
function drawnAlike({ attempts: before, ...rest }: Props, { attempts: after, ...now }: Props): boolean {
  const parts = Object.keys(now) as (keyof typeof now)[];
  return (
    before.length === after.length &&
    before.every((answer, place) => answer === after[place]) &&
    parts.every((part) => rest[part] === now[part])
  );
}

function Skeleton() {
  return (
    <div aria-hidden="true" className="grid gap-2.5 pt-1">
      <span className="shimmer h-3.5 w-full rounded-full" />
      <span className="shimmer h-3.5 w-11/12 rounded-full" />
      <span className="shimmer h-3.5 w-2/3 rounded-full" />
    </div>
  );
}
