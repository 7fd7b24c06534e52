/** Numbers and dates in the reader's own locale. What is not known is said to be unknown, never shown as 0. */

export function seconds(milliseconds: number | null): string {
  if (milliseconds === null) return "–";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${number(milliseconds / 1000, milliseconds < 9950 ? 1 : 0)} s`;
  const whole = Math.round(milliseconds / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export function cost(usd: number | null): string {
  if (usd === null) return "cost unknown";
  if (usd === 0) return "free";
  if (usd < 0.0001) return "< $0.0001";
  return `$${usd.toFixed(usd < 0.01 ? 4 : usd < 1 ? 3 : 2)}`;
}

export function tokens(count: number | null): string {
  if (count === null) return "tokens unknown";
  return `${number(count, 0)} ${count === 1 ? "token" : "tokens"}`;
}

export const score = (value: number) => number(value, 0);
export const percent = (fraction: number) => `${Math.round(fraction * 100)} %`;

export function words(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** How long ago, in the largest unit that fits. */
export function ago(time: string, now = Date.now()): string {
  const passed = Math.max(0, (now - Date.parse(time)) / 1000);
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  if (passed < 45) return "just now";
  if (passed < 3570) return relative.format(-Math.round(passed / 60), "minute");
  if (passed < 86_400) return relative.format(-Math.round(passed / 3600), "hour");
  return relative.format(-Math.round(passed / 86_400), "day");
}

/** The heading a query stands under in the history: today, yesterday, or its date. */
export function day(time: string, now = new Date()): string {
  const date = new Date(time);
  const midnight = (d: Date) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return new Intl.DateTimeFormat(undefined, { dateStyle: "full" }).format(date);
}

/** A wait as a clock: 0:42. */
export function clock(secondsLeft: number): string {
  const whole = Math.max(0, Math.ceil(secondsLeft));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const number = (value: number, digits: number) =>
  new Intl.NumberFormat(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
