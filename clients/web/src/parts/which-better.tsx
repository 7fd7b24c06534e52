import { t } from "@lingui/core/macro";
import type { Answer, Query } from "@trillm/sdk";
import { keyOf, members, newest } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { useVote } from "../state/use-vote.ts";
import { Icon } from "./icon.tsx";
import { type Mark, ModelMark, marksIn } from "./model-mark.tsx";

/** After a thumb down: one click says which of the others was better. It can be changed. */
export function WhichBetter({ query, rated }: { query: Query; rated: Answer }) {
  const { chosen, failed, prefer } = useVote(query);
  const others = newest(members(query)).filter((answer) => answer.text && keyOf(answer) !== keyOf(rated));
  if (query.status === "running" || !others.length) return null;
  const thanked = others.some((answer) => answer.id === chosen);
  return (
    <fieldset className="flex min-w-0 shrink-0 flex-wrap items-center gap-2 border-t border-line bg-sunken px-4 py-2.5">
      <legend className="contents text-sm">
        {thanked ? t`Thank you. You can change it:` : t`Which one was better?`}
      </legend>
      <Chips
        answers={others}
        marks={marksIn(query)}
        chosen={chosen}
        onChoose={(answer) => prefer(rated.id, answer.id)}
      />
      <span role="status" className="text-xs text-bad">
        {failed && t`Not kept; try again.`}
      </span>
    </fieldset>
  );
}

interface ChipsProps {
  answers: Answer[];
  marks?: Map<string, Mark>;
  chosen: string | null;
  disabled?: boolean;
  onChoose(answer: Answer): void;
}

/** Answers to choose from, by name. */
export function Chips({ answers, marks, chosen, disabled = false, onChoose }: ChipsProps) {
  const nameOf = useModelNames();
  return answers.map((answer) => (
    <button
      key={answer.id}
      type="button"
      className="chip"
      aria-pressed={answer.id === chosen}
      disabled={disabled}
      onClick={() => onChoose(answer)}
    >
      {answer.id === chosen && <Icon name="check" size={14} />}
      {answer.id !== chosen && marks && <ModelMark mark={marks.get(keyOf(answer))} />}
      <span dir="auto" className="truncate">
        {nameOf(answer)}
      </span>
    </button>
  ));
}
