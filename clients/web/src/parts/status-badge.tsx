import { t } from "@lingui/core/macro";
import type { Answer } from "@trillm/sdk";
import { statusWords } from "../text/failure.ts";
import { count } from "../text/format.ts";
import { Icon } from "./icon.tsx";

/** Where an answer stands, in words; the best one says that instead. */
export function StatusBadge({ answer, best, provisional }: { answer: Answer; best: boolean; provisional: boolean }) {
  if (best) {
    return (
      <span
        className={`badge min-w-18 justify-center text-best ${provisional ? "border border-best-line" : "bg-best-soft"}`}
      >
        <Icon name="star" size={11} filled={!provisional} />
        {provisional ? t`Leads` : t`Best`}
      </span>
    );
  }
  const words = statusWords(answer.status);
  if (answer.status === "streaming" || answer.status === "pending") {
    return (
      <span className="badge min-w-18 justify-center bg-sunken text-soft">
        <span
          className={`size-1.5 rounded-full ${answer.status === "streaming" ? "pulse bg-accent" : "bg-line-strong"}`}
        />
        {words}
      </span>
    );
  }
  if (answer.status === "complete") {
    return (
      <span className="badge min-w-18 justify-center bg-sunken text-soft tabular-nums">
        {answer.rank ? t`No. ${count(answer.rank)}` : words}
      </span>
    );
  }
  return <span className="badge min-w-18 justify-center bg-bad-soft text-bad">{words}</span>;
}
