import { lexer, type Token, type TokensList } from "marked";

/** Nesting no person writes; the lexer's time grows with the cube of it, so such text is shown as it is. */
const TOO_DEEP = /^ {80,}(?:[-*+]|\d+[.)])|^(?:[ \t]*>){30}/m;
const LONGEST = 200_000;

const lex = (text: string): Token[] => {
  if (text.length > LONGEST || TOO_DEEP.test(text)) return [plain(text)];
  try {
    return lexer(text);
  } catch {
    return [plain(text)];
  }
};

const plain = (text: string): Token => ({ type: "plain", raw: text, text });

/** A whole text at once: reference links resolve only here. */
export const blocksOf = (text: string): Token[] => lex(text).filter((token) => token.type !== "space");

const ends = { repair: (text: string) => text };

/** Fetches what repairs the open end: a finished answer has none, so its page does not wait for it. */
export async function loadRepair(): Promise<void> {
  const { default: repair } = await import("remend");
  ends.repair = repair;
}

/**
 * A growing text. Every block but the last two is settled: read once, kept, never read again.
 * The open end is repaired, so that half a `**word` never flashes its markers.
 */
export class GrowingBlocks {
  private text = "";
  private settledLength = 0;
  private settled: Token[] = [];

  /** How many blocks, from the first, will not change any more. */
  get settledCount(): number {
    return this.settled.length;
  }

  update(text: string): Token[] {
    if (!text.startsWith(this.text)) {
      this.settledLength = 0;
      this.settled = [];
    }
    this.text = text;
    const tail = lex(text.slice(this.settledLength));
    for (const token of this.ready(tail)) {
      this.settledLength += token.raw.length;
      if (token.type !== "space") this.settled.push(token);
    }
    const open = text.slice(this.settledLength);
    return [...this.settled, ...blocksOf(ends.repair(open))];
  }

  /** A block may be settled when two that count follow it; the lexer must have kept every character of it. */
  private ready(tail: Token[]): Token[] {
    const counted = tail.flatMap((token, index) => (token.type === "space" ? [] : [index]));
    const end = counted.length > 2 ? (counted.at(-2) ?? 0) : 0;
    const ready = tail.slice(0, end);
    const raw = ready.map((token) => token.raw).join("");
    return this.text.startsWith(raw, this.settledLength) ? ready : [];
  }
}

export type { Token, TokensList };
