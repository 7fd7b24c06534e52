import type { QueryClient } from "@tanstack/react-query";
import { readHistory, readModels, readQuery } from "./kept.ts";

/** As many as the first page lists. */
export const RECENT = 4;
/** What was asked for before the page was there is not asked for again when it is. */
export const JUST_NOW_MS = 2000;

/** Asks for what a page shows while the page itself is still on its way. The build runs it too (`askedAtOnce`): the server
 * names the same in the page's head. */
export function fetchEarly(client: QueryClient, path: string): void {
  const early = (queryKey: string[], queryFn: () => Promise<unknown>) =>
    void client.prefetchQuery({ queryKey, queryFn });
  const query = /^\/results\/([\w-]+)$/.exec(path)?.[1];
  if (query) early(["query", query], () => readQuery(query));
  if (query || path === "/") early(["models"], () => readModels());
  if (path === "/") early(["history", "recent"], () => readHistory({ limit: RECENT }));
}
