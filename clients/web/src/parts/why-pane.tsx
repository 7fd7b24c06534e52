import type { Answer, Query, Scores } from "@trillm/sdk";
import { score } from "../text/format.ts";
import { DECIDED, judgedHow } from "../text/verdict.ts";
import { Confidence } from "./confidence.tsx";
import { Track } from "./track.tsx";

const CRITERIA: { key: keyof Omit<Scores, "total">; name: string; weight: string }[] = [
  { key: "relevance", name: "Relevance", weight: "40 %" },
  { key: "completeness", name: "Completeness", weight: "30 %" },
  { key: "clarity", name: "Clarity", weight: "20 %" },
  { key: "accuracy", name: "Accuracy", weight: "10 %" },
];

interface Props {
  query: Query;
  answer: Answer | undefined;
  provisional: boolean;
  framed: boolean;
}

/** Why the leader leads, how sure that is, and how it does on each criterion. */
export function WhyPane({ query, answer, provisional, framed }: Props) {
  // The judge's own words stand below the answer; here, how it came to them.
  const judged = query.decided_by === "judge" && query.judgement?.status === "consistent" ? query.judgement : null;
  return (
    <section
      aria-labelledby="why"
      className={`card flex flex-col ${framed ? "why-frame" : "lg:sticky lg:top-18 lg:max-h-[calc(100dvh-6rem)]"}`}
    >
      <h2 id="why" className="flex min-h-14 items-center border-b border-line px-5 font-semibold">
        Why this one{query.too_close && !provisional && " is just ahead"}
      </h2>
      <div tabIndex={0} className="scroll-slim flex min-h-0 flex-1 flex-col gap-3.5 overflow-y-auto px-5 py-4">
        {answer ? (
          <>
            <Confidence query={query} provisional={provisional} />
            <p className="min-h-[4.9em] shrink-0 text-sm leading-relaxed">{judged ? judgedHow(judged) : query.why}</p>
            {answer.scores && <Bars scores={answer.scores} />}
            {query.decided_by && <p className="mt-auto text-xs text-soft">{DECIDED[query.decided_by]}</p>}
          </>
        ) : (
          <p className="m-auto text-center text-sm text-soft">The reasons come with the first complete answer.</p>
        )}
      </div>
    </section>
  );
}

function Bars({ scores }: { scores: Scores }) {
  return (
    <ul className="grid gap-2.5">
      {CRITERIA.map(({ key, name, weight }) => (
        <li key={key} className="grid gap-1.5">
          <div className="flex items-baseline justify-between text-sm">
            <span>
              {name} <span className="text-xs text-soft">counts {weight}</span>
            </span>
            <span className="w-8 text-end font-semibold tabular-nums">{score(scores[key])}</span>
          </div>
          <Track fraction={scores[key] / 100} className="bg-accent" />
        </li>
      ))}
    </ul>
  );
}
