import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { type Dashboard as Board, ProblemError } from "@trillm/sdk";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import { service } from "../api/client.ts";
import { boardAsCsv } from "../boards/csv.ts";
import { DayChart } from "../boards/day-chart.tsx";
import { Panel, Table } from "../boards/panel.tsx";
import { Calibration, Votes } from "../boards/votes.tsx";
import { Criteria, Wins } from "../boards/wins.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { useModelNames } from "../state/use-models.ts";
import { useTitle } from "../state/use-title.ts";
import { cost, count, seconds, spent } from "../text/format.ts";

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
        <fieldset className="flex flex-wrap items-center gap-2 whitespace-nowrap">
          <legend className="sr-only">
            <Trans>Period</Trans>
          </legend>
          {PERIODS.map((period) => (
            <button
              key={period}
              type="button"
              className="chip"
              aria-pressed={period === days}
              onClick={() => setDays(period)}
            >
              {plural(period, { one: "# day", other: "# days" })}
            </button>
          ))}
          <button
            type="button"
            className="button-soft"
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

function Numbers({ board }: { board: Board }) {
  const { days, medians, slowest, costs } = useMemo(() => byDay(board), [board]);
  const series = useMemo(
    () => ({
      latency: [
        { name: t`Median`, values: medians, colour: "--accent" },
        { name: t`95 of 100`, values: slowest, colour: "--model-1", dashed: true },
      ],
      cost: [{ name: t`Cost`, values: costs, colour: "--accent", bars: true }],
    }),
    [medians, slowest, costs],
  );
  const uncounted = board.cost.unknown;
  return (
    <>
      <Tiles board={board} />
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <DayChart
          title={t`Time a day`}
          note={t`From asking to the last answer`}
          days={days}
          series={series.latency}
          format={seconds}
        />
        <DayChart
          title={t`Cost a day`}
          note={
            uncounted
              ? plural(uncounted, {
                  one: "# answer of unknown cost left out",
                  other: "# answers of unknown cost left out",
                })
              : t`Answers, judges and merged answers`
          }
          days={days}
          series={series.cost}
          format={spent}
        />
        <div className="grid gap-5">
          <Wins models={board.models} />
          <Votes votes={board.votes} />
          <Calibration calibration={board.calibration} />
        </div>
        <Criteria models={board.models} />
      </div>
      <Models board={board} />
    </>
  );
}

function Tiles({ board }: { board: Board }) {
  const [median, slow] = [seconds(board.elapsed.p50), seconds(board.elapsed.p95)];
  const [failed, cached] = [count(board.failed), count(board.cached)];
  const unknown = board.cost.unknown;
  const tiles = [
    { name: t`Questions`, value: count(board.questions), note: t`${failed} failed, ${cached} from the cache` },
    {
      name: t`Spent`,
      value: spent(board.cost.known_usd),
      note: unknown ? plural(unknown, { one: "and # unknown cost", other: "and # unknown costs" }) : t`all costs known`,
    },
    { name: t`Median time`, value: median, note: t`95 of 100 within ${slow}` },
    { name: t`Judged`, value: count(board.judged), note: t`by one more model` },
  ];
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4 lg:gap-5">
      {tiles.map(({ name, value, note }) => (
        <div key={name} className="card flex flex-col p-4 sm:p-5">
          <dt className="text-sm text-soft">{name}</dt>
          <dd className="text-2xl font-semibold tracking-tight tabular-nums">{value}</dd>
          <dd className="text-xs text-soft">{note}</dd>
        </div>
      ))}
    </dl>
  );
}

function Models({ board }: { board: Board }) {
  const nameOf = useModelNames();
  const head = [t`Model`, t`Asked`, t`Complete`, t`Failures`, t`Cost`, t`Median`];
  const rows = board.models.map((model) => [
    nameOf(model),
    count(model.asked),
    count(model.complete),
    Object.entries(model.failures)
      .map(([status, times]) => `${status} ${count(times)}`)
      .join(", ") || "–",
    model.cost.unknown && !model.cost.known_usd ? cost(null) : spent(model.cost.known_usd),
    seconds(model.response_time.p50),
  ]);
  return (
    <Panel title={t`Models`}>
      <Table label={t`Models`} head={head} rows={rows} />
    </Panel>
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

/** Every day of the period: one without questions cost nothing, but has no time. */
function byDay({ since, per_day }: Board) {
  const known = new Map(per_day.map((day) => [day.day, day]));
  const days: string[] = [];
  const today = new Date().toISOString().slice(0, 10);
  const day = new Date(since);
  for (let name = since.slice(0, 10); name <= today; name = day.toISOString().slice(0, 10)) {
    days.push(name);
    day.setUTCDate(day.getUTCDate() + 1);
  }
  return {
    days,
    medians: days.map((name) => known.get(name)?.elapsed.p50 ?? null),
    slowest: days.map((name) => known.get(name)?.elapsed.p95 ?? null),
    costs: days.map((name) => known.get(name)?.cost.known_usd ?? 0),
  };
}

function save(name: string, text: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
