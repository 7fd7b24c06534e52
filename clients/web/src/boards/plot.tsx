import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { dayOf } from "../text/format.ts";
import { axisRoom } from "./axis.ts";

export interface Series {
  name: string;
  /** One for each day; null where nothing was measured. */
  values: (number | null)[];
  /** A token of the page's colours, such as `--accent`. */
  colour: string;
  bars?: boolean;
  dashed?: boolean;
}

interface Props {
  title: string;
  days: string[];
  series: Series[];
  format(value: number | null): string;
}

/** Days against a measure, drawn by uPlot. Time runs from left to right in every language; the table says it all. */
export default function Plot({ title, days, series, format }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<number | null>(null);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const times = days.map((day) => Date.parse(day) / 1000);
    let plot: uPlot | undefined;
    const draw = () => {
      plot?.destroy();
      const size = { width: element.clientWidth, height: element.clientHeight };
      const options = optionsOf(series, format, (token) => resolved(element, token), setPlace);
      plot = new uPlot({ ...options, ...size }, [times, ...series.map(({ values }) => values)], element);
    };
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    const room = new ResizeObserver(draw);
    room.observe(element);
    return () => {
      theme.disconnect();
      room.disconnect();
      dark.removeEventListener("change", draw);
      plot?.destroy();
    };
  }, [days, series, format]);

  const pointed = place === null ? undefined : days[place];
  return (
    <div className="flex h-full flex-col gap-2">
      <div aria-hidden="true" className="flex min-h-10 flex-wrap items-center gap-x-4 text-xs text-soft">
        {series.map(({ name, values, colour, dashed }) => (
          <span key={name} className="inline-flex items-center gap-1.5 tabular-nums">
            <svg aria-hidden="true" width="18" height="4">
              <path
                d="M0 2H18"
                stroke={`var(${colour})`}
                strokeWidth="3"
                strokeDasharray={dashed ? "5 3" : undefined}
              />
            </svg>
            {name} {place !== null && <strong className="text-ink">{format(values[place] ?? null)}</strong>}
          </span>
        ))}
        {pointed && <span>{dayOf(pointed)}</span>}
      </div>
      <div ref={frame} dir="ltr" role="img" aria-label={title} className="min-h-0 flex-1 overflow-hidden" />
    </div>
  );
}

type Options = Omit<uPlot.Options, "width" | "height">;

function optionsOf(
  series: Series[],
  format: Props["format"],
  colour: (token: string) => string,
  point: (place: number | null) => void,
): Options {
  const axis = { stroke: colour("--ink-soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  return {
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "Etc/UTC"),
    scales: { y: { range: (_, _low, high) => [0, (high || 1) * 1.1] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        gap: 12,
        size: 36,
        space: 72,
        values: (_, times) => times.map((time) => dayOf(time * 1000)),
      },
      { ...axis, size: roomOf, space: 44, values: (_, values) => values.map((value) => format(value)) },
    ],
    series: [
      {},
      ...series.map(({ name, colour: token, bars, dashed }) => ({
        label: name,
        stroke: colour(token),
        width: 2,
        spanGaps: true,
        points: { show: !bars, size: 6, fill: colour(token) },
        ...(dashed && { dash: [6, 4] }),
        ...(bars && uPlot.paths.bars && { fill: colour(token), paths: uPlot.paths.bars({ size: [0.6, 28] }) }),
      })),
    ],
    hooks: { setCursor: [(plot) => point(plot.cursor.idx ?? null)] },
  };
}

/** Measured in the axis's own font; later rounds keep what the first has found, or it would swing to and fro. */
function roomOf(plot: uPlot, figures: string[] | null, place: number, round: number): number {
  const axis = plot.axes[place] as uPlot.Axis & { _size: number; font: [string] };
  if (round > 1) return axis._size;
  plot.ctx.font = axis.font[0];
  return axisRoom(figures, (figure) => plot.ctx.measureText(figure).width / devicePixelRatio);
}

/** A canvas knows no variables: the colour as this theme, or the system's own high contrast, has it. */
function resolved(element: HTMLElement, token: string): string {
  // A fresh element: one that is there already would show its old colour at the start of a transition.
  const probe = element.appendChild(document.createElement("i"));
  probe.style.color = `var(${token})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
