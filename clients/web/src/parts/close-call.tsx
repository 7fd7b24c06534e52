import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Answer, Query } from "@trillm/sdk";
import type { ReactNode } from "react";
import { isFinal, keyOf } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { useVote } from "../state/use-vote.ts";
import { percent } from "../text/format.ts";
import { Markdown } from "../text/markdown.tsx";
import { Icon } from "./icon.tsx";
import { type Mark, ModelMark } from "./model-mark.tsx";
import { Track } from "./track.tsx";

interface Props {
  query: Query;
  answers: [Answer, Answer];
  marks: Map<string, Mark>;
  chip: ReactNode;
}

/** No winner: the two leaders side by side, each with its chance, and the choice left to the reader. */
export function CloseCall({ query, answers, marks, chip }: Props) {
  const nameOf = useModelNames();
  const { chosen, failed, prefer } = useVote(query);
  const running = query.status === "running";
  return (
    <>
      <div className="flex h-14 shrink-0 items-center gap-x-3 px-4 pt-1 sm:px-5">
        <h2 id="best-title" className="flex shrink-0 items-center gap-2 font-semibold">
          <Icon name="scales" size={18} />
          <Trans>Too close to call</Trans>
        </h2>
        {chip || (
          <p role="status" className="ms-auto truncate text-sm text-soft">
            {(failed && t`Not kept; try again.`) || (chosen && t`Thank you.`) || t`Either may be best`}
          </p>
        )}
      </div>
      <ul
        aria-label={t`The two leaders`}
        className="grid shrink-0 grid-cols-2 divide-x divide-line border-y border-line"
      >
        {answers.map((answer) => (
          <li key={answer.id} className="grid min-w-0 gap-1 bg-sunken px-4 pt-2.5 pb-1 sm:px-5 md:pb-2">
            <span className="flex min-w-0 items-center gap-2 text-sm">
              <ModelMark mark={marks.get(keyOf(answer))} />
              <span dir="auto" className="truncate font-medium">
                {nameOf(answer)}
              </span>
            </span>
            <span className="flex items-center gap-1.5">
              <span className="min-w-0 flex-1">
                <Track fraction={answer.probability ?? 0} className="bg-accent" />
              </span>
              <span className="w-10 shrink-0 text-end text-sm font-semibold tabular-nums">
                {percent(answer.probability ?? 0)}
              </span>
              <button
                type="button"
                className="tool -me-2.5"
                aria-pressed={answer.id === chosen}
                disabled={running}
                onClick={() => prefer(answers[0].id, answer.id)}
                title={t`This one is better`}
              >
                <Icon name={answer.id === chosen ? "check" : "star"} />
                <span className="max-md:sr-only">{answer.id === chosen ? t`Noted` : t`Better`}</span>
                <span className="sr-only">
                  <Trans>: {nameOf(answer)} is better</Trans>
                </span>
              </button>
            </span>
          </li>
        ))}
      </ul>
      <ul className="snap-deck relative flex min-h-0 flex-1 overflow-x-auto md:grid md:grid-cols-2">
        {answers.map((answer) => (
          <li
            key={answer.id}
            data-scroll
            tabIndex={0}
            aria-label={nameOf(answer)}
            className="scroll-slim w-[90%] shrink-0 overflow-y-auto border-line px-4 py-3 not-first:border-s sm:px-5 md:w-auto md:min-w-0"
          >
            <p className="mb-1 text-xs font-medium text-soft md:hidden">{nameOf(answer)}</p>
            <Markdown id={answer.id} text={answer.text} growing={!isFinal(answer)} />
          </li>
        ))}
      </ul>
    </>
  );
}
