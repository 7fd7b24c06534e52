import { Trans } from "@lingui/react/macro";
import type { Query } from "@trillm/sdk";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useBlind } from "../state/blind.ts";
import { isFinal, keyOf, members } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { ago, cost, count } from "../text/format.ts";
import { Icon } from "./icon.tsx";
import { ModelMark, marksOf } from "./model-mark.tsx";

interface Props {
  query: Query;
  /** When it was asked; left out: how long ago. */
  when?: string;
  /** Whether it cannot be opened now, because there is no network and it is not kept here. */
  missing?: boolean;
  children?: ReactNode;
}

/** A question in a list: what was asked, who answered best, what it cost, when. */
export function QueryRow({ query, when, missing = false, children }: Props) {
  const blind = useBlind((blinds) => blinds.queries[query.id]?.open === false);
  return (
    <div className="flex min-w-0 items-center transition-colors hover:bg-sunken">
      <Link href={`/results/${query.id}`} className="min-w-0 flex-1 px-4 py-3 outline-offset-[-2px]">
        <span dir="auto" className={`line-clamp-2 font-medium [overflow-wrap:anywhere] ${missing ? "text-soft" : ""}`}>
          {query.question}
        </span>
        <span className="mt-1 flex flex-wrap items-center gap-x-2.5 gap-y-1 text-xs text-soft">
          {blind ? (
            <span className="font-medium text-ink">
              <Trans>blind, not chosen yet</Trans>
            </span>
          ) : (
            <Outcome query={query} />
          )}
          {query.status !== "running" && !blind && <span>{cost(query.cost_usd)}</span>}
          <span>{when ?? ago(query.created_at)}</span>
          {missing && (
            <span className="flex items-center gap-1">
              <Icon name="offline" size={14} />
              <Trans>not saved in this browser</Trans>
            </span>
          )}
        </span>
      </Link>
      {children}
    </div>
  );
}

function Outcome({ query }: { query: Query }) {
  const nameOf = useModelNames();
  const panel = members(query)
    .map((attempts) => attempts.at(-1))
    .filter((answer) => answer !== undefined);
  const best = query.responses.find((answer) => answer.id === query.best);
  const answered = panel.filter((answer) => answer.status === "complete").length;
  if (query.status === "running") {
    const ended = panel.filter(isFinal).length;
    return (
      <span className="font-medium text-accent">
        <Trans>
          answering, {count(ended)} of {count(panel.length)} done
        </Trans>
      </span>
    );
  }
  if (query.status === "failed" || !best)
    return (
      <span className="font-medium text-bad">
        <Trans>no model answered</Trans>
      </span>
    );
  const marks = marksOf(panel.map(keyOf));
  const others = panel.filter((answer) => query.too_close || keyOf(answer) !== keyOf(best));
  return (
    <>
      <span className="flex items-center gap-1.5 font-medium text-ink">
        {query.too_close ? (
          <>
            <Icon name="scales" size={14} />
            <Trans>too close to call</Trans>
          </>
        ) : (
          <>
            <ModelMark mark={marks.get(keyOf(best))} size={10} />
            {nameOf(best)}
          </>
        )}
      </span>
      {others.length > 0 && (
        <span className="flex items-center gap-1" title={others.map(nameOf).join(", ")}>
          {others.map((answer) => (
            <ModelMark key={answer.id} mark={marks.get(keyOf(answer))} size={8} />
          ))}
        </span>
      )}
      <span className={answered < panel.length ? "text-bad" : ""}>
        <Trans>
          {count(answered)} of {count(panel.length)} answered
        </Trans>
      </span>
    </>
  );
}
