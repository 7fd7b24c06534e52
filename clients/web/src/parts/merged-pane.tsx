import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import type { Query, Synthesis } from "@trillm/sdk";
import { useState } from "react";
import { service } from "../api/client.ts";
import { keyOf, members, newest } from "../state/run.ts";
import { useModelNames, useModels } from "../state/use-models.ts";
import { cause } from "../text/failure.ts";
import { cost, seconds } from "../text/format.ts";
import { Markdown } from "../text/markdown.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icon.tsx";
import { Legend, Marks, marked } from "./sentence-marks.tsx";

interface Props {
  query: Query;
  /** Names are hidden: nobody is told, or asked, who merges. */
  blind: boolean;
  /** Without it the text is only to be read. */
  reload?: () => void;
}

const USABLE = ["complete", "truncated"];

/** One text made of the answers when somebody asks for it. It stands below them and is never the pick. */
export function MergedPane({ query, blind, reload }: Props) {
  const made = query.synthesis;
  const usable = newest(members(query)).filter((answer) => USABLE.includes(answer.status) && answer.text).length;
  if (!made && (usable < 2 || query.status === "running")) return null;
  return (
    <section
      aria-labelledby="merged"
      className={`card overflow-hidden ${made ? "" : "print:hidden"}`}
      aria-busy={made ? !isOver(made) : false}
    >
      <header className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2 sm:px-5">
        <h2 id="merged" className="font-semibold">
          <Trans>Merged answer</Trans>
        </h2>
        {made && <Figures made={made} blind={blind} />}
      </header>
      {made && <Text query={query} made={made} />}
      <footer className="flex flex-wrap items-center gap-2 px-4 py-3 empty:hidden sm:px-5 print:hidden">
        {made?.text && isOver(made) && <CopyButton text={made.text} what={t`Copy the merged answer`} />}
        {reload && query.status !== "running" && <Choice query={query} blind={blind} reload={reload} />}
      </footer>
    </section>
  );
}

const isOver = (made: Synthesis) => made.status !== "pending" && made.status !== "streaming";

function Figures({ made, blind }: { made: Synthesis; blind: boolean }) {
  const nameOf = useModelNames();
  const parts = [
    plural(made.of.length, { one: "from # answer", other: "from # answers" }),
    !blind && t`by ${nameOf(made)}`,
    isOver(made) && !blind && cost(made.cost_usd),
    isOver(made) && made.response_time_ms !== null && seconds(made.response_time_ms),
  ];
  return <p className="min-w-0 text-sm text-soft">{parts.filter(Boolean).join(" · ")}</p>;
}

function Text({ query, made }: { query: Query; made: Synthesis }) {
  const over = isOver(made);
  return (
    <div className="border-b border-line px-4 py-4 sm:px-5">
      <p role="status" className="sr-only">
        {over ? t`The answers are merged` : t`The answers are being merged`}
      </p>
      {over && made.error && (
        <p className="mb-3 flex gap-2.5 rounded-control bg-bad-soft px-3.5 py-3 text-sm">
          <span className="mt-0.5 text-bad">
            <Icon name="warning" />
          </span>
          <span className="min-w-0 [overflow-wrap:anywhere]">{cause(made)}</span>
        </p>
      )}
      {made.text && (
        <Marks query={query} made={made}>
          <Markdown key={String(over)} text={over ? marked(made) : made.text} growing={!over} />
        </Marks>
      )}
      {!made.text && !over && <div aria-hidden="true" className="shimmer h-24 rounded-control" />}
      {over && made.text && <Legend made={made} />}
    </div>
  );
}

/** The button, and who is to merge; what the same model has made of the same answers costs nothing again. */
function Choice({ query, blind, reload }: Required<Props>) {
  const [model, setModel] = useState("");
  const { data } = useModels();
  const models = (data?.models ?? []).filter((one) => one.available);
  const merge = useMutation({
    mutationFn: () => service.merge(query.id, model || undefined),
    onSuccess: () => reload(),
  });
  return (
    <>
      {!blind && models.length > 1 && (
        <label className="flex min-h-11 min-w-0 max-w-full items-center gap-2 text-sm text-soft md:min-h-9">
          <span className="shrink-0">
            <Trans>Merged by</Trans>
          </span>
          <select
            className="min-h-11 min-w-0 rounded-control border border-line-strong bg-surface px-2 text-ink md:min-h-9"
            value={model}
            onChange={(event) => setModel(event.target.value)}
          >
            <option value="">{t`the best answer’s model`}</option>
            {models.map((one) => (
              <option key={keyOf(one)} value={keyOf(one)}>
                {one.label}
              </option>
            ))}
          </select>
        </label>
      )}
      <button type="button" className="button-soft" onClick={() => merge.mutate()} disabled={merge.isPending}>
        <Icon name={query.synthesis ? "retry" : "merge"} />
        {(merge.isPending && t`Merging`) || (query.synthesis ? t`Merge again` : t`Merge the answers`)}
      </button>
      <p role="status" className="min-w-0 text-sm text-bad">
        {merge.error && t`Not merged: ${merge.error.message}`}
      </p>
      {!query.synthesis && (
        <p className="w-full text-sm text-soft">
          <Trans>One text made of all answers, each sentence marked by those that say it. The pick stays.</Trans>
        </p>
      )}
    </>
  );
}
