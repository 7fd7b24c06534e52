import { useSettings } from "./settings.ts";

/** Ends what index.html showed at first; what was written into its box meanwhile goes on in the page's own. */
export function takeOver(): void {
  const first = document.getElementById("first");
  const before = first?.querySelector("textarea");
  const writing = before && document.activeElement === before;
  first?.remove();
  if (!before) return;
  const { draft, setDraft } = useSettings.getState();
  if (before.value && before.value !== draft) setDraft([draft, before.value].filter(Boolean).join("\n"));
  if (writing) document.querySelector<HTMLTextAreaElement>("#question")?.focus({ preventScroll: true });
}
