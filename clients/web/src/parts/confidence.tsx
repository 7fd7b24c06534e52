import { t } from "@lingui/core/macro";
import type { Query } from "@trillm/sdk";
import { percent } from "../text/format.ts";
import { meaning, surety } from "../text/verdict.ts";
import { Hint } from "./hint.tsx";
import { Track } from "./track.tsx";

/** How sure the pick is: the figure, its words, and behind a sign what it means. */
export function Confidence({ query, provisional }: { query: Query; provisional: boolean }) {
  const { confidence, too_close, decided_by } = query;
  if (confidence === null) return null;
  return (
    <div className="grid gap-2">
      <p className="flex h-8 items-center gap-2">
        <span className="text-2xl font-semibold tabular-nums">{percent(confidence)}</span>
        <span className="text-sm text-soft">{surety(confidence, too_close, provisional)}</span>
        <span className="ms-auto">
          <Hint label={t`What this figure means`}>{meaning(confidence, too_close, decided_by)}</Hint>
        </span>
      </p>
      <Track fraction={confidence} className={too_close ? "bg-line-strong" : "bg-best-fill"} />
    </div>
  );
}
