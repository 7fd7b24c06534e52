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

const counts = (token: Token) => token.type !== "space";

/** A whole text at once: reference links resolve only here. */
export const blocksOf = (text: string): Token[] => lex(text).filter(counts);

const ends = { repair: (text: string) => text };

/** Fetches what repairs the open end: a finished answer has none, so its page does not wait for it. */
export async function loadRepair(): Promise<void> {
  const { default: repair } = await import("remend");
  ends.repair = repair;
}

/**
 * A growing text. Every block but the last two is settled: kept, never read again.
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

  update(given: string): Token[] {
    const text = given.replace(/\r\n?/g, "\n");
    if (!text.startsWith(this.text)) {
      this.settledLength = 0;
      this.settled = [];
    }
    this.text = text;
    const open = this.read(ends.repair(text.slice(this.settledLength)));
    const rest = open.slice(this.settle(open)).filter(counts);
    return [...this.settled, ...rest];
  }

  /** Keeps what two blocks follow, if the repair has left every character of it; returns how many tokens that were. */
  private settle(open: Token[]): number {
    const counted = open.flatMap((token, index) => (counts(token) ? [index] : []));
    const end = counted.length > 2 ? (counted.at(-2) ?? 0) : 0;
    const ready = open.slice(0, end);
    const raw = ready.map((token) => token.raw).join("");
    if (!this.text.startsWith(raw, this.settledLength)) return 0;
    this.settledLength += raw.length;
    this.settled.push(...ready.filter(counts));
    return end;
  }

  private read(text: string): Token[] {
    return attempt(text, () => {
      const lexer = new Lexer();
      const blocks = lexer.blockTokens(text, lexer.tokens);
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

export type { Token, TokensList };
