import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Answer } from "@trillm/sdk";
import { isFinal } from "../state/run.ts";
import { cost, score, seconds, tokens, wordCount, words } from "../text/format.ts";

/** The figures of one answer. Their line is there from the start, so that nothing moves when they come. */
export function Badges({ answer, blind }: { answer: Answer; blind: boolean }) {
  const final = isFinal(answer);
  const written = words(answer.text);
  return (
    <p className="scroll-slim mt-1 flex h-6 items-center gap-x-3 overflow-x-auto text-xs whitespace-nowrap text-soft tabular-nums">
      {answer.first_token_ms !== null && (
        <span className="@max-[19rem]:hidden" title={t`Time to the first word`}>
          <Trans>first {seconds(answer.first_token_ms)}</Trans>
        </span>
      )}
      {(blind || !final) && written > 0 && <span>{wordCount(written)}</span>}
      {!blind && final && answer.response_time_ms !== null && (
        <span title={t`Time to the last word`}>{seconds(answer.response_time_ms)}</span>
      )}
      {!blind && final && answer.text && <span title={t`Length of the answer`}>{tokens(answer.output_tokens)}</span>}
      {!blind && final && answer.text && <span title={t`Cost of this answer`}>{cost(answer.cost_usd)}</span>}
      {answer.scores && answer.text && (
        <span className="ms-auto" title={t`Score out of 100`}>
          <Trans>
            <span className="font-semibold text-ink">{score(answer.scores.total)}</span>
            <span className="sr-only"> of 100</span>
          </Trans>
        </span>
      )}
    </p>
  );
}
