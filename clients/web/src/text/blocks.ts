import { Lexer, lexer, type Token, type TokensList } from "marked";

/** Nesting no person writes; the lexer's time grows with the cube of it, so such text is shown as it is. */
const TOO_DEEP = /^ {80,}(?:[-*+]|\d+[.)])|^(?:[ \t]*>){30}/m;
const LONGEST = 200_000;

const attempt = (text: string, read: () => Token[]): Token[] => {
  if (text.length > LONGEST || TOO_DEEP.test(text)) return [plain(text)];
  try {
    return read();
  } catch {
    return [plain(text)];
  }
};

const lex = (text: string): Token[] => attempt(text, () => lexer(text));

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
 * The open end is repaired, so that half a `**word` never flashes its markers; of it only what has changed is read
 * within its blocks.
 */
export class GrowingBlocks {
  private text = "";
  private settledLength = 0;
  private settled: Token[] = [];
  private inline = new Map<string, Token[]>();

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
    const ready = this.ready(outline(text.slice(this.settledLength)));
    if (ready) {
      this.settled.push(...blocksOf(ready));
      this.settledLength += ready.length;
    }
    const open = ends.repair(text.slice(this.settledLength));
    return [...this.settled, ...this.read(open).filter((token) => token.type !== "space")];
  }

  /** A block may be settled when two that count follow it; the lexer must have kept every character of it. */
  private ready(tail: Token[]): string {
    const counted = tail.flatMap((token, index) => (token.type === "space" ? [] : [index]));
    const end = counted.length > 2 ? (counted.at(-2) ?? 0) : 0;
    const raw = tail
      .slice(0, end)
      .map((token) => token.raw)
      .join("");
    return this.text.startsWith(raw, this.settledLength) ? raw : "";
  }

  private read(text: string): Token[] {
    return attempt(text, () => {
      const lexer = new Lexer();
      const blocks = lexer.blockTokens(text.replace(/\r\n?/g, "\n"), lexer.tokens);
      const read = new Map<string, Token[]>();
      for (const { src, tokens } of lexer.inlineQueue) {
        const known = read.get(src) ?? this.inline.get(src) ?? lexer.inlineTokens(src, []);
        read.set(src, known);
        tokens.push(...known);
      }
      this.inline = read;
      return blocks;
    });
  }
}

/** Blocks without what stands in them: enough to tell where they end. */
const outline = (text: string): Token[] => attempt(text, () => new Lexer().blockTokens(text, []));

export type { Token, TokensList };
