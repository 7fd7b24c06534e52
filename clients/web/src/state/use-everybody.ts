import type { Query } from "@trillm/sdk";
import { keyOf, members, newest } from "./run.ts";
import { useSettings } from "./settings.ts";
import { useModels } from "./use-models.ts";

/** Who "all" are: the panel of this question or, where one model alone was asked, the usual one; as far as it is there. */
export function useEverybody(query: Query): string[] {
  const { data } = useModels();
  const muted = useSettings((settings) => settings.muted);
  const there = (data?.models ?? []).filter((model) => model.available);
  const asked = newest(members(query)).map(keyOf);
  const usual = there.filter((model) => model.in_panel).map(keyOf);
  if (asked.length < 2) return usual.filter((key) => !muted.includes(key));
  const available = new Set(there.map(keyOf));
  return asked.filter((key) => available.has(key));
}
