import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { create } from "zustand";
import { service } from "../api/client.ts";
import { changeQuery } from "../offline/kept.ts";

interface Thrown {
  id: string;
  /** The service's word that it is thrown away; what takes it back must not overtake it. */
  told: Promise<void>;
}

interface Discarded {
  /** What was thrown away and can be fetched back, while the note about it is shown. */
  thrown: Thrown[];
  /** No list shows these, whatever was read before they were thrown away. */
  hidden: Set<string>;
  /** What the service did not do. */
  trouble: "delete" | "undo" | null;
}

const NOTHING = { thrown: [], trouble: null } satisfies Partial<Discarded>;

export const useDiscarded = create<Discarded>(() => ({ ...NOTHING, hidden: new Set() }));

/** Throws questions away, fetches them back, and lets them go for good. */
export function useDiscarding() {
  const client = useQueryClient();
  return { throwAway: (id: string) => throwAway(client, id), undo: () => undo(client), letGo };
}

async function throwAway(client: QueryClient, id: string): Promise<void> {
  const told = changeQuery(id, { discarded: true });
  useDiscarded.setState(({ thrown, hidden }) => ({
    trouble: null,
    thrown: [...thrown, { id, told }],
    hidden: new Set(hidden).add(id),
  }));
  try {
    await told;
    client.removeQueries({ queryKey: ["query", id] });
  } catch {
    show([id]);
    useDiscarded.setState(({ thrown }) => ({ trouble: "delete", thrown: thrown.filter((one) => one.id !== id) }));
  }
  await client.invalidateQueries({ queryKey: ["history"] });
}

async function undo(client: QueryClient): Promise<void> {
  const { thrown } = useDiscarded.getState();
  useDiscarded.setState(NOTHING);
  const back = thrown.map(async ({ id, told }) => {
    await told;
    await changeQuery(id, { discarded: false });
    show([id]);
  });
  const failed = (await Promise.allSettled(back)).some((one) => one.status === "rejected");
  if (failed) useDiscarded.setState({ trouble: "undo" });
  await client.invalidateQueries({ queryKey: ["history"] });
}

/** If the service cannot be told, it deletes them by itself when their time is over. */
function letGo(): void {
  const { thrown } = useDiscarded.getState();
  useDiscarded.setState(NOTHING);
  for (const { id } of thrown) service.remove(id).catch(() => {});
}

function show(ids: string[]): void {
  useDiscarded.setState(({ hidden }) => ({ hidden: new Set([...hidden].filter((id) => !ids.includes(id))) }));
}
