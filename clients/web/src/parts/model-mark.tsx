import type { Query } from "@trillm/sdk";
import { keyOf, members, newest } from "../state/run.ts";

/** A model is known by its name, its shape and its colour together; the shape stands where colour cannot be seen. */
const SHAPES = [
  "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z",
  "M2 2.5h12v11H2z",
  "M8 1.2 15.2 14H.8Z",
  "M8 .8 15.2 8 8 15.2.8 8Z",
  "M4.2 1.4h7.6L15.6 8l-3.8 6.6H4.2L.4 8Z",
  "M5.5 1h5v4.5H15v5h-4.5V15h-5v-4.5H1v-5h4.5Z",
] as const;

const COLOURS = [
  "text-model-0",
  "text-model-1",
  "text-model-2",
  "text-model-3",
  "text-model-4",
  "text-model-5",
] as const;

export type Mark = 0 | 1 | 2 | 3 | 4 | 5;

/** Gives every model its mark: by its name, so that it keeps it everywhere, or the next free one in its panel. */
export function marksOf(keys: string[]): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const key of keys) {
    let mark = hash(key) % SHAPES.length;
    const taken = new Set<number>(marks.values());
    while (taken.has(mark) && taken.size < SHAPES.length) mark = (mark + 1) % SHAPES.length;
    if (!marks.has(key)) marks.set(key, mark as Mark);
  }
  return marks;
}

/** The marks of a query's panel, however it is arranged on the page. */
export const marksIn = (query: Query) => marksOf(newest(members(query)).map(keyOf));

function hash(text: string): number {
  let value = 7;
  for (const character of text) value = (value * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return value;
}

export function ModelMark({ mark = 0, size = 12 }: { mark?: Mark | undefined; size?: number }) {
  return (
    <svg aria-hidden="true" className={`shrink-0 ${COLOURS[mark]}`} width={size} height={size} viewBox="0 0 16 16">
      <path d={SHAPES[mark]} fill="currentColor" />
    </svg>
  );
}
