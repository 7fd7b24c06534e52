import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Answer } from "@trillm/sdk";
import { isFinal } from "../state/run.ts";
import { cost, score, seconds, tokens, wordCount, words } from "../text/format.ts";

/** The figures of one answer. Their line is there from the start, so that nothing moves when they come;
 * what has no room on it is left out, the first word's time before all else. */
export function Badges({ answer, blind }: { answer: Answer; blind: boolean }) {
  const final = isFinal(answer);
  const written = words(answer.text);
  return (
    <p className="mt-1 flex h-6 items-center gap-x-3 text-xs/6 whitespace-nowrap text-soft tabular-nums">
      <span className="flex h-6 min-w-0 flex-wrap items-center gap-x-3 overflow-hidden">
        {(blind || !final) && written > 0 && <span>{wordCount(written)}</span>}
        {!blind && final && answer.response_time_ms !== null && (
          <span title={t`Time to the last word`}>{seconds(answer.response_time_ms)}</span>
        )}
        {!blind && final && answer.text && <span title={t`Length of the answer`}>{tokens(answer.output_tokens)}</span>}
        {!blind && final && answer.text && <span title={t`Cost of this answer`}>{cost(answer.cost_usd)}</span>}
        {answer.first_token_ms !== null && (
          <span title={t`Time to the first word`}>
            <Trans>first {seconds(answer.first_token_ms)}</Trans>
          </span>
        )}
      </span>
      {answer.scores && answer.text && (
        <span className="ms-auto shrink-0" title={t`Score out of 100`}>
          <Trans>
            <span className="font-semibold text-ink">{score(answer.scores.total)}</span>
            <span className="sr-only"> of 100</span>
          </Trans>
        </span>
      )}
    </p>
  );
}
