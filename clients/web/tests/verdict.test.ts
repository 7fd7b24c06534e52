import type { Judgement } from "@trillm/sdk";
import { describe, expect, it } from "vitest";
import { judgeCause } from "../src/text/failure.ts";
import { judgedHow, judgeSaid, judgingNow, meaning, surety, unjudged, unsourced } from "../src/text/verdict.ts";
import { answer, query } from "./query.ts";

const judgement: Judgement = {
  provider: "vendor",
  model: "judge",
  asked_because: "close",
  status: "consistent",
  better: "b",
  why: "It says when.",
  caution: "",
  cautions: [],
  scores: {},
  input_tokens: 1,
  output_tokens: 1,
  cost_usd: 0.004,
  response_time_ms: 2000,
  error: null,
};
const nameOf = (model: { model: string }) => model.model.toUpperCase();
const said = (given: Partial<Judgement>, best = "b") => judgeSaid(query({ best }), { ...judgement, ...given }, nameOf);

describe("answers that all agree", () => {
  const agreed = [{ code: "all-agree", values: { of: 2, on: "42" } }];
  const answers = (text: string) => [answer("a", { text: "It is 42." }), answer("b", { text })];

  it("are said to prove little where none names a source", () => {
    expect(unsourced(query({ reasons: agreed, responses: answers("42.") }))).toMatch(/all can be wrong together/);
  });

  it("are left without that where one does, and so are answers that differ", () => {
    expect(unsourced(query({ reasons: agreed, responses: answers("42: https://site.example") }))).toBe("");
    expect(unsourced(query({ reasons: [{ code: "majority", values: {} }], responses: answers("41.") }))).toBe("");
  });
});

describe("how sure the pick is", () => {
  it.each([
    [0.97, "Almost certain"],
    [0.86, "Very likely"],
    [0.7, "Likely"],
    [0.56, "Probably"],
    [0.4, "A guess"],
  ])("%s is said as %s", (confidence, words) => {
    expect(surety(confidence, false, false)).toBe(words);
    expect(surety(confidence, false, true)).toBe(`${words}, so far`);
  });

  it("names no winner where it is too close, whatever the figure", () => {
    expect(surety(0.9, true, false)).toBe("Too close to call");
    expect(meaning(0.46, true, "learned")).toMatch(/^First and second are nearly level/);
  });

  it("says what the figure means, where it is from, and that it can be wrong", () => {
    expect(meaning(0.71, false, "learned")).toContain("about 71 should be");
    expect(meaning(0.71, false, "learned")).toContain("answers recorded earlier");
    expect(meaning(0.71, false, "criteria")).toContain("rules set by hand");
    expect(meaning(0.71, false, null)).toContain("wrong together");
  });
});

describe("what a judge said", () => {
  it("is 'it' where the pick was preferred, and a name where another one was", () => {
    expect(said({})).toBe("JUDGE preferred it in both orders");
    expect(said({}, "a")).toBe("JUDGE preferred B in both orders");
  });

  it("does not count where the two readings did not agree", () => {
    expect(said({ status: "undecided", better: null })).toContain("neither counts");
  });

  it("is nothing where it failed, or named an answer that is not there", () => {
    const failed = { status: "failed", better: null } as const;
    expect(said(failed)).toContain("stands without it");
    expect(
      said({ ...failed, error: { type: "total-timeout", detail: "No verdict within 30 s.", retry_at: null } }),
    ).toBe("JUDGE could not judge. No verdict within 30 s. The ranking stands without it.");
    expect(said({ better: "gone" })).toContain("stands without it");
  });

  it.each([
    ["total-timeout", "It gave no verdict in time."],
    ["breaker-open", "Not asked: this model failed too often just now."],
    ["malformed", "What it sent could not be read."],
    ["refused", "It declined to judge."],
    ["of a later version", "It did not answer."],
  ])("tells by its type why it failed where the service has no words: %s", (type, words) => {
    expect(judgeCause({ error: { type, detail: "", retry_at: null } })).toBe(words);
  });

  it("is explained where nobody was asked about a close call, or though somebody wanted a judge", () => {
    const missed = (wanted: string, because = "nobody") => [{ code: "not-judged", values: { because, wanted } }];
    expect(unjudged(query({ too_close: true, reasons: missed("close") }))).toContain("no model that can judge");
    expect(unjudged(query({ too_close: true, reasons: missed("close", "cost") }))).toContain("cost more");
    expect(unjudged(query({ reasons: missed("asked", "time") }))).toContain("no time");
    expect(unjudged(query({ reasons: missed("close") }))).toBe("");
    expect(unjudged(query({ too_close: true, reasons: missed("close", "of a later version") }))).toBe("");
    expect(unjudged(query({ too_close: true }))).toBe("");
  });

  it("tells why it was asked", () => {
    expect(judgedHow(judgement)).toMatch(/^The answers were too close/);
    expect(judgedHow({ ...judgement, asked_because: "asked" })).toMatch(/^You asked for a judge/);
    expect(judgedHow({ ...judgement, asked_because: "audit" })).toContain("at random");
    expect(judgingNow(judgement, nameOf)).toContain("leaders");
    expect(judgingNow({ ...judgement, asked_because: "audit" }, nameOf)).toContain("answers");
  });
});
