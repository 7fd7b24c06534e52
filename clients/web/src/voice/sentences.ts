/** One thing to say, and where it stands on the page, if it does. */
export interface Sentence {
  text: string;
  range: Range | null;
}

const BLOCKS = "p, li, h3, h4, h5, th, td";
/** Said once in place of itself. */
const CODE = ".code-frame";
const NOT_READ = `${CODE}, .host, sup`;

/** The sentences of a shown answer, in its order; what is code is left out, and that is said. */
export function sentencesOf(answer: Element, codeLeftOut: string): Sentence[] {
  const found: Sentence[] = [];
  for (const [block, texts] of textsByBlock(answer)) {
    if (block.matches(CODE)) found.push({ text: codeLeftOut, range: null });
    else found.push(...split(texts));
  }
  return found;
}

/** The text nodes under the innermost block that they belong to. */
function textsByBlock(answer: Element): Map<Element, Text[]> {
  const blocks = new Map<Element, Text[]>();
  const walker = document.createTreeWalker(answer, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    const skipped = parent?.closest(NOT_READ);
    const block = skipped?.matches(CODE) ? skipped : parent?.closest(BLOCKS);
    if (!block || (skipped && block !== skipped) || !answer.contains(block)) continue;
    blocks.set(block, [...(blocks.get(block) ?? []), node as Text]);
  }
  return blocks;
}

function split(texts: Text[]): Sentence[] {
  const whole = texts.map((text) => text.data).join("");
  const segments = new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(whole);
  return [...segments].flatMap(({ segment, index }) => {
    const text = segment.trim();
    if (!/[\p{L}\p{N}]/u.test(text)) return [];
    const from = index + segment.indexOf(text);
    return [{ text, range: rangeOf(texts, from, from + text.length) }];
  });
}

function rangeOf(texts: Text[], from: number, to: number): Range {
  const range = document.createRange();
  let passed = 0;
  for (const text of texts) {
    const end = passed + text.length;
    if (from >= passed && from < end) range.setStart(text, from - passed);
    if (to > passed && to <= end) range.setEnd(text, to - passed);
    passed = end;
  }
  return range;
}
