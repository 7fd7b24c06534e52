import type { MessageDescriptor } from "@lingui/core";
import { i18n } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { JudgePolicy } from "@trillm/sdk";
import { useId } from "react";
import { useSettings } from "../state/settings.ts";
import { Icon } from "./icon.tsx";

const POLICIES: Record<JudgePolicy, { name: MessageDescriptor; means: MessageDescriptor; chosen?: MessageDescriptor }> =
  {
    auto: { name: msg`Auto`, means: msg`One more model compares the answers when it is close.` },
    always: {
      name: msg`Always`,
      means: msg`One more model compares them every time, at its price.`,
      chosen: msg`judge always`,
    },
    never: { name: msg`Never`, means: msg`The ranking decides alone, close or not.`, chosen: msg`judge never` },
  };

/** How the next questions are asked: without names, for less money, with a judge. Remembered. */
export function AskOptions() {
  const { blind, setBlind, economy, setEconomy, judge, setJudge } = useSettings();
  const id = useId();
  const policy = POLICIES[judge].chosen;
  const chosen = [economy && t`save money`, policy && i18n._(policy)].filter(Boolean).join(", ");
  return (
    <div className="flex shrink-0 items-center gap-1">
      <button
        type="button"
        name="blind"
        role="switch"
        aria-checked={blind}
        className="tool aria-checked:bg-sunken aria-checked:text-accent"
        onClick={() => setBlind(!blind)}
        title={t`Blind: names and our pick stay hidden until you have chosen`}
      >
        <Icon name={blind ? "hidden" : "eye"} size={18} />
        <span className="max-sm:sr-only">
          <Trans>Blind</Trans>
        </span>
      </button>
      <button
        type="button"
        name="options"
        style={{ anchorName: `--${id}` }}
        className="tool relative"
        popoverTarget={id}
        aria-label={chosen ? t`Options: ${chosen}` : t`Options`}
        title={t`Options`}
      >
        <Icon name="sliders" size={18} />
        <span className="max-sm:hidden">
          <Trans>Options</Trans>
        </span>
        {chosen && <span className="absolute end-1.5 top-1.5 size-2 rounded-full bg-accent md:top-1" />}
      </button>
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-label={t`Options`}
        style={{ positionAnchor: `--${id}` }}
        className="popover w-80 p-5"
      >
        <label className="flex min-h-8 items-center justify-between gap-4 font-medium">
          <Trans>Save money</Trans>
          <input
            type="checkbox"
            className="switch"
            checked={economy && !blind}
            disabled={blind}
            onChange={(event) => setEconomy(event.target.checked)}
          />
        </label>
        <p className="mt-1 text-sm text-soft">
          {blind
            ? t`Not while you compare blind: that needs all answers.`
            : t`One cheap model first; the others only if its answer is doubtful.`}
        </p>
        <fieldset className="mt-5">
          <legend className="font-medium">
            <Trans>Judge</Trans>
          </legend>
          <div className="segments mt-2 grid-cols-3">
            {(Object.keys(POLICIES) as JudgePolicy[]).map((policy) => (
              <label key={policy} className="segment">
                <input
                  type="radio"
                  name={`${id}-judge`}
                  className="sr-only"
                  checked={judge === policy}
                  onChange={() => setJudge(policy)}
                />
                {i18n._(POLICIES[policy].name)}
              </label>
            ))}
          </div>
          <p aria-live="polite" className="mt-2 min-h-[2.8em] text-sm text-soft">
            {i18n._(POLICIES[judge].means)}
          </p>
        </fieldset>
      </div>
    </div>
  );
}
