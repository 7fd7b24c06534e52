import { useSettings } from "../state/settings.ts";

/** Puts what another app shared (the manifest's share target) into the question box; asking stays the person's act. */
export function takeShared(place: Location = location): void {
  const given = new URLSearchParams(place.search);
  const parts = ["title", "text", "url"].flatMap((name) => given.get(name)?.trim() || []);
  if (place.pathname !== "/" || parts.length === 0) return;
  // Apps put the address into the text too, or the title before it.
  const shared = parts.filter((part, index) => !parts.some((other, at) => at !== index && other.includes(part)));
  const { draft, setDraft } = useSettings.getState();
  setDraft([draft.trim(), ...(shared.length > 0 ? shared : parts.slice(0, 1))].filter(Boolean).join("\n"));
  history.replaceState(null, "", "/");
}
