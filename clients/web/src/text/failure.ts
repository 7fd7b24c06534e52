import type { Answer } from "@trillm/sdk";

/** The state of an answer in a word or two, as its card shows it. */
export const STATUS_WORDS: Record<Answer["status"], string> = {
  pending: "waiting",
  streaming: "writing",
  complete: "done",
  truncated: "cut short",
  refused: "declined",
  empty: "empty answer",
  failed: "failed",
  timeout: "too slow",
  cancelled: "stopped",
};

const CAUSES: Record<string, string> = {
  "not-configured": "This model has no key on this server.",
  authentication: "The vendor refused the server's key.",
  permission: "The key may not use this model, or the account cannot pay.",
  "model-not-found": "The vendor does not know this model.",
  "context-length": "The question is too long for this model.",
  "rate-limited": "The vendor is limiting requests just now.",
  overloaded: "The vendor is overloaded just now.",
  "server-error": "The vendor had an error of its own.",
  connection: "The connection to the vendor broke.",
  "connect-timeout": "The vendor could not be reached in time.",
  "first-token-timeout": "No first word arrived in time.",
  "gap-timeout": "The answer stopped arriving.",
  "total-timeout": "The answer took longer than allowed.",
  "breaker-open": "Not asked: this model failed too often just now.",
  empty: "The model ended without a visible word.",
  refused: "The model declined to answer.",
  truncated: "The answer ended before its end.",
  cancelled: "Stopped; what had arrived is kept.",
};

/** Why an answer is not complete: what the service says, else what its type means. */
export function cause(answer: Answer): string {
  const error = answer.error;
  if (error?.detail) return error.detail;
  return (error && CAUSES[error.type]) ?? CAUSES[answer.status] ?? "It did not answer.";
}
