import { Trans } from "@lingui/react/macro";
import type { Problem } from "@trillm/sdk";
import { problemWords } from "../text/failure.ts";
import { Icon } from "./icon.tsx";

/** What went wrong, under which request, and the way to try again. */
export function ProblemNote({ problem, again }: { problem: Problem; again(): void }) {
  const { title, detail } = problemWords(problem);
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 rounded-card bg-bad-soft px-4 py-3 text-sm">
      <span className="text-bad">
        <Icon name="warning" size={18} />
      </span>
      <p className="min-w-0 flex-1">
        <strong className="font-semibold">
          <Trans>{title}.</Trans>
        </strong>{" "}
        {detail}
        {problem.request_id && (
          <span className="block text-xs text-soft">
            <Trans>Request {problem.request_id}</Trans>
          </span>
        )}
      </p>
      <button type="button" className="button-soft" onClick={again}>
        <Trans>Try again</Trans>
      </button>
    </div>
  );
}
