import { Trans } from "@lingui/react/macro";
import type { Answer } from "@trillm/sdk";
import { keyOf } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { statusWords } from "../text/failure.ts";
import { wordCount, words } from "../text/format.ts";
import { type Mark, ModelMark } from "./model-mark.tsx";

/** Stands in the place of the best answer until there is one: who is writing, and how far. */
export function Race({ panel, marks }: { panel: Answer[][]; marks: Map<string, Mark> }) {
  const nameOf = useModelNames();
  const newest = panel.flatMap((attempts) => attempts.slice(-1));
  const longest = Math.max(120, ...newest.map((answer) => words(answer.text)));
  return (
    <div className="m-auto flex w-full max-w-md flex-col gap-5 px-6 py-8">
      <p className="text-center text-soft">
        <Trans>The best answer stands here as soon as one is complete.</Trans>
      </p>
      {/* Room for three, so that one who joins moves nobody. */}
      <ul className="flex min-h-33 flex-col gap-3.5">
        {newest.map((answer) => {
          const written = words(answer.text);
          return (
            <li key={answer.id} className="grid gap-1.5">
              <span className="flex items-center gap-2 text-sm">
                <ModelMark mark={marks.get(keyOf(answer))} />
                <span dir="auto" className="min-w-0 truncate font-medium">
                  {nameOf(answer)}
                </span>
                <span className="ms-auto w-20 shrink-0 whitespace-nowrap text-soft tabular-nums">
                  {written > 0 ? wordCount(written) : statusWords(answer.status)}
                </span>
              </span>
              <span className="track h-1.5 overflow-hidden rounded-full bg-sunken">
                <span
                  className="block h-full origin-left rtl:origin-right rounded-full bg-line-strong transition-transform duration-300"
                  style={{ transform: `scaleX(${Math.min(1, written / longest)})` }}
                />
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
