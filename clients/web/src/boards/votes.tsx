import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Dashboard, Proportion } from "@trillm/sdk";
import { count, percent } from "../text/format.ts";
import { Panel, Table } from "./panel.tsx";
import { between, fractionOf } from "./wins.tsx";

/** How often this browser's votes agree with what was picked, and with the judge. */
export function Votes({ votes }: { votes: Dashboard["votes"] }) {
  return (
    <Panel title={t`Your votes`} note={t`Most votes are given with the pick in view, which makes agreement likelier`}>
      <dl className="grid gap-5 sm:grid-cols-2">
        <Agreement name={t`agree with the pick`} of={votes.with_pick} />
        <Agreement name={t`agree with the judge`} of={votes.with_judge} />
      </dl>
    </Panel>
  );
}

function Agreement({ name, of: share }: { name: string; of: Proportion }) {
  const [agreed, all] = [count(share.count), count(share.of)];
  return (
    <div className="flex flex-col">
      <dt className="order-2 text-sm">{name}</dt>
      <dd className="text-3xl font-semibold tabular-nums">{share.of ? percent(fractionOf(share)) : "–"}</dd>
      <dd className="order-3 text-xs text-soft">
        {share.of ? (
          <Trans>
            {agreed} of {all} · {between(share)}
          </Trans>
        ) : (
          <Trans>No vote yet</Trans>
        )}
      </dd>
    </div>
  );
}

const SIZE = 200;
const at = (fraction: number) => fraction * SIZE;

/** Whether picks are right as often as they say: on the line they are. */
export function Calibration({ calibration: { votes, needed, bins } }: { calibration: Dashboard["calibration"] }) {
  const missing = needed - votes;
  return (
    <Panel title={t`How well confidence holds`} note={t`What picks promised, and how often your votes agreed`}>
      {missing > 0 ? (
        <p className="m-auto py-10 text-center text-sm text-soft">
          {plural(missing, { one: "Needs # more vote on a pick", other: "Needs # more votes on picks" })}
        </p>
      ) : (
        <div className="grid items-center gap-5 sm:grid-cols-[14rem_1fr]">
          <Reliability bins={bins} />
          <Table
            label={t`How well confidence holds`}
            head={[t`Promised`, t`Agreed`, t`Votes`]}
            rows={bins.map(({ predicted, agreed }) => [
              percent(predicted),
              percent(fractionOf(agreed)),
              count(agreed.of),
            ])}
          />
        </div>
      )}
    </Panel>
  );
}

function Reliability({ bins }: { bins: Dashboard["calibration"]["bins"] }) {
  return (
    <svg viewBox={`-2 -2 ${SIZE + 4} ${SIZE + 4}`} aria-hidden="true" className="w-full max-w-56">
      <path d={`M0 0V${SIZE}H${SIZE}`} className="stroke-line-strong" fill="none" />
      <path d={`M0 ${SIZE}L${SIZE} 0`} className="stroke-line-strong" strokeDasharray="4 4" />
      {bins.map(({ low, predicted, agreed }) => (
        <g key={low} className="fill-accent stroke-accent" transform={`translate(${at(predicted)} 0)`}>
          <path d={`M0 ${SIZE - at(agreed.low ?? 0)}V${SIZE - at(agreed.high ?? 1)}`} strokeWidth="2" />
          <circle cy={SIZE - at(fractionOf(agreed))} r="5" />
        </g>
      ))}
    </svg>
  );
}
