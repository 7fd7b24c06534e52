import { useSettings } from "./settings.ts";

const PLACES = "a, button, input, main, select, textarea";

/** Ends what index.html showed at first; what was written into its box, and where the keyboard was, goes on in the page's own. */
export function takeOver(): void {
  const first = document.getElementById("first");
  if (!first) return;
  const written = first.querySelector("textarea")?.value;
  const focused = document.activeElement;
  // Both are drawn by the same components: a place of the one is the same place of the other.
  const at = [...first.querySelectorAll(PLACES)].indexOf(focused as Element);
  const asks = first.dataset.asks !== undefined;
  first.remove();
  const { draft, setDraft } = useSettings.getState();
  if (written && written !== draft) setDraft([draft, written].filter(Boolean).join("\n"));
  const place = at < 0 ? null : document.querySelector("#root")?.querySelectorAll<HTMLElement>(PLACES)[at];
  if (place?.tagName === focused?.tagName) place?.focus({ preventScroll: true });
  if (asks) setTimeout(() => document.querySelector<HTMLFormElement>("#root form")?.requestSubmit()); // with its draft
}
