import { plural } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Model } from "@trillm/sdk";
import { useId, useState } from "react";
import { shortName, useModels } from "../state/use-models.ts";
import { cost, count, spent } from "../text/format.ts";

const QUESTION_TOKENS = 50;
const LENGTHS = [150, 400, 1000] as const;
const DAYS = 30;
const MOST = 10_000;

/** What a question costs with this model in USD; null: its price is not known. */
export function priceOf(model: Model, answerTokens: number): number | null {
  if (model.local) return 0;
  if (model.input_usd === null || model.output_usd === null) return null;
  return (QUESTION_TOKENS * model.input_usd + answerTokens * model.output_usd) / 1e6;
}

/** What a habit of asking would cost a month, by the prices that the server knows. */
export function Calculator() {
  const { data } = useModels();
  const [perDay, setPerDay] = useState(20);
  const [answerTokens, setAnswerTokens] = useState<number>(400);
  const [chosen, setChosen] = useState<string[] | null>(null);
  const id = useId();
  const models = (data?.models ?? []).filter((model) => model.available);
  const keys = chosen ?? data?.panel ?? [];
  const asked = models.filter((model) => keys.includes(model.key));
  const known = asked.reduce((sum, model) => sum + (priceOf(model, answerTokens) ?? 0), 0);
  const unknown = asked.filter((model) => priceOf(model, answerTokens) === null);
  const names = unknown.map(shortName).join(", ");
  const [tokens, most] = [count(QUESTION_TOKENS), spent(known * perDay * DAYS)];
  const toggle = (key: string) => setChosen(keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key]);
  return (
    <section aria-labelledby={id} className="grid gap-3">
      <h2 id={id} className="text-lg font-semibold">
        <Trans>What asking would cost</Trans>
      </h2>
      <div className="card grid gap-6 p-5 md:grid-cols-[1fr_16rem]">
        <div className="grid min-w-0 content-start gap-5">
          <label className="grid gap-1.5 text-sm font-medium">
            <Trans>Questions a day</Trans>
            <input
              type="number"
              inputMode="numeric"
              min={1}
              max={MOST}
              value={perDay}
              onChange={(event) => setPerDay(Math.min(MOST, Math.max(0, event.target.valueAsNumber || 0)))}
              className="min-h-11 w-32 rounded-control border border-line-strong bg-surface px-3 text-base"
            />
          </label>
          <fieldset className="grid min-w-0 gap-2">
            <legend className="mb-1.5 text-sm font-medium">
              <Trans>Length of an answer</Trans>
            </legend>
            <div className="flex flex-wrap gap-2">
              {LENGTHS.map((length) => (
                <button
                  key={length}
                  type="button"
                  className="chip"
                  aria-pressed={length === answerTokens}
                  onClick={() => setAnswerTokens(length)}
                >
                  {plural(length, { one: "# token", other: "# tokens" })}
                </button>
              ))}
            </div>
          </fieldset>
          <fieldset className="min-w-0">
            <legend className="mb-1.5 text-sm font-medium">
              <Trans>Models</Trans>
            </legend>
            <div className="flex flex-wrap gap-2">
              {models.map((model) => (
                <button
                  key={model.key}
                  type="button"
                  className="chip"
                  aria-pressed={keys.includes(model.key)}
                  onClick={() => toggle(model.key)}
                >
                  <span className="truncate">{shortName(model)}</span>
                  <span className="shrink-0 text-xs text-soft">{cost(priceOf(model, answerTokens))}</span>
                </button>
              ))}
            </div>
          </fieldset>
        </div>
        <div role="status" className="flex flex-col justify-center gap-1 rounded-control bg-sunken p-5">
          <p className="text-3xl font-semibold tracking-tight tabular-nums">{most}</p>
          <p className="text-sm">
            <Trans>a month, paid to the vendors</Trans>
          </p>
          {names && (
            <p className="text-sm text-bad">
              <Trans>Price unknown, not counted: {names}</Trans>
            </p>
          )}
          <p className="text-xs text-soft">
            <Trans>For {tokens} tokens a question and 30 days, without judges; by the listed prices.</Trans>
          </p>
        </div>
      </div>
    </section>
  );
}
