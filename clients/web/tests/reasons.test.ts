import type { Reason } from "@trillm/sdk";
import { describe, expect, it } from "vitest";
import { reasonsTold } from "../src/text/reasons.ts";

const told = (...reasons: Reason[]) => reasonsTold(reasons);

describe("reasons for a reader of another language", () => {
  it("are told sentence by sentence, with their figures", () => {
    expect(told({ code: "majority", values: { agree: 2, of: 3, on: "42" } })).toBe("2 of 3 answers agree on 42.");
    expect(told({ code: "says-more", values: {} }, { code: "close", values: {} })).toBe(
      "It says more about it. It is close: the next one is nearly as good.",
    );
  });

  it("count what became of the others", () => {
    expect(told({ code: "only-sound", values: { refused: 1, "cut-off": 2 } })).toBe(
      "It is the only sound answer. 2 other answers broke off. 1 other model refused.",
    );
  });

  it("say on what a model proved reliable, and by how many votes", () => {
    expect(told({ code: "reliable", values: { models: 1, judged: 12, category: "code", agree: 2 } })).toBe(
      "More answers agree on another final answer. Its model has been the more reliable here. " +
        "Kind of question: Code. Counted: 12 votes and verdicts.",
    );
    expect(told({ code: "reliable", values: { models: 2, judged: 0 } })).toContain("other kinds of question");
  });

  it("tell a sum that does not hold, left to right", () => {
    const values = { sum: "17 × 24 = 418" };
    const wrong = "This is wrong: \u206617 × 24 = 418\u2069.";
    expect(told({ code: "sum-fails", values: { sums: 1, ...values } })).toBe(
      `Take it with care: a sum in it does not hold. ${wrong}`,
    );
    expect(told({ code: "differ-sums-fail", values: { others: 2, ...values } })).toBe(
      `The final answers all differ. 2 of the others work out sums that do not hold. ${wrong}`,
    );
    expect(told({ code: "most-sums-fail", values: { agree: 3, failing: 2 } })).toBe(
      "3 answers agree on another final answer, 2 of them by sums that do not hold.",
    );
  });

  it("leave out why nobody judged, which stands elsewhere", () => {
    expect(told({ code: "equal", values: {} }, { code: "not-judged", values: { because: "cost" } })).toBe(
      "The answers are equally good by every sign we can see; this one came first.",
    );
  });

  it("are left to the service's words where it has only words, or a code that this page does not know", () => {
    expect(told()).toBeNull();
    expect(told({ code: "not-judged", values: { because: "cost" } })).toBeNull();
    expect(told({ code: "equal", values: {} }, { code: "of-a-later-version", values: {} })).toBeNull();
  });
});
