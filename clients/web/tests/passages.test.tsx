import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Markdown } from "../src/text/markdown.tsx";
import { DrawnAnswer, wordsOf } from "../src/text/passages.ts";

const TEXT = `# Tower

The tower is **330 metres** tall. 😀 It was [built](https://example.org/a_b) in *1889*.

- It is iron.
- **Height**: see \`h(x)\` above.

\`\`\`py
print("It is iron.")
\`\`\`

It is iron. A & B &amp; C stand.
`;

function found(passage: string, from = 0): string | null {
  const root = document.createElement("div");
  // jsdom's own parser makes the tree; nothing of it is a model's
  root.innerHTML = renderToStaticMarkup(<Markdown text={TEXT} growing={false} />);
  const start = TEXT.indexOf(passage, from);
  expect(start).toBeGreaterThanOrEqual(0);
  const at = { response_id: "a", start, end: start + passage.length };
  return new DrawnAnswer(root).find(TEXT, at)?.toString() ?? null;
}

describe("a passage of the source text", () => {
  it.each([
    ["The tower is **330 metres** tall.", "The tower is 330 metres tall."],
    ["It was [built](https://example.org/a_b) in *1889*", "It was built (example.org) in 1889"],
    ["**Height**: see `h(x)` above.", "Height: see h(x) above."],
    ["Tower", "Tower"],
  ])("is found where it is drawn: %s", (passage, drawn) => {
    expect(found(passage)).toBe(drawn);
  });

  it("is the one at its place when the same words stand elsewhere too", () => {
    const last = TEXT.lastIndexOf("It is iron.");
    const root = document.createElement("div");
    root.innerHTML = renderToStaticMarkup(<Markdown text={TEXT} growing={false} />);
    const of = (start: number) =>
      new DrawnAnswer(root).find(TEXT, { response_id: "a", start, end: start + 11 })?.startContainer.parentElement;
    expect(of(TEXT.indexOf("It is iron."))?.closest("li")).not.toBeNull();
    expect(of(last)?.tagName).toBe("P");
  });

  it("is not painted at all where it is not drawn as a whole", () => {
    const root = document.createElement("div");
    root.innerHTML = "<p>Something else was drawn.</p>";
    expect(new DrawnAnswer(root).find(TEXT, { response_id: "a", start: 9, end: 40 })).toBeNull();
    expect(found("😀")).toBeNull();
  });

  it("reads as words without markup", () => {
    expect(wordsOf(TEXT, { response_id: "a", start: 9, end: TEXT.indexOf("- It") })).toBe(
      "The tower is 330 metres tall. 😀 It was built in 1889.",
    );
  });
});
