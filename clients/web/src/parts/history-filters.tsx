import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { readHistoryModels } from "../offline/kept.ts";
import { NOBODY } from "../offline/matches.ts";
import { keyOf } from "../state/run.ts";
import type { Filter, useHistoryPlace } from "../state/use-history-place.ts";
import { useModelNames } from "../state/use-models.ts";
import { Icon } from "./icon.tsx";

/** Winner, model and time, of what there is; on a phone in one row that scrolls. */
export function HistoryFilters({ at }: { at: ReturnType<typeof useHistoryPlace> }) {
  const nameOf = useModelNames();
  const { data } = useQuery({
    queryKey: ["history", "models"],
    queryFn: ({ signal }) => readHistoryModels(signal),
  });
  const asked = data?.models ?? [];
  const options = (chosen: string, models: typeof asked) => {
    const keys = models.map(keyOf);
    // one that stands in the address can be seen and taken away, whatever there is
    if (chosen && chosen !== NOBODY && !keys.includes(chosen)) keys.push(chosen);
    return keys.map((key) => {
      const [provider = "", ...model] = key.split(":");
      return (
        <option key={key} value={key}>
          {nameOf({ provider, model: model.join(":") })}
        </option>
      );
    });
  };
  const chip = (name: Filter, label: string, value: string, any: string, choices: ReactNode) => (
    <label className={`chip shrink-0 pe-2 focus-within:border-accent ${value ? "border-accent text-accent" : ""}`}>
      <select
        aria-label={label}
        value={value}
        onChange={(event) => at.filter(name, event.target.value)}
        className="max-w-44 cursor-pointer appearance-none truncate self-stretch bg-transparent outline-none [field-sizing:content] [&>option]:bg-surface [&>option]:text-ink"
      >
        <option value="">{any}</option>
        {choices}
      </select>
      <Icon name="expand" />
    </label>
  );

  return (
    <search className="scroll-slim -mx-4 flex gap-2 overflow-x-auto px-4 py-0.5 sm:mx-0 sm:flex-wrap sm:px-0">
      {chip(
        "winner",
        t`Winner`,
        at.winner,
        t`Any winner`,
        <>
          {options(
            at.winner,
            asked.filter((model) => model.won > 0),
          )}
          <option value={NOBODY}>{t`No winner`}</option>
        </>,
      )}
      {chip("model", t`Model`, at.model, t`Any model`, options(at.model, asked))}
      {chip(
        "since",
        t`Time`,
        at.since,
        t`Any time`,
        <>
          <option value="today">{t`Today`}</option>
          <option value="7d">{t`Last 7 days`}</option>
          <option value="30d">{t`Last 30 days`}</option>
        </>,
      )}
      {at.filtered && (
        <button type="button" className="tool shrink-0 text-sm" onClick={at.clear}>
          <Icon name="close" />
          <Trans>Clear filters</Trans>
        </button>
      )}
    </search>
  );
}
