import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Dashboard, Proportion } from "@trillm/sdk";
import { ModelMark, marksOf } from "../parts/model-mark.tsx";
import { Track } from "../parts/track.tsx";
import { keyOf } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { count, percent, score } from "../text/format.ts";
import { Panel } from "./panel.tsx";

export const fractionOf = ({ count: won, of }: Proportion) => (of ? won / of : 0);

/** Where the true share lies, in words: few questions leave it wide open, and that should be seen. */
export function between({ low, high }: Proportion): string {
  if (low === null || high === null) return "";
  const [least, most] = [percent(low), percent(high)];
  return t`likely ${least} to ${most}`;
}

type Models = Dashboard["models"];

export function Wins({ models }: { models: Models }) {
  const nameOf = useModelNames();
  const marks = marksOf(models.map(keyOf));
  const contested = models.filter(({ wins }) => wins.of > 0);
  return (
    <Panel title={t`Wins`} note={t`Of the questions that at least two models were asked`}>
      {contested.length === 0 && <p className="text-sm text-soft">{t`No question was asked of two models yet.`}</p>}
      <ul className="grid gap-4">
        {contested.map((model) => {
          const [won, of] = [count(model.wins.count), count(model.wins.of)];
          return (
            <li key={keyOf(model)} className="grid gap-1.5 text-sm">
              <div className="flex items-baseline justify-between gap-3">
                <span className="flex min-w-0 items-center gap-2 font-medium">
                  <ModelMark mark={marks.get(keyOf(model))} /> {nameOf(model)}
                </span>
                <span className="font-semibold tabular-nums">{percent(fractionOf(model.wins))}</span>
              </div>
              <Track fraction={fractionOf(model.wins)} className="bg-accent" />
              <p className="text-xs text-soft tabular-nums">
                <Trans>
                  {won} of {of}
                </Trans>
                {" · "}
                {between(model.wins)}
              </p>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

/** What the answers were given on each criterion, in the mean, the models side by side. */
export function Criteria({ models }: { models: Models }) {
  const nameOf = useModelNames();
  const marks = marksOf(models.map(keyOf));
  const criteria = [
    { key: "relevance", name: t`Relevance` },
    { key: "completeness", name: t`Completeness` },
    { key: "clarity", name: t`Clarity` },
    { key: "accuracy", name: t`Accuracy` },
  ] as const;
  return (
    <Panel title={t`Criteria`} note={t`Mean score of all answers, 0 to 100`}>
      <ul className="grid gap-5">
        {criteria.map(({ key, name }) => (
          <li key={key} className="grid gap-2 text-sm">
            <h3 className="font-medium">{name}</h3>
            <ul className="grid gap-2">
              {models.map((model) =>
                model.scores ? (
                  <li key={keyOf(model)} className="grid grid-cols-[9rem_1fr_2rem] items-center gap-3">
                    <span className="flex min-w-0 items-center gap-2 text-soft">
                      <ModelMark mark={marks.get(keyOf(model))} /> <span className="truncate">{nameOf(model)}</span>
                    </span>
                    <Track fraction={model.scores[key] / 100} className="bg-accent" />
                    <span className="text-end font-semibold tabular-nums">{score(model.scores[key])}</span>
                  </li>
                ) : null,
              )}
            </ul>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
