import { t } from "@lingui/core/macro";
import type { Answer, Query } from "@trillm/sdk";
import { create } from "zustand";
import { persist } from "zustand/middleware";
import { keyOf, members } from "./run.ts";

const REMEMBERED = 200;
/** In the place of an answer's id: none of them is right. */
export const NONE = "none";

interface Blindness {
  open: boolean;
  /** The id of the answer that was chosen before the names were shown, or NONE. */
  chosen: string | null;
}

interface Blind {
  /** By query id: those asked blind, oldest first. It outlives a reload, so that looking twice gives nothing away. */
  queries: Record<string, Blindness>;
  hide(query: string): void;
  reveal(query: string, chosen: string | null): void;
}

export const useBlind = create<Blind>()(
  persist(
    (set) => ({
      queries: {},
      hide: (query) =>
        set(({ queries }) => ({
          queries: Object.fromEntries(
            [...Object.entries(queries), [query, { open: false, chosen: null }] as const].slice(-REMEMBERED),
          ),
        })),
      reveal: (query, chosen) => set(({ queries }) => ({ queries: { ...queries, [query]: { open: true, chosen } } })),
    }),
    { name: "trillm-blind" },
  ),
);

export const letter = (place: number) => String.fromCodePoint(65 + place);

/** The panel in an order drawn for this query: the same after a reload, and no hint to who is who. */
export function drawn(query: Query): Answer[][] {
  const lot = (attempts: Answer[]) => mixed(`${query.id} ${attempts.map(keyOf)[0]}`);
  return members(query).sort((a, b) => lot(a) - lot(b));
}

/** The query without anything that tells who wrote what, what it cost, or which answer is our pick. */
export function masked(query: Query): Query {
  return {
    ...query,
    best: null,
    confidence: null,
    too_close: false,
    decided_by: null,
    why: "",
    reasons: [],
    judgement: null,
    synthesis: query.synthesis && {
      ...query.synthesis,
      provider: "",
      model: "",
      cost_usd: null,
      error: query.synthesis.error && { ...query.synthesis.error, detail: "" },
    },
    cost_usd: null,
    responses: drawn(query).flatMap((attempts, place) =>
      attempts.map((answer) => ({
        ...answer,
        provider: "",
        model: t`Answer ${letter(place)}`,
        rank: null,
        is_best: false,
        probability: null,
        scores: null,
        input_tokens: null,
        output_tokens: null,
        cost_usd: null,
        first_token_ms: null,
        response_time_ms: null,
        // A vendor's own words may name it.
        error: answer.error && { ...answer.error, detail: "" },
      })),
    ),
  };
}

/** FNV-1a with a last stir, so that keys that differ little land far apart. */
function mixed(text: string): number {
  let value = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) value = Math.imul(value ^ text.charCodeAt(place), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
