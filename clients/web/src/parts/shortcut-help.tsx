import type { MessageDescriptor } from "@lingui/core";
import { i18n } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { RefObject } from "react";
import { useSettings } from "../state/settings.ts";

/** What each key is called, and what it does. */
export const KEYS: [string, MessageDescriptor][] = [
  ["Esc", msg`Stop what still runs`],
  ["B", msg`Go to the best answer`],
  ["1 – 6", msg`Go to an answer`],
  ["D", msg`Where they agree`],
  ["R", msg`Ask this model again`],
  ["F", msg`Go to the follow-up box`],
  ["C", msg`Copy the best answer`],
  ["S", msg`Share this result`],
  ["/", msg`Go to the question box (first page)`],
  ["Ctrl K", msg`Find a command or a question`],
  ["?", msg`Keyboard shortcuts`],
];

export function ShortcutHelp({ ref }: { ref: RefObject<HTMLDialogElement | null> }) {
  const { shortcuts, setShortcuts } = useSettings();
  return (
    <dialog ref={ref} aria-labelledby="keys-title" className="card w-[min(26rem,calc(100vw-2rem))] p-6 text-ink">
      <h2 id="keys-title" className="text-lg font-semibold">
        <Trans>Keyboard</Trans>
      </h2>
      <dl className="mt-4 grid gap-2.5 text-sm">
        {KEYS.map(([key, action]) => (
          <div key={key} className="flex items-center justify-between gap-4">
            <dt className="order-2">
              <kbd className="rounded border border-line bg-sunken px-2 py-0.5 font-sans text-xs">{key}</kbd>
            </dt>
            <dd>{i18n._(action)}</dd>
          </div>
        ))}
      </dl>
      <label className="mt-5 flex min-h-11 items-center gap-2.5 text-sm">
        <input
          type="checkbox"
          className="size-4 accent-(--accent)"
          checked={shortcuts}
          onChange={(event) => setShortcuts(event.target.checked)}
        />
        <Trans>Single keys work as shortcuts</Trans>
      </label>
      <div className="mt-2 flex justify-end">
        <button type="button" className="button" onClick={() => ref.current?.close()}>
          <Trans>Close</Trans>
        </button>
      </div>
    </dialog>
  );
}
