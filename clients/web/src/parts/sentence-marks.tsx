import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Query, Synthesis } from "@trillm/sdk";
import type { ReactNode } from "react";
import { keyOf } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { MarkedPlaces } from "../text/marked.tsx";
import { ModelMark, marksIn } from "./model-mark.tsx";

/** The text with a sign behind each sentence that could be compared; from the end, so that places before stay true. */
export const marked = (made: Synthesis): string =>
  made.sentences.reduceRight(
    (text, { end }, place) => `${text.slice(0, end)}\ue000${place}\ue001${text.slice(end)}`,
    made.text,
  );

/** Draws what stands behind each sentence of the text within: the models that say it, or that none does. */
export function Marks({ query, made, children }: { query: Query; made: Synthesis; children: ReactNode }) {
  const nameOf = useModelNames();
  const marks = marksIn(query);
  const draw = (place: number) => {
    const said = made.sentences[place]?.supported_by ?? [];
    const answers = said.flatMap((id) => query.responses.find((one) => one.id === id) ?? []);
    if (answers.length === 0) {
      return (
        <span className="badge mx-1 bg-bad-soft px-1.5 py-0 align-middle text-[0.6875rem] text-bad">
          <Trans>no answer says this</Trans>
        </span>
      );
    }
    const names = answers.map(nameOf).join(", ");
    return (
      <span className="mx-1 inline-flex gap-0.5 align-super" title={names}>
        {answers.map((answer) => (
          <ModelMark key={answer.id} mark={marks.get(keyOf(answer))} size={8} />
        ))}
        <span className="sr-only">{t`(${names})`}</span>
      </span>
    );
  };
  return <MarkedPlaces value={draw}>{children}</MarkedPlaces>;
}

/** What the marks mean, and how many sentences nobody says. */
export function Legend({ made }: { made: Synthesis }) {
  if (made.sentences.length === 0) return null;
  const unsaid = made.sentences.filter((sentence) => sentence.supported_by.length === 0).length;
  return (
    <p className="mt-4 text-xs text-soft">
      <Trans>The marks show which models say the sentence, compared by words.</Trans>{" "}
      {unsaid === 0
        ? t`Every sentence that could be compared is in an answer.`
        : t`Sentences found in no answer: ${unsaid}. They may be put in other words, or made up.`}
    </p>
  );
}
