import { i18n } from "@lingui/core";
import { plural, t } from "@lingui/core/macro";
import { directionOf } from "./languages.ts";

/** Numbers and dates as the reader's language writes them. What is not known is said to be unknown, never shown as 0. */

const locale = () => i18n.locales ?? i18n.locale;

const made = new Map<string, Intl.NumberFormat>();

/** Made once for each use: making one costs many times what it does, and answers that grow count their words. */
function formatter(digits: number, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = `${locale()} ${digits} ${options.style}`;
  const known = made.get(key);
  if (known) return known;
  const fresh = new Intl.NumberFormat(locale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    ...options,
  });
  made.set(key, fresh);
  return fresh;
}

const number = (value: number, digits = 0) => formatter(digits).format(value);

/** An amount keeps its own order within text that runs from right to left. */
function usd(value: number, digits: number): string {
  const amount = formatter(digits, { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" }).format(
    value,
  );
  return directionOf(i18n.locale) === "rtl" ? `\u2066${amount.replace(/[\u200e\u200f]/g, "")}\u2069` : amount;
}

/** A time with its unit, never parted by the end of a line. */
export const seconds = (milliseconds: number | null): string => time(milliseconds).replaceAll(" ", "\u00a0");

function time(milliseconds: number | null): string {
  if (milliseconds === null) return "–";
  if (milliseconds < 1000) return t`${number(milliseconds)} ms`;
  if (milliseconds < 59_950) return t`${number(milliseconds / 1000, milliseconds < 9950 ? 1 : 0)} s`;
  const whole = Math.round(milliseconds / 1000);
  return t`${number(Math.floor(whole / 60))} min ${number(whole % 60)} s`;
}

export function cost(amount: number | null): string {
  if (amount === null) return t`cost unknown`;
  if (amount === 0) return t`free`;
  if (amount < 0.0001) return `< ${usd(0.0001, 4)}`;
  return usd(amount, amount < 0.01 ? 4 : amount < 1 ? 3 : 2);
}

/** A sum: one of nothing is 0, not "free". */
export const spent = (amount: number | null) =>
  amount === null ? "–" : usd(amount, amount === 0 || amount >= 1 ? 2 : amount < 0.01 ? 4 : 3);

export function tokens(count: number | null): string {
  if (count === null) return t`tokens unknown`;
  return plural(count, { one: "# token", other: "# tokens" });
}

export const score = (value: number) => number(value);
export const count = (value: number) => number(value);
export const percent = (fraction: number) => formatter(0, { style: "percent" }).format(fraction);

/** How many words there are, as far as spaces tell. */
export function words(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

export const wordCount = (written: number) => plural(written, { one: "# word", other: "# words" });

/** The date, with the month in words. */
export const longDate = (time: string) =>
  new Intl.DateTimeFormat(locale(), { dateStyle: "long" }).format(Date.parse(time));

/** The time on the clock. */
export const timeOfDay = (time: string) =>
  new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(Date.parse(time));

/** A moment: the date in short, and the time on the clock. */
export const moment = (time: string) =>
  new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(Date.parse(time));

/** How long ago, in the largest unit that fits. */
export function ago(time: string, now = Date.now()): string {
  const passed = Math.max(0, (now - Date.parse(time)) / 1000);
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  if (passed < 45) return t`just now`;
  if (passed < 3570) return relative.format(-Math.round(passed / 60), "minute");
  if (passed < 86_400) return relative.format(-Math.round(passed / 3600), "hour");
  return relative.format(-Math.round(passed / 86_400), "day");
}

/** The heading a query stands under in the history: today, yesterday, or its date. */
export function day(time: string, now = new Date()): string {
  const date = new Date(time);
  const midnight = (d: Date) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return t`Today`;
  if (days === 1) return t`Yesterday`;
  return new Intl.DateTimeFormat(locale(), { dateStyle: "full" }).format(date);
}

/** A day of UTC, given as YYYY-MM-DD or in milliseconds, in short. */
export const dayOf = (day: string | number) =>
  new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(day));

/** Sentences one after the other, as the language sets them. */
export const sentences = (...said: (string | false | undefined)[]) =>
  said.filter(Boolean).join(/^(zh|ja)/.test(i18n.locale) ? "" : " ");

/** A wait as a clock: 0:42. */
export function clock(secondsLeft: number): string {
  const whole = Math.max(0, Math.ceil(secondsLeft));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
