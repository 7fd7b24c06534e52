import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { lazy, Suspense, useState } from "react";
import { dayOf } from "../text/format.ts";
import { Panel, Table } from "./panel.tsx";
import type { Series } from "./plot.tsx";

const Plot = lazy(() => import("./plot.tsx"));

interface Props {
  title: string;
  note: string;
  days: string[];
  series: Series[];
  format(value: number | null): string;
}

/** A measure day by day, as a chart or as the table behind it. The frame has one height, whatever stands in it. */
export function DayChart({ title, note, days, series, format }: Props) {
  const [asTable, setAsTable] = useState(false);
  const filled = days.map((day, place) => [dayOf(day), ...series.map(({ values }) => format(values[place] ?? null))]);
  const rows = filled.filter((_, place) => series.some(({ values }) => values[place] !== null)).reverse();
  return (
    <Panel
      title={title}
      note={note}
      tool={
        <button type="button" className="tool" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          <Trans>Table</Trans>
        </button>
      }
    >
      <div className="h-72">
        {asTable ? (
          <Table label={title} head={[t`Day (UTC)`, ...series.map(({ name }) => name)]} rows={rows} />
        ) : (
          <Suspense fallback={<div className="shimmer h-full rounded-control" />}>
            <Plot title={title} days={days} series={series} format={format} />
          </Suspense>
        )}
      </div>
    </Panel>
  );
}
