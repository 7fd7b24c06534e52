/** How many characters are looked at. */
export const LOOKED_AT = 400;
const SCRIPTS: [string, RegExp][] = [
  ["ja", /[\u3040-\u30ff]/g],
  ["zh", /[\u3400-\u4dbf\u4e00-\u9fff]/g],
  ["ko", /[\uac00-\ud7af]/g],
  ["ar", /[\u0600-\u06ff]/g],
  ["he", /[\u0590-\u05ff]/g],
  ["ru", /[\u0400-\u04ff]/g],
  ["el", /[\u0370-\u03ff]/g],
  ["hi", /[\u0900-\u097f]/g],
  ["th", /[\u0e00-\u0e7f]/g],
];
/** Small words that stand in nearly every sentence of one language, and hardly in the others. */
const SMALL_WORDS: [string, RegExp][] = [
  ["en", /\b(the|of|and|is|to|it|that|with)\b/gi],
  ["de", /\b(der|die|das|und|ist|nicht|ein|eine|mit|zu)\b/gi],
  ["es", /\b(el|los|las|y|es|una|que|con|por|del)\b/gi],
  ["fr", /\b(le|les|et|est|une|des|du|dans|que|qui)\b/gi],
];

/** The language tag for a text as far as its beginning tells; "" (unknown, as HTML has it) rather than a guess. */
export function languageOf(text: string): string {
  const start = text.slice(0, LOOKED_AT);
  const letters = start.match(/\p{L}/gu)?.length ?? 0;
  if (!letters) return "";
  const [script, found] = most(start, SCRIPTS);
  const kana = count(start, SCRIPTS[0]?.[1]);
  // Chinese has no kana; Japanese prose has, among ideographs. A foreign word or two do not make a text foreign.
  if (found * 3 > letters) return script === "zh" && kana > found / 8 ? "ja" : script;
  const [language, words] = most(start, SMALL_WORDS);
  return words > 1 ? language : "";
}

const count = (text: string, pattern: RegExp | undefined) => (pattern && text.match(pattern)?.length) || 0;

function most(text: string, patterns: [string, RegExp][]): [string, number] {
  return patterns
    .map(([language, pattern]): [string, number] => [language, count(text, pattern)])
    .reduce((best, one) => (one[1] > best[1] ? one : best));
}
