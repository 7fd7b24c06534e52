import { t } from "@lingui/core/macro";
import type { Answer } from "@trillm/sdk";
import { cause } from "../text/failure.ts";
import { Icon } from "./icon.tsx";

/** Why an answer is not complete, and another try. */
export function Cause({ answer, onRetry, waiting }: { answer: Answer; onRetry(): void; waiting: boolean }) {
  return (
    <div className="mb-3 grid gap-3 rounded-control bg-bad-soft px-3.5 py-3">
      <p className="flex gap-2.5">
        <span className="mt-0.5 text-bad">
          <Icon name="warning" />
        </span>
        <span className="[overflow-wrap:anywhere]">{cause(answer)}</span>
      </p>
      <button type="button" data-retry className="button-soft justify-self-start" onClick={onRetry} disabled={waiting}>
        <Icon name="retry" />
        {waiting ? t`Asking again` : t`Retry`}
      </button>
    </div>
  );
}
