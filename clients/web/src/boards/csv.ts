import type { Dashboard } from "@trillm/sdk";

type Cell = string | number | null;

/** RFC 4180. What a spreadsheet would take for a formula is text here; what is not known is an empty cell. */
export function csv(rows: Cell[][]): string {
  return rows
    .map((row) => row.map(cell).join(","))
    .join("\r\n")
    .concat("\r\n");
}

function cell(value: Cell): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** The dashboard as a table: days, then models. Times in milliseconds, costs in USD. */
export function boardAsCsv({ per_day, models }: Dashboard): string {
  const days: Cell[][] = per_day.map(({ day, questions, cost, elapsed }) => [
    ...[day, questions, cost.known_usd, cost.unknown],
    ...[elapsed.p50, elapsed.p95],
  ]);
  const asked: Cell[][] = models.map(({ provider, model, wins, cost, response_time, ...counted }) => [
    ...[`${provider}:${model}`, counted.asked, counted.complete, wins.count, wins.of],
    ...[cost.known_usd, cost.unknown, response_time.p50, response_time.p95],
    counted.scores?.total ?? null,
  ]);
  return csv([
    ["day_utc", "questions", "cost_usd", "costs_unknown", "median_ms", "p95_ms"],
    ...days,
    [],
    "model,asked,complete,wins,contests,cost_usd,costs_unknown,median_ms,p95_ms,mean_score".split(","),
    ...asked,
  ]);
}
