import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeEach, describe, expect, it } from "vitest";
import { AttemptDiff } from "../src/parts/attempt-diff.tsx";
import { followed, useFollowUps } from "../src/state/follow-up.ts";
import { answer, query } from "./query.ts";

const done = (id: string, given = {}) => answer(id, { status: "complete", text: `words of ${id}`, ...given });

describe("the answer that a question continues", () => {
  const one = query({ status: "partial", best: "b", responses: [done("a"), done("b"), done("c", { text: " " })] });

  it("is the chosen one, else the best, else one with words", () => {
    expect(followed(one, "a")?.id).toBe("a");
    expect(followed(one, "c")?.id).toBe("b");
    expect(followed(one, undefined)?.id).toBe("b");
    expect(followed({ ...one, best: null }, undefined)?.id).toBe("a");
  });

  it("is none where nobody has said a word", () => {
    expect(followed(query({ responses: [done("a", { text: "" })] }), undefined)).toBeUndefined();
  });
});

describe("a draft", () => {
  beforeEach(() => useFollowUps.setState({ drafts: {} }));

  it("is kept by query and gone when it is sent", () => {
    const { write } = useFollowUps.getState();
    write("q", "And then?");
    write("other", "Why?");
    write("q", "");
    expect(useFollowUps.getState().drafts).toEqual({ other: "Why?" });
  });
});

describe("two attempts", () => {
  const shown = (before: string, after: string) =>
    renderToStaticMarkup(
      <I18nProvider i18n={i18n}>
        <AttemptDiff before={before} after={after} />
      </I18nProvider>,
    );

  it("are compared by words, and it is said what was added and removed", () => {
    const page = shown("It is big.", "It is very small.");
    expect(page).toMatch(/<del[^>]*><span class="sr-only">removed: <\/span>big<\/del>/);
    expect(page).toMatch(/<ins[^>]*><span class="sr-only">added: <\/span>very small<\/ins>/);
    expect(page).toContain("Added: 2 words");
    expect(page).toContain("Removed: 1 word");
  });

  it("are compared by words where no spaces stand between them", () => {
    expect(shown("東京は大きい都市です", "東京は小さい都市です")).toMatch(
      /東京は<del.*大きい<\/del><ins.*小さい<\/ins>都市です/,
    );
  });

  it("may be the same, and are shown as text whatever they hold", () => {
    const page = shown("<b>x</b>", "<b>x</b>");
    expect(page).toContain("Word for word the same.");
    expect(page).toContain("&lt;b&gt;x&lt;/b&gt;");
  });
});
