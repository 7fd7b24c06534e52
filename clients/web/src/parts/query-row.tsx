import { Trans } from "@lingui/react/macro";
import type { Query } from "@trillm/sdk";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useBlind } from "../state/blind.ts";
import { isFinal, keyOf, members } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { ago, cost, count } from "../text/format.ts";
import { ModelMark, marksOf } from "./model-mark.tsx";

/** A question in a list: what was asked, who answered best, what it cost, when. */
export function QueryRow({ query, children }: { query: Query; children?: ReactNode }) {
  const blind = useBlind((blinds) => blinds.queries[query.id]?.open === false);
  return (
    <div className="flex min-w-0 items-center transition-colors hover:bg-sunken">
      <Link href={`/results/${query.id}`} className="min-w-0 flex-1 px-4 py-3 outline-offset-[-2px]">
        <span dir="auto" className="line-clamp-2 font-medium [overflow-wrap:anywhere]">
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
          <span>{ago(query.created_at)}</span>
          {query.status !== "running" && !blind && <span>{cost(query.cost_usd)}</span>}
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
  const mark = marksOf(panel.map(keyOf)).get(keyOf(best));
  return (
    <>
      <span className="flex items-center gap-1.5 font-medium text-ink">
        <ModelMark mark={mark} size={10} />
        {nameOf(best)}
        {query.too_close && (
          <span className="font-normal text-soft">
            <Trans>too close to call</Trans>
          </span>
        )}
      </span>
      <span className={answered < panel.length ? "text-bad" : ""}>
        <Trans>
          {count(answered)} of {count(panel.length)} answered
        </Trans>
      </span>
    </>
  );
}
