import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { type Dashboard as Board, ProblemError } from "@trillm/sdk";
import { useState } from "react";
import { Link } from "wouter";
import { service } from "../api/client.ts";
import { boardAsCsv } from "../boards/csv.ts";
import { Numbers } from "../boards/numbers.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { useTitle } from "../state/use-title.ts";

const PERIODS = [7, 30, 90] as const;
/** Fewer questions say nothing about anybody. */
const NEEDED = 3;

/** What this browser asked: who won, what it cost and took, and how far its votes bear the picks out. */
export function Dashboard() {
  useTitle(t`Dashboard`);
  const [days, setDays] = useState<Board["days"]>(30);
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ["dashboard", days],
    queryFn: ({ signal }) => service.dashboard(days, signal),
    placeholderData: (before) => before,
  });
  return (
    <div className="page">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">
            <Trans>Dashboard</Trans>
          </h1>
          <p className="text-soft">
            <Trans>What was asked from this browser</Trans>
          </p>
        </div>
        <fieldset className="grid w-full grid-cols-4 items-center gap-2 whitespace-nowrap sm:flex sm:w-auto">
          <legend className="sr-only">
            <Trans>Period</Trans>
          </legend>
          {PERIODS.map((period) => (
            <button
              key={period}
              type="button"
              className="chip justify-center max-sm:px-1"
              aria-pressed={period === days}
              onClick={() => setDays(period)}
            >
              {plural(period, { one: "# day", other: "# days" })}
            </button>
          ))}
          <button
            type="button"
            className="button-soft max-sm:px-1"
            disabled={!data?.questions}
            onClick={() => data && save(`trillm-${days}-days.csv`, boardAsCsv(data))}
          >
            CSV
          </button>
        </fieldset>
      </div>
      {error instanceof ProblemError && <ProblemNote problem={error.problem} again={refetch} />}
      {!data && !error && <Waiting />}
      {data && data.questions < NEEDED && <Empty asked={data.questions} />}
      {data && data.questions >= NEEDED && (
        <div aria-busy={isPlaceholderData} className="grid gap-5">
          <Numbers board={data} />
        </div>
      )}
    </div>
  );
}

function Empty({ asked }: { asked: number }) {
  const missing = NEEDED - asked;
  return (
    <div className="relative grid min-h-96 place-items-center">
      <div aria-hidden="true" className="absolute inset-0 grid grid-cols-2 gap-5 opacity-50">
        {[0, 1, 2, 3].map((frame) => (
          <span key={frame} className="rounded-card border border-dashed border-line-strong" />
        ))}
      </div>
      <div className="card relative m-4 flex flex-col items-center gap-4 p-6 text-center">
        <p className="text-lg font-medium">
          {plural(missing, {
            one: "# more question, and there is something to show",
            other: "# more questions, and there is something to show",
          })}
        </p>
        <Link href="/" className="button">
          <Trans>Ask a question</Trans>
        </Link>
      </div>
    </div>
  );
}

function Waiting() {
  return (
    <div role="status" className="grid gap-5">
      <span className="sr-only">
        <Trans>Loading</Trans>
      </span>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4 lg:gap-5">
        {[0, 1, 2, 3].map((tile) => (
          <span key={tile} className="shimmer h-28 rounded-card" />
        ))}
      </div>
      <div className="grid gap-5 lg:grid-cols-2">
        {[0, 1].map((chart) => (
          <span key={chart} className="shimmer h-96 rounded-card" />
        ))}
      </div>
    </div>
  );
}

function save(name: string, text: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
