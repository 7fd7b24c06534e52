import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";
import type { Answer, Judgement, Problem } from "@trillm/sdk";
import { longDate, sentences, timeOfDay } from "./format.ts";

const STATUS: Record<Answer["status"], MessageDescriptor> = {
  pending: msg`waiting`,
  streaming: msg`writing`,
  complete: msg`done`,
  truncated: msg`cut short`,
  refused: msg`declined`,
  empty: msg`empty answer`,
  failed: msg`failed`,
  timeout: msg`too slow`,
  cancelled: msg`stopped`,
};

/** The state of an answer in a word or two, as its card shows it. */
export const statusWords = (status: Answer["status"]) => (status in STATUS ? i18n._(STATUS[status]) : status);

const CAUSES: Record<string, MessageDescriptor> = {
  "not-configured": msg`This model has no key on this server.`,
  authentication: msg`The vendor refused the server's key.`,
  permission: msg`The key may not use this model, or the account cannot pay.`,
  "model-not-found": msg`The vendor does not know this model.`,
  "context-length": msg`The question is too long for this model.`,
  "rate-limited": msg`The vendor is limiting requests just now.`,
  overloaded: msg`The vendor is overloaded just now.`,
  "server-error": msg`The vendor had an error of its own.`,
  connection: msg`The connection to the vendor broke.`,
  "connect-timeout": msg`The vendor could not be reached in time.`,
  "first-token-timeout": msg`No first word arrived in time.`,
  "gap-timeout": msg`The answer stopped arriving.`,
  "total-timeout": msg`The answer took longer than allowed.`,
  "breaker-open": msg`Not asked: this model failed too often just now.`,
  empty: msg`The model ended without a visible word.`,
  refused: msg`The model declined to answer.`,
  truncated: msg`The answer ended before its end.`,
  cancelled: msg`Stopped; what had arrived is kept.`,
  "too-few-answers": msg`There are not two answers to make one of.`,
  malformed: msg`What it sent could not be read.`,
};

/** Where a cause means something else of a judge than of an answer. */
const JUDGE_CAUSES: Record<string, MessageDescriptor> = {
  "total-timeout": msg`It gave no verdict in time.`,
  "gap-timeout": msg`Its verdict stopped arriving.`,
  truncated: msg`Its verdict ended before its end.`,
  refused: msg`It declined to judge.`,
  cancelled: msg`It was stopped before it had judged.`,
  "not-asked": msg`It was not asked after all.`,
};

/** Why an answer is not complete: what the service says, in English; else, or in another language, what its type means. */
export const cause = ({ error, status }: Pick<Answer, "status" | "error">) =>
  sentences(told(error, (error && CAUSES[error.type]) ?? CAUSES[status]), again(error));

/** From when on the vendor takes questions again; empty where it has not told, or that moment has come. */
function again(error: Answer["error"], now = Date.now()): string {
  if (!error?.retry_at || Date.parse(error.retry_at) <= now) return "";
  const when = Date.parse(error.retry_at) < now + 86_400_000 ? timeOfDay(error.retry_at) : longDate(error.retry_at);
  return t`It takes questions again from ${when} on.`;
}

/** Why a judge gave no verdict. */
export const judgeCause = ({ error }: Pick<Judgement, "error">) =>
  told(error, error ? (JUDGE_CAUSES[error.type] ?? CAUSES[error.type]) : undefined);

/** What a vendor says of its own may end without a full stop, and another sentence may follow. */
const told = (error: Answer["error"], meant = msg`It did not answer.`) =>
  i18n.locale === "en" && error?.detail ? error.detail.replace(/[\p{L}\p{N}]$/u, "$&.") : i18n._(meant);

const PROBLEMS: Record<number, MessageDescriptor> = {
  0: msg`The service cannot be reached`,
  403: msg`This is not allowed`,
  404: msg`Not found`,
  409: msg`Not possible right now`,
  422: msg`The request is not valid`,
  429: msg`Too many questions`,
  502: msg`No model answered`,
  503: msg`The service is not available`,
};

/** A problem's title and detail: the service's own words, in English; in another language what its status means. */
export function problemWords(problem: Problem): { title: string; detail: string } {
  const { title, detail = "", status } = problem;
  if (i18n.locale === "en") return { title, detail: detail === title ? "" : detail };
  return { title: i18n._(PROBLEMS[status] ?? msg`Something went wrong on our side`), detail: "" };
}
