import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Answer, Query } from "@trillm/sdk";
import { ProblemError } from "@trillm/sdk";
import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import { readQuery } from "../offline/kept.ts";
import { keyOf } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { count } from "../text/format.ts";
import { Markdown } from "../text/markdown.tsx";
import { languageOf } from "../text/which-language.ts";
import { Icon } from "./icon.tsx";
import { ModelMark, marksIn } from "./model-mark.tsx";

/** As many as are sent; what lies further back is a link away. */
const MOST_TURNS = 8;

interface Turn {
  query: Query;
  answer: Answer;
}

/** What this question continues: the answer before it, and on request those before that, oldest first. */
export function Conversation({ query }: { query: Query }): ReactNode {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const { follows } = query;
  const { data, isPending } = useQuery({
    queryKey: ["conversation", follows?.response_id],
    queryFn: () => turnsBefore(query, client),
    enabled: follows !== null,
  });
  if (!follows) return null;
  const turns = data ?? [];
  const earlier = turns.length - 1;
  return (
    <section aria-label={t`The conversation so far`} className="card overflow-hidden">
      <header className="flex h-11 items-center justify-between gap-3 border-b border-line ps-4 pe-1.5 text-sm">
        <span className="flex min-w-0 items-center gap-2 text-soft">
          <Icon name="thread" />
          <span className="truncate">
            <Trans>Continues a conversation</Trans>
          </span>
        </span>
        {earlier > 0 && (
          <button type="button" className="tool shrink-0" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? t`Hide earlier` : t`Earlier: ${count(earlier)}`}
          </button>
        )}
      </header>
      <ol className="divide-y divide-line">
        {(open ? turns : turns.slice(-1)).map((turn) => (
          <Said key={turn.answer.id} turn={turn} />
        ))}
        {turns.length === 0 && (
          <li className="flex h-18 items-center px-4 text-sm text-soft">
            {isPending ? (
              <span role="status" className="shimmer h-4 w-2/3 rounded-full">
                <span className="sr-only">
                  <Trans>Loading</Trans>
                </span>
              </span>
            ) : (
              <Trans>What it continues was deleted, or cannot be reached.</Trans>
            )}
          </li>
        )}
      </ol>
    </section>
  );
}

function Said({ turn: { query, answer } }: { turn: Turn }) {
  const nameOf = useModelNames();
  return (
    <li>
      <details className="group">
        <summary className="flex h-18 cursor-pointer list-none items-center gap-3 px-4 py-3 outline-offset-[-2px] group-open:h-auto group-open:min-h-18 hover:bg-sunken [&::-webkit-details-marker]:hidden">
          <span className="grid min-w-0 flex-1 gap-0.5">
            <span
              dir="auto"
              lang={languageOf(query.question)}
              className="truncate text-sm font-semibold group-open:whitespace-pre-wrap group-open:[overflow-wrap:anywhere]"
            >
              {query.question}
            </span>
            <span className="flex min-w-0 items-center gap-1.5 text-sm text-soft">
              <ModelMark mark={marksIn(query).get(keyOf(answer))} />
              <span className="shrink-0 font-medium">{nameOf(answer)}</span>
              <span dir="auto" className="truncate group-open:hidden">
                {firstLine(answer.text)}
              </span>
            </span>
          </span>
          <span className="shrink-0 text-soft transition-transform group-open:rotate-180">
            <Icon name="expand" />
          </span>
        </summary>
        <div className="border-t border-line bg-sunken px-4 py-4">
          <Markdown text={answer.text} growing={false} />
          <Link href={`/results/${query.id}`} className="button-soft mt-4">
            <Icon name="back" />
            <Trans>All answers to this question</Trans>
          </Link>
        </div>
      </details>
    </li>
  );
}

const firstLine = (text: string) =>
  text
    .trim()
    .split("\n", 1)[0]
    ?.replace(/^[#>*\-\s]+|[*_`]+/g, "") ?? "";

/** The conversation's turns, oldest first, back to its beginning or to where something was deleted. */
async function turnsBefore(query: Query, client: QueryClient): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (let follows = query.follows; follows && turns.length < MOST_TURNS; ) {
    const { query_id: id, response_id: said } = follows;
    const earlier = await client
      .fetchQuery({ queryKey: ["query", id], queryFn: () => readQuery(id), staleTime: 60_000, retry: false })
      .catch((error: unknown) => {
        if (error instanceof ProblemError) return null;
        throw error;
      });
    const answer = earlier?.responses.find((one) => one.id === said);
    if (!earlier || !answer) break;
    turns.unshift({ query: earlier, answer });
    follows = earlier.follows;
  }
  return turns;
}
