import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Answer } from "@trillm/sdk";
import { count } from "../text/format.ts";

/** Which attempt of a model is shown; earlier ones stay within reach. */
export function Attempts({ attempts, shown, onShow }: { attempts: Answer[]; shown: Answer; onShow(id: string): void }) {
  const place = attempts.indexOf(shown);
  const step = (by: number) => {
    const next = attempts[place + by];
    if (next) onShow(next.id);
  };
  return (
    <span className="flex items-center text-xs text-soft tabular-nums">
      <button
        type="button"
        className="tool px-1 md:min-w-6"
        onClick={() => step(-1)}
        disabled={place === 0}
        aria-label={t`Earlier attempt`}
      >
        ‹
      </button>
      <span aria-live="polite">
        <Trans>
          <span className="sr-only">Attempt </span>
          {count(place + 1)}/{count(attempts.length)}
        </Trans>
      </span>
      <button
        type="button"
        className="tool px-1 md:min-w-6"
        onClick={() => step(1)}
        disabled={place === attempts.length - 1}
        aria-label={t`Later attempt`}
      >
        ›
      </button>
    </span>
  );
}
