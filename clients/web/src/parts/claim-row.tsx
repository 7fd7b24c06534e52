import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { MappedClaim, Query } from "@trillm/sdk";
import { useId } from "react";
import { keyOf } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { percent } from "../text/format.ts";
import { type Passage, wordsOf } from "../text/passages.ts";
import { ModelMark, marksIn } from "./model-mark.tsx";

interface Props {
  query: Query;
  claim: MappedClaim;
  chosen: boolean;
  onChoose(): void;
}

/** A claim: chosen, it is marked in every answer and shows who says what in their own words. */
export function ClaimRow({ query, claim, chosen, onChoose }: Props) {
  const id = useId();
  return (
    <li className={`rounded-control ${chosen ? "bg-sunken" : ""}`}>
      <button
        type="button"
        aria-expanded={chosen}
        aria-controls={id}
        onClick={onChoose}
        className="flex min-h-11 w-full items-start gap-3 rounded-control px-2.5 py-2.5 text-start text-sm leading-snug hover:bg-sunken md:min-h-9"
      >
        <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
          {claim.sides.map((side, place) => (
            <span key={place} className="block">
              {place > 0 && (
                <span className="me-1.5 font-medium text-bad">
                  <Trans>but</Trans>
                </span>
              )}
              <bdi>{side.text}</bdi>
            </span>
          ))}
        </span>
        <Who query={query} passages={claim.sides.flatMap((side) => side.passages)} />
      </button>
      {chosen && (
        <div id={id} className="grid gap-2 px-2.5 pb-3">
          {claim.sides.map((side, place) => (
            <ul key={place} className="grid gap-2 border-s-2 border-line-strong ps-3">
              {side.passages.map((passage) => (
                <Said key={passage.response_id} query={query} passage={passage} />
              ))}
            </ul>
          ))}
          <p className="text-xs text-soft">
            {reason(claim)} <Trans>{percent(claim.sure)} sure.</Trans>
          </p>
        </div>
      )}
    </li>
  );
}

function Said({ query, passage }: { query: Query; passage: Passage }) {
  const nameOf = useModelNames();
  const answer = query.responses.find((one) => one.id === passage.response_id);
  if (!answer) return null;
  return (
    <li className="text-sm leading-snug">
      <span className="flex items-center gap-1.5 font-medium">
        <ModelMark mark={marksIn(query).get(keyOf(answer))} />
        {nameOf(answer)}
      </span>
      <q dir="auto" className="[overflow-wrap:anywhere]">
        {wordsOf(answer.text, passage)}
      </q>
    </li>
  );
}

/** The marks of those that make the claim; their names for who cannot see them. */
function Who({ query, passages }: { query: Query; passages: Passage[] }) {
  const nameOf = useModelNames();
  const marks = marksIn(query);
  const answers = passages.flatMap((one) => query.responses.find((answer) => answer.id === one.response_id) ?? []);
  return (
    <span className="flex shrink-0 items-center gap-1 pt-1">
      {answers.map((answer) => (
        <ModelMark key={answer.id} mark={marks.get(keyOf(answer))} />
      ))}
      <span className="sr-only">{answers.map(nameOf).join(", ")}</span>
    </span>
  );
}

function reason(claim: MappedClaim): string {
  switch (claim.differs_in) {
    case "answer":
      return t`They come to different results.`;
    case "number":
      return t`They name different numbers.`;
    case "negation":
      return t`One denies what the other says.`;
    case "opposite":
      return t`They say the opposite.`;
    case "name":
      return t`They name different things.`;
    default:
      return claim.agreement === "one" ? t`No other answer says it in like words.` : t`They say the same.`;
  }
}
