import type { JudgeAsked, Query } from "@trillm/sdk";
import { memo } from "react";
import { useModelNames } from "../state/use-models.ts";
import { cost, seconds } from "../text/format.ts";
import { judgeSaid, judgingNow, unjudged } from "../text/verdict.ts";
import { Icon } from "./icon.tsx";
import { Told } from "./told.tsx";

/** What a judge does or said. It stands at the foot of the pane, so that no line above it moves when it comes. */
export const JudgeLine = memo(({ query, judging }: { query: Query; judging: JudgeAsked | null }) => {
  const nameOf = useModelNames();
  const { judgement } = query;
  if (judging) {
    return (
      <p className="judge-line items-center">
        <span className="pulse text-accent">
          <Icon name="scales" size={18} />
        </span>
        <span>
          <Emphasised text={judgingNow(judging, nameOf)} name={nameOf(judging)} />
        </span>
      </p>
    );
  }
  const missed = unjudged(query);
  if (missed) {
    return (
      <p className="judge-line text-soft">
        <span className="mt-0.5">
          <Icon name="scales" size={18} />
        </span>
        {missed}
      </p>
    );
  }
  if (!judgement) return null;
  const said = judgeSaid(query, judgement, nameOf);
  const quiet = judgement.status === "failed";
  return (
    <div className={`judge-line ${quiet ? "text-soft" : ""}`}>
      <span className={`mt-0.5 ${judgement.status === "consistent" ? "text-accent" : "text-soft"}`}>
        <Icon name="scales" size={18} />
      </span>
      <p className="min-w-0 [overflow-wrap:anywhere]">
        {quiet ? said : <Emphasised text={said} name={nameOf(judgement)} />}
        {judgement.status === "consistent" && (judgement.why ? `: “${judgement.why}”` : ".")}{" "}
        <span className="whitespace-nowrap text-xs text-soft tabular-nums">
          {[cost(judgement.cost_usd), judgement.response_time_ms !== null && seconds(judgement.response_time_ms)]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {judgement.caution && !quiet && (
          <span className="block text-xs text-soft">
            <Told reasons={judgement.cautions ?? []} words={judgement.caution} />
          </span>
        )}
      </p>
    </div>
  );
});

/** A sentence with the name in it made strong, wherever the language puts it. */
function Emphasised({ text, name }: { text: string; name: string }) {
  const at = text.indexOf(name);
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <span className="font-semibold">{name}</span>
      {text.slice(at + name.length)}
    </>
  );
}
