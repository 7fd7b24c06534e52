import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { diffArrays } from "diff";
import { useMemo } from "react";
import { wordCount, words } from "../text/format.ts";

/** Milliseconds after which two texts are taken to have nothing in common: the page must not stand still for them. */
const PATIENCE = 400;

/** What a further attempt says otherwise than the one before it, by words; fetched when somebody wants to see it. */
export function AttemptDiff({ before, after }: { before: string; after: string }) {
  const changes = useMemo(
    () => diffArrays(pieces(before), pieces(after), { timeout: PATIENCE }) ?? replaced(before, after),
    [before, after],
  );
  const counted = (kind: "added" | "removed") =>
    wordCount(words(changes.flatMap((change) => (change[kind] ? change.value : [])).join("")));
  return (
    <div>
      <p className="mb-3 flex flex-wrap gap-x-3 text-xs text-soft">
        {changes.some((change) => change.added || change.removed) ? (
          <>
            <span>
              <Trans>Added: {counted("added")}</Trans>
            </span>
            <span>
              <Trans>Removed: {counted("removed")}</Trans>
            </span>
          </>
        ) : (
          <Trans>Word for word the same.</Trans>
        )}
      </p>
      <p className="leading-relaxed whitespace-pre-wrap [overflow-wrap:anywhere]">
        {changes.map((change, place) => {
          const text = change.value.join("");
          if (change.added) return <Changed key={place} as="ins" says={t`added:`} text={text} />;
          if (change.removed) return <Changed key={place} as="del" says={t`removed:`} text={text} />;
          return text;
        })}
      </p>
    </div>
  );
}

function Changed({ as: Tag, says, text }: { as: "ins" | "del"; says: string; text: string }) {
  return (
    <Tag className="changed">
      <span className="sr-only">{says} </span>
      {text}
    </Tag>
  );
}

/** Words, the spaces between them and marks, in any script. */
const pieces = (text: string) =>
  Array.from(new Intl.Segmenter(undefined, { granularity: "word" }).segment(text), ({ segment }) => segment);

const replaced = (before: string, after: string) => [
  { value: [before], removed: true, added: false },
  { value: [after], removed: false, added: true },
];
