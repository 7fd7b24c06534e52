import type { Synthesis } from "@trillm/sdk";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { marked } from "../src/parts/sentence-marks.tsx";
import { masked } from "../src/state/blind.ts";
import { applyAll, start } from "../src/state/run.ts";
import { Markdown } from "../src/text/markdown.tsx";
import { MarkedPlaces } from "../src/text/marked.tsx";
import { query } from "./query.ts";

const synthesis = (given: Partial<Synthesis> = {}): Synthesis => ({
  status: "pending",
  provider: "vendor",
  model: "a",
  text: "",
  of: ["a", "b"],
  sentences: [],
  input_tokens: null,
  output_tokens: null,
  cost_usd: 0.01,
  first_token_ms: null,
  response_time_ms: null,
  error: null,
  ...given,
});
const drawn = (text: string) =>
  renderToStaticMarkup(
    <MarkedPlaces value={(place) => <sup>{place}</sup>}>
      <Markdown text={text} growing={false} />
    </MarkedPlaces>,
  );

describe("a merged answer", () => {
  it("grows by its pieces and leaves answers and pick alone", () => {
    const before = start(query({ best: "a", synthesis: synthesis() }));
    const run = applyAll(before, [
      { type: "synthesis.started", data: synthesis() },
      { type: "synthesis.delta", data: { text: "Par" } },
      { type: "synthesis.delta", data: { text: "is." } },
    ]);
    expect(run.query.synthesis).toMatchObject({ status: "streaming", text: "Paris." });
    expect(run.query.responses).toBe(before.query.responses);
    expect(run.provisional).toBe(false);
  });

  it("has a mark behind each sentence, in markup too and behind what takes two units", () => {
    const text = "🎯 **Paris is it.** So there.\n\n- One.";
    const ends = ["it.", "there.", "One."].map((last) => text.indexOf(last) + last.length);
    const made = synthesis({ text, sentences: ends.map((end) => ({ start: 0, end, supported_by: [] })) });
    expect(drawn(marked(made))).toContain("<strong>Paris is it.<sup>0</sup></strong> So there.<sup>1</sup>");
    expect(drawn(marked(made))).toContain("<li>One.<sup>2</sup></li>");
  });

  it("shows the private characters of other texts as they are", () => {
    expect(renderToStaticMarkup(<Markdown text={"a \ue0001\ue001 b"} growing={false} />)).toContain("\ue0001\ue001");
  });

  it("does not tell who merged while names are hidden", () => {
    expect(masked(query({ synthesis: synthesis({ text: "Both." }) })).synthesis).toMatchObject({
      provider: "",
      model: "",
      cost_usd: null,
      text: "Both.",
    });
  });
});
