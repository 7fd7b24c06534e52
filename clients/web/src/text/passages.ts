/** A stretch of an answer's text, in UTF-16 code units as the service counts them. */
export interface Passage {
  response_id: string;
  start: number;
  end: number;
}

const KEPT = /[\p{L}\p{N}]/gu;
const TARGETS = /\]\([^()\s]*\)/g;
const CLOSING = /^[.!?…。！？)\]"'”’»]{1,3}/;
/** What the page adds to an answer's own words. */
const ADDED = ".host, figcaption, button";

/** Letters and digits alone: what the text and its drawing have in common, whatever markdown does in between. */
const bare = (text: string) => text.replace(TARGETS, "]").match(KEPT)?.join("") ?? "";

/** The words of one drawn answer, each letter with its place in the page. */
export class DrawnAnswer {
  private readonly letters: string;
  private readonly places: [Text, number][] = [];

  constructor(root: Element) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const letters: string[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!(node instanceof Text) || node.parentElement?.closest(ADDED)) continue;
      for (const match of node.data.matchAll(KEPT)) {
        letters.push(match[0]);
        for (let unit = 0; unit < match[0].length; unit++) this.places.push([node, match.index + unit]);
      }
    }
    this.letters = letters.join("");
  }

  /** Where a passage of `text` is drawn; of several like it the one nearest to its place. Null: nowhere as a whole. */
  find(text: string, { start, end }: Passage): Range | null {
    const wanted = bare(text.slice(start, end));
    if (!wanted) return null;
    const expected = bare(text.slice(0, start)).length;
    const before = this.letters.lastIndexOf(wanted, expected);
    const after = this.letters.indexOf(wanted, expected);
    const at = before < 0 || (after >= 0 && after - expected < expected - before) ? after : before;
    const first = this.places[at];
    const last = this.places[at + wanted.length - 1];
    if (at < 0 || !first || !last) return null;
    const range = document.createRange();
    range.setStart(...first);
    const behind = last[0].data.slice(last[1] + 1).match(CLOSING)?.[0].length ?? 0;
    range.setEnd(last[0], last[1] + 1 + behind);
    return range;
  }
}

/** All drawings of an answer on the page: it may stand at the head and among the others. */
export const drawingsOf = (id: string) => [...document.querySelectorAll(`.answer[data-answer="${CSS.escape(id)}"]`)];

/** The words of a passage as a person reads them. */
export const wordsOf = (text: string, { start, end }: Passage) =>
  text
    .slice(start, end)
    .replace(TARGETS, "]")
    .replace(/[*`~[\]]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
