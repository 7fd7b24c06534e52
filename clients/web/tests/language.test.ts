import { readFileSync } from "node:fs";
import { i18n } from "@lingui/core";
import { afterEach, describe, expect, it } from "vitest";
import { problemWords } from "../src/text/failure.ts";
import { cost, percent, seconds, wordCount } from "../src/text/format.ts";
import { directionOf, LANGUAGES } from "../src/text/languages.ts";
import { languageOfPage, speak } from "../src/text/speak.ts";
import { languageOf } from "../src/text/which-language.ts";

afterEach(() => speak("en"));

describe("the language of a text", () => {
  it.each([
    ["The capital of France is Paris.", "en"],
    ["Die Hauptstadt von Frankreich ist Paris, und der Fluss ist die Seine.", "de"],
    ["La capital de Francia es París y el río es el Sena.", "es"],
    ["La capitale est Paris et le fleuve est la Seine.", "fr"],
    ["法国的首都是巴黎。", "zh"],
    ["フランスの首都はパリです。", "ja"],
    ["عاصمة فرنسا هي باريس.", "ar"],
    ["Paris", ""],
    ["42 + 1 = 43", ""],
    ["The word 愛 is Japanese, and it means love in the sense of that.", "en"],
  ])("%s is told as %s", (text, language) => expect(languageOf(text)).toBe(language));
});

describe("the page in another language", () => {
  it("is told to the browser, with its direction", async () => {
    await speak("ar");
    expect(document.documentElement).toMatchObject({ lang: "ar", dir: "rtl" });
    expect(languageOfPage()).toBe("ar");
  });

  it("writes figures as that language does", async () => {
    await speak("de");
    expect([cost(0.0034), percent(0.714), seconds(2634), wordCount(2)]).toEqual([
      "0,0034\u00a0$",
      "71\u00a0%",
      "2,6\u00a0s",
      "2 Wörter",
    ]);
  });

  it("keeps an amount in its own order where text runs from right to left", async () => {
    await speak("ar");
    expect(cost(0.0034)).toMatch(/^\u2066[^\u200e\u200f]*0[.,٫]0034[^\u200e\u200f]*\u2069$/);
  });

  it("has a plural for each number in Arabic", async () => {
    await speak("ar");
    expect(new Set([0, 1, 2, 3, 11, 100].map((n) => wordCount(n).replace(/[\d٠-٩]+\s/, ""))).size).toBeGreaterThan(3);
  });

  it("says what a problem means where the service has only English words for it", async () => {
    const problem = { type: "x", title: "Too many questions", status: 429, detail: "Ten a minute." };
    expect(problemWords(problem)).toEqual({ title: "Too many questions", detail: "Ten a minute." });
    await speak("de");
    expect(problemWords(problem).title).not.toMatch(/many/);
    expect(problemWords({ ...problem, status: 418 }).title).not.toBe(problem.title);
    expect(i18n.locale).toBe("de");
  });
});

it("is chosen before the first paint among the very languages that the page speaks", () => {
  const script = readFileSync("public/theme.js", "utf8");
  for (const language of [...Object.keys(LANGUAGES), "tlh"]) {
    localStorage.setItem("trillm", JSON.stringify({ state: { language } }));
    new Function("navigator", script)({ languages: [] });
    const { lang, dir } = document.documentElement;
    expect([lang, dir]).toEqual(language in LANGUAGES ? [language, directionOf(language)] : ["en", "ltr"]);
  }
  localStorage.removeItem("trillm");
  expect(script.match(/spoken = \[(.*)\]/)?.[1]).toBe(
    Object.keys(LANGUAGES)
      .map((language) => `"${language}"`)
      .join(", "),
  );
});
