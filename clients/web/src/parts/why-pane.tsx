import type { MessageDescriptor } from "@lingui/core";
import { i18n } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Answer, Query, Scores } from "@trillm/sdk";
import { memo } from "react";
import { percent, score } from "../text/format.ts";
import { decidedHow, judgedHow, unsourced } from "../text/verdict.ts";
import { Confidence } from "./confidence.tsx";
import { Told } from "./told.tsx";
import { Track } from "./track.tsx";

const CRITERIA: { key: keyof Omit<Scores, "total">; name: MessageDescriptor; weight: number }[] = [
  { key: "relevance", name: msg`Relevance`, weight: 0.4 },
  { key: "completeness", name: msg`Completeness`, weight: 0.3 },
  { key: "clarity", name: msg`Clarity`, weight: 0.2 },
  { key: "accuracy", name: msg`Accuracy`, weight: 0.1 },
];

interface Props {
  query: Query;
  answer: Answer | undefined;
  provisional: boolean;
  framed: boolean;
}

/** Why the leader leads, how sure that is, and how it does on each criterion. */
export const WhyPane = memo(({ query, answer, provisional, framed }: Props) => {
  // The judge's own words stand below the answer; here, how it came to them.
  const judged = query.decided_by === "judge" && query.judgement?.status === "consistent" ? query.judgement : null;
  return (
    <section
      aria-labelledby="why"
      className={`card flex flex-col ${framed ? "why-frame" : "lg:sticky lg:top-18 lg:max-h-[calc(100dvh-6rem)]"}`}
    >
      <h2 id="why" className="flex min-h-14 items-center border-b border-line px-5 font-semibold">
        {query.too_close && !provisional ? t`Why this one is just ahead` : t`Why this one`}
      </h2>
      <div tabIndex={0} className="scroll-slim flex min-h-0 flex-1 flex-col gap-3.5 overflow-y-auto px-5 py-4">
        {answer ? (
          <>
            <Confidence query={query} provisional={provisional} />
            <p className="min-h-[4.9em] shrink-0 text-sm leading-relaxed">
              {judged ? judgedHow(judged) : <Told reasons={query.reasons ?? []} words={query.why} />}{" "}
              <span className="text-soft">{unsourced(query)}</span>
            </p>
            {answer.scores && <Bars scores={answer.scores} />}
            {query.decided_by && <p className="mt-auto text-xs text-soft">{decidedHow(query.decided_by)}</p>}
          </>
        ) : (
          <p className="m-auto text-center text-sm text-soft">
            <Trans>The reasons come with the first complete answer.</Trans>
          </p>
        )}
      </div>
    </section>
  );
});

function Bars({ scores }: { scores: Scores }) {
  return (
    <ul className="grid gap-2.5">
      {CRITERIA.map(({ key, name, weight }) => (
        <li key={key} className="grid gap-1.5">
          <div className="flex items-baseline justify-between text-sm">
            <span>
              <Trans>
                {i18n._(name)} <span className="text-xs text-soft">counts {percent(weight)}</span>
              </Trans>
            </span>
            <span className="w-8 text-end font-semibold tabular-nums">{score(scores[key])}</span>
          </div>
          <Track fraction={scores[key] / 100} className="bg-accent" />
        </li>
      ))}
    </ul>
  );
}
