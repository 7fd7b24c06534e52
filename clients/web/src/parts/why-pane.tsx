import type { Answer, DecidedBy, Query, Scores } from "../api/types.ts";
import { percent, score } from "../text/format.ts";

const CRITERIA: { key: keyof Omit<Scores, "total">; name: string; weight: string }[] = [
  { key: "relevance", name: "Relevance", weight: "40 %" },
  { key: "completeness", name: "Completeness", weight: "30 %" },
  { key: "clarity", name: "Clarity", weight: "20 %" },
  { key: "accuracy", name: "Accuracy", weight: "10 %" },
];

const DECIDED: Record<DecidedBy, string> = {
  hygiene: "Decided by what disqualified the others.",
  heuristic: "Decided by length, structure and speed.",
  criteria: "Decided by the four criteria.",
  learned: "Decided by the learned ranker.",
  judge: "Decided by the judge.",
};

/** Why the leader leads, how sure that is, and how it does on each criterion. */
export function WhyPane(props: { query: Query; answer: Answer | undefined; provisional: boolean; framed: boolean }) {
  const { query, answer, provisional, framed } = props;
  return (
    <section
      aria-labelledby="why"
      className={`card flex flex-col ${framed ? "why-frame" : "lg:sticky lg:top-18 lg:max-h-[calc(100dvh-6rem)]"}`}
    >
      <h2 id="why" className="flex min-h-14 items-center border-b border-line px-5 font-semibold">
        Why this one
      </h2>
      <div tabIndex={0} className="scroll-slim flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-5 py-4">
        {answer ? (
          <>
            <Confidence query={query} provisional={provisional} />
            <p className="min-h-[3.3em] text-sm leading-relaxed">{query.why}</p>
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

function Confidence({ query, provisional }: { query: Query; provisional: boolean }) {
  if (query.confidence === null) return null;
  return (
    <div className="grid gap-2">
      <p className="flex items-baseline gap-2">
        <span className="text-2xl font-semibold tabular-nums">{percent(query.confidence)}</span>
        <span className={`text-sm ${query.too_close ? "font-medium text-best" : "text-soft"}`}>
          {surety(query, provisional)}
        </span>
      </p>
      <Track fraction={query.confidence} className="bg-best-fill" />
    </div>
  );
}

function surety(query: Query, provisional: boolean): string {
  if (query.too_close) return "too close to call: compare them";
  return provisional ? "sure so far" : "sure that it is the best";
}

function Bars({ scores }: { scores: Scores }) {
  return (
    <ul className="grid gap-3">
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

/** A bar beside a number that says the same, so that it is decoration to a screen reader. */
function Track({ fraction, className }: { fraction: number; className: string }) {
  return (
    <div aria-hidden="true" className="h-1.5 overflow-hidden rounded-full bg-sunken">
      <div
        className={`h-full origin-left rounded-full transition-transform duration-300 ${className}`}
        style={{ transform: `scaleX(${Math.max(0, Math.min(1, fraction))})` }}
      />
    </div>
  );
}
