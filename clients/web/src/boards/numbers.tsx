import { plural, t } from "@lingui/core/macro";
import type { Answer, Dashboard as Board } from "@trillm/sdk";
import { useMemo } from "react";
import { useModelNames } from "../state/use-models.ts";
import { statusWords } from "../text/failure.ts";
import { cost, count, seconds, spent } from "../text/format.ts";
import { DayChart } from "./day-chart.tsx";
import { Panel, Table } from "./panel.tsx";
import { Vendors } from "./vendors.tsx";
import { Calibration, Votes } from "./votes.tsx";
import { Criteria, Wins } from "./wins.tsx";

/** All there is to show of a period. */
export function Numbers({ board }: { board: Board }) {
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
        <div className="grid gap-5">
          <Criteria models={board.models} />
          <Vendors />
        </div>
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
          <dd className="text-xl font-semibold tracking-tight tabular-nums sm:text-2xl">{value}</dd>
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
    failures(model.failures),
    model.cost.unknown && !model.cost.known_usd ? cost(null) : spent(model.cost.known_usd),
    seconds(model.response_time.p50),
  ]);
  return (
    <Panel title={t`Models`}>
      <Table label={t`Models`} head={head} rows={rows} />
    </Panel>
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

/** How often each thing went wrong, in words. */
export const failures = (times: Record<string, number>) =>
  Object.entries(times)
    .map(([status, often]) => `${statusWords(status as Answer["status"])} ${count(often)}`)
    .join(", ") || "–";
