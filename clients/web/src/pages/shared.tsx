import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { type Answer, ProblemError, type Query, type Shared as SharedResult } from "@trillm/sdk";
import { Link, useParams } from "wouter";
import { service } from "../api/client.ts";
import { Agreement } from "../parts/agreement.tsx";
import { Badges } from "../parts/badges.tsx";
import { ExportMenu } from "../parts/export-menu.tsx";
import { Icon } from "../parts/icon.tsx";
import { JudgeLine } from "../parts/judge-line.tsx";
import { late } from "../parts/late.tsx";
import { type Mark, ModelMark, marksIn } from "../parts/model-mark.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { WhyPane } from "../parts/why-pane.tsx";
import { keyOf, leaders, members, newest, start } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { useTitle } from "../state/use-title.ts";
import { cause } from "../text/failure.ts";
import { longDate, moment, percent, sentences } from "../text/format.ts";
import { Markdown } from "../text/markdown.tsx";
import { Missing } from "./missing.tsx";

const MergedPane = late(async () => (await import("../parts/later.ts")).MergedPane);

/** What a link shows: a result as it was, only to be read. */
export function Shared() {
  const { shareId } = useParams<{ shareId: string }>();
  const { data, error, refetch } = useQuery({
    queryKey: ["shared", shareId],
    queryFn: ({ signal }) => service.shared(shareId, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const problem = error instanceof ProblemError ? error.problem : null;
  useTitle(data?.query.question.slice(0, 60) ?? "");
  return (
    <>
      <meta name="robots" content="noindex" />
      {problem?.status === 404 && <Missing what="share" />}
      {problem && problem.status !== 404 && (
        <div className="page">
          <ProblemNote problem={problem} again={() => void refetch()} />
        </div>
      )}
      {data && <Snapshot shared={data} />}
      {!data && !problem && (
        <div className="page">
          <Waiting />
        </div>
      )}
    </>
  );
}

function Snapshot({ shared }: { shared: SharedResult }) {
  const { query } = shared;
  const leading = leaders(start(query));
  const [best] = leading;
  const marks = marksIn(query);
  const others = newest(members(query))
    .filter((one) => !leading.includes(one))
    .sort((one, other) => (one.rank ?? 99) - (other.rank ?? 99));
  return (
    <div className="page">
      <header className="flex flex-col gap-3">
        <h1
          dir="auto"
          className="text-xl font-semibold tracking-tight whitespace-pre-wrap [overflow-wrap:anywhere] sm:text-2xl"
        >
          {query.question}
        </h1>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <p className="min-w-0 flex-1 basis-72 text-sm text-soft">
            {sentences(
              t`A snapshot of ${longDate(shared.created_at)}, shared by a link. Models can all be wrong.`,
              !!shared.expires_at && t`The link works until ${moment(shared.expires_at)}.`,
            )}
          </p>
          <div className="-ms-3 flex items-center gap-1 sm:ms-0 print:hidden">
            <ExportMenu address={`/api/shares/${shared.id}`} />
            <Link href="/" className="button">
              <Trans>Ask your own</Trans>
            </Link>
          </div>
        </div>
      </header>
      {best && (
        <section
          aria-label={t`The best answer`}
          className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1fr)_21rem]"
        >
          {leading.length > 1 ? (
            <Level query={query} answers={leading} marks={marks} />
          ) : (
            <Sheet query={query} answer={best} mark={marks.get(keyOf(best))} head />
          )}
          <WhyPane query={query} answer={best} provisional={false} framed={false} />
        </section>
      )}
      {others.length > 0 && (
        <section aria-labelledby="others" className="grid gap-4">
          <h2 id="others" className="mt-2 text-sm font-semibold">
            {best ? t`The other answers` : t`All answers`}
          </h2>
          <ul className="grid items-start gap-4 md:grid-cols-[repeat(auto-fit,minmax(20rem,1fr))]">
            {others.map((answer) => (
              <li key={answer.id} className="min-w-0">
                <Sheet query={query} answer={answer} mark={marks.get(keyOf(answer))} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {best && query.responses.length > 1 && <Agreement query={query} shared />}
      {query.synthesis?.text && <MergedPane query={query} blind={false} />}
    </div>
  );
}

/** No winner: the two leaders with their chances. */
function Level({ query, answers, marks }: { query: Query; answers: Answer[]; marks: Map<string, Mark> }) {
  return (
    <div className="grid min-w-0 gap-3">
      <h2 className="flex items-center gap-2 font-semibold">
        <Icon name="scales" size={18} />
        <Trans>Too close to call</Trans>
      </h2>
      <ul aria-label={t`The two leaders`} className="grid items-start gap-4 md:grid-cols-2">
        {answers.map((answer) => (
          <li key={answer.id} className="min-w-0">
            <Sheet query={query} answer={answer} mark={marks.get(keyOf(answer))} chance={answer.probability} />
          </li>
        ))}
      </ul>
      <div className="card overflow-hidden empty:hidden">
        <JudgeLine query={query} judging={null} />
      </div>
    </div>
  );
}

interface SheetProps {
  query: Query;
  answer: Answer;
  mark: Mark | undefined;
  /** It stands at the head, alone. */
  head?: boolean;
  /** The probability that it is the best, shown in place of its rank. */
  chance?: number | null;
}

function Sheet({ query, answer, mark, head: best = false, chance = null }: SheetProps) {
  const nameOf = useModelNames();
  const Name = best ? "h2" : "h3";
  return (
    <article
      aria-labelledby={`name-${answer.id}`}
      className={`card overflow-hidden ${best && !query.too_close ? "border-best-line" : ""}`}
    >
      <header className="@container border-b border-line px-4 pt-3 pb-2 sm:px-5">
        <div className="flex min-h-6 items-center gap-2">
          <ModelMark mark={mark} size={14} />
          <Name id={`name-${answer.id}`} className="min-w-0 truncate font-semibold">
            {nameOf(answer)}
          </Name>
          <span className="ms-auto shrink-0">
            {chance === null ? (
              <StatusBadge answer={answer} best={best && !query.too_close} provisional={false} />
            ) : (
              <span className="badge bg-sunken text-soft tabular-nums">{percent(chance)}</span>
            )}
          </span>
        </div>
        <Badges answer={answer} blind={false} />
      </header>
      <div className={`px-4 py-4 sm:px-5 ${best ? "text-base" : "text-sm"}`}>
        {answer.status !== "complete" && (
          <p className="mb-3 flex gap-2.5 rounded-control bg-bad-soft px-3.5 py-3 text-sm [overflow-wrap:anywhere]">
            <span className="mt-0.5 text-bad">
              <Icon name="warning" />
            </span>
            {cause(answer)}
          </p>
        )}
        {answer.text && <Markdown id={answer.id} text={answer.text} growing={false} />}
      </div>
      {best && <JudgeLine query={query} judging={null} />}
    </article>
  );
}
