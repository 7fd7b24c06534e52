import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Query } from "@trillm/sdk";
import { memo, type ReactNode, useState } from "react";
import { Link } from "wouter";
import { isFinal, members } from "../state/run.ts";
import { useEditing } from "../state/use-editing.ts";
import type { Connection } from "../state/use-run.ts";
import { ago, cost, count, seconds } from "../text/format.ts";
import { categoryWord } from "../text/verdict.ts";
import { languageOf } from "../text/which-language.ts";
import { Icon } from "./icon.tsx";

const LONG = 280;

/** The question, how far its answers are, and what can be done with them. */
interface Props {
  query: Query;
  connection: Connection;
  blind: boolean;
  children: ReactNode;
}

export const QuestionHead = memo(({ query, connection, blind, children }: Props) => {
  const [whole, setWhole] = useState(false);
  const edit = useEditing();
  const long = query.question.length > LONG;
  return (
    <header className="flex flex-col gap-2">
      <div className="flex items-start gap-2">
        <Link
          href="/"
          className="tool -ms-2.5 mt-[-0.3rem] md:mt-0"
          aria-label={t`Ask another question`}
          title={t`Ask another question`}
        >
          <Icon name="back" size={20} />
        </Link>
        <h1
          dir="auto"
          lang={languageOf(query.question)}
          className={`min-w-0 flex-1 font-semibold tracking-tight whitespace-pre-wrap [overflow-wrap:anywhere] ${
            long ? "text-base" : "text-xl sm:text-2xl"
          } ${long && !whole ? "line-clamp-3" : ""}`}
        >
          {query.question}
        </h1>
        <button
          type="button"
          className="tool -me-2 mt-[-0.3rem] md:mt-0 print:hidden"
          onClick={() => edit(query.question)}
          aria-label={t`Change the question`}
          title={t`Change the question`}
        >
          <Icon name="edit" size={18} />
        </button>
      </div>
      {long && (
        <button type="button" className="tool self-start" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? t`Show less` : t`Show the whole question`}
        </button>
      )}
      <div className="flex min-h-11 items-center gap-x-2">
        {/* One line: what has no room on it is left out, from its end. */}
        <p className="flex h-6 min-w-0 flex-1 flex-wrap gap-x-2.5 overflow-hidden text-sm/6 whitespace-nowrap text-soft tabular-nums">
          {query.category && (
            <span
              className="badge h-6 bg-sunken text-soft max-sm:order-last"
              title={t`What kind of question this was taken for`}
            >
              {categoryWord(query.category)}
            </span>
          )}
          <Progress query={query} connection={connection} blind={blind} />
        </p>
        <div className="flex min-w-36 shrink-0 items-center justify-end gap-1 sm:min-w-56">{children}</div>
      </div>
    </header>
  );
});

function Progress({ query, connection, blind }: { query: Query; connection: Connection; blind: boolean }) {
  const panel = members(query).flatMap((attempts) => attempts.slice(-1));
  const running = query.status === "running";
  if (running && connection === "reconnecting") {
    return (
      <span className="max-w-full truncate font-medium text-best">
        <Trans>Reconnecting.</Trans>{" "}
        <span className="max-sm:sr-only">
          <Trans>Nothing is lost.</Trans>
        </span>
      </span>
    );
  }
  if (running) {
    const ended = panel.filter(isFinal).length;
    return (
      <>
        <span className="flex items-center gap-2 font-medium text-ink">
          <span className="pulse size-2 rounded-full bg-accent" />
          {ended < panel.length ? t`Answering` : t`Deciding`}
        </span>
        <span>
          <Trans>
            {count(ended)} of {count(panel.length)} done
          </Trans>
        </span>
      </>
    );
  }
  const answered = panel.filter((answer) => answer.status === "complete").length;
  return (
    <>
      <span className={answered < panel.length ? "font-medium text-bad" : "font-medium text-ink"}>
        <Trans>
          {count(answered)} of {count(panel.length)} answered
        </Trans>
      </span>
      {query.cached_at && (
        <span>
          <Trans>saved {ago(query.cached_at)}</Trans>
        </span>
      )}
      {query.elapsed_ms !== null && <span>{seconds(query.elapsed_ms)}</span>}
      {!blind && <span>{cost(query.cost_usd)}</span>}
      <span className="hidden sm:inline">{ago(query.created_at)}</span>
    </>
  );
}
