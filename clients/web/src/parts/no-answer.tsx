import { Trans } from "@lingui/react/macro";
import type { Query } from "@trillm/sdk";
import { members } from "../state/run.ts";
import { useEditing } from "../state/use-editing.ts";
import { useModelNames } from "../state/use-models.ts";
import { cause } from "../text/failure.ts";
import { Icon } from "./icon.tsx";

/** Nobody answered: what each model's reason was, and the question ready to be asked again. */
export function NoAnswer({ query }: { query: Query }) {
  const nameOf = useModelNames();
  const edit = useEditing();
  return (
    <section className="card grid gap-4 p-6">
      <h2 className="flex items-center gap-2.5 text-lg font-semibold">
        <span className="text-bad">
          <Icon name="warning" size={20} />
        </span>
        <Trans>No model answered</Trans>
      </h2>
      <ul className="grid gap-2 text-sm">
        {members(query)
          .flatMap((attempts) => attempts.slice(-1))
          .map((answer) => (
            <li key={answer.id}>
              <span className="font-medium">{nameOf(answer)}:</span> <span className="text-soft">{cause(answer)}</span>
            </li>
          ))}
      </ul>
      <button type="button" className="button justify-self-start" onClick={() => edit(query.question)}>
        <Trans>Ask again</Trans>
      </button>
    </section>
  );
}
