import type { RefObject } from "react";
import { useSettings } from "../state/settings.ts";

const KEYS: [string, string][] = [
  ["Esc", "Stop what still runs"],
  ["B", "Go to the best answer"],
  ["1 – 6", "Go to an answer"],
  ["C", "Copy the best answer"],
  ["/", "Go to the question box (first page)"],
  ["?", "This list"],
];

export function ShortcutHelp({ ref }: { ref: RefObject<HTMLDialogElement | null> }) {
  const { shortcuts, setShortcuts } = useSettings();
  return (
    <dialog ref={ref} aria-labelledby="keys-title" className="card w-[min(26rem,calc(100vw-2rem))] p-6 text-ink">
      <h2 id="keys-title" className="text-lg font-semibold">
        Keyboard
      </h2>
      <dl className="mt-4 grid gap-2.5 text-sm">
        {KEYS.map(([key, action]) => (
          <div key={key} className="flex items-center justify-between gap-4">
            <dt className="order-2">
              <kbd className="rounded border border-line bg-sunken px-2 py-0.5 font-sans text-xs">{key}</kbd>
            </dt>
            <dd>{action}</dd>
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
        Single keys work as shortcuts
      </label>
      <div className="mt-2 flex justify-end">
        <button type="button" className="button" onClick={() => ref.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
