import { Trans } from "@lingui/react/macro";
import type { Model } from "@trillm/sdk";
import { keyOf } from "../state/run.ts";
import { useSettings } from "../state/settings.ts";
import { shortName } from "../state/use-models.ts";
import { ModelMark, marksOf } from "./model-mark.tsx";

/** Who will answer: the server's panel as switches, in one row that scrolls where it does not fit. */
export function Panel({ models, loading, failed }: { models: Model[]; loading: boolean; failed: boolean }) {
  const { muted, toggleModel } = useSettings();
  const panel = models.filter((model) => model.in_panel);
  const marks = marksOf(panel.map(keyOf));
  return (
    <fieldset className="scroll-slim fades flex h-14 min-w-0 flex-1 items-center gap-2 overflow-x-auto ps-5 pe-5 pb-1">
      <legend className="sr-only">
        <Trans>Models that will answer</Trans>
      </legend>
      {loading && [0, 1, 2].map((place) => <span key={place} className="shimmer h-8 w-32 shrink-0 rounded-full" />)}
      {failed && (
        <span className="text-sm text-soft">
          <Trans>The list of models cannot be read now; asking still works.</Trans>
        </span>
      )}
      {panel.map((model) => {
        const key = keyOf(model);
        return (
          <label
            key={key}
            title={model.description || model.label}
            className="group flex min-h-11 shrink-0 items-center has-focus-visible:rounded-full has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="checkbox"
              className="sr-only"
              checked={!muted.includes(key)}
              onChange={() => toggleModel(key)}
            />
            <span className="flex h-8 items-center gap-2 rounded-full border border-line bg-sunken px-3 text-sm font-medium text-soft line-through opacity-70 transition-colors group-has-checked:bg-surface group-has-checked:text-ink group-has-checked:no-underline group-has-checked:opacity-100 group-hover:border-line-strong">
              <ModelMark mark={marks.get(key)} />
              {shortName(model)}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
