import type { Ranking } from "@trillm/sdk";
import { describe, expect, it } from "vitest";
import { apply, applyAll, leaders, members, start } from "../src/state/run.ts";
import { answer, query } from "./query.ts";

const scores = { relevance: 90, completeness: 80, clarity: 70, accuracy: 60, total: 80 };
const ranking: Ranking = {
  order: ["b", "a"],
  probabilities: { a: 0.3, b: 0.6 },
  best: "b",
  confidence: 0.6,
  too_close: false,
  decided_by: "criteria",
  why: "It says more.",
  scores: { a: scores, b: { ...scores, total: 85 } },
  provisional: true,
};
const of = (run: ReturnType<typeof start>, id: string) => run.query.responses.find((one) => one.id === id);

describe("what the page knows of a query", () => {
  it("joins the deltas of each answer without touching the others", () => {
    const run = applyAll(start(query()), [
      { type: "response.started", data: answer("a") },
      { type: "response.delta", data: { response_id: "a", text: "Hel" } },
      { type: "response.delta", data: { response_id: "b", text: "No" } },
      { type: "response.delta", data: { response_id: "a", text: "lo " } },
    ]);
    expect(of(run, "a")?.text).toBe("Hello ");
    expect(of(run, "a")?.status).toBe("streaming");
    expect(of(run, "b")?.text).toBe("No");
  });

  it("shows an answer as started as soon as it says so, whatever status the event carries", () => {
    const run = apply(start(query()), { type: "response.started", data: answer("a", { status: "streaming" }) });
    expect(of(run, "a")?.status).toBe("streaming");
  });

  it("takes up an answer that it has not heard of, such as a further attempt", () => {
    const run = apply(start(query()), { type: "response.started", data: answer("c", { model: "a", attempt: 2 }) });
    expect(members(run.query).map((attempts) => attempts.map((one) => one.id))).toEqual([["a", "c"], ["b"]]);
  });

  it("replaces a completed answer by its object and keeps what the ranking said of it before", () => {
    const run = applyAll(start(query()), [
      { type: "ranking", data: ranking },
      { type: "response.completed", data: answer("b", { status: "complete", text: "whole", output_tokens: 3 }) },
    ]);
    expect(of(run, "b")).toMatchObject({ text: "whole", output_tokens: 3, rank: 1, is_best: true, probability: 0.6 });
  });

  it("shows a failure with its cause", () => {
    const error = { type: "overloaded", detail: "Try later.", retry_at: null };
    const run = apply(start(query()), { type: "response.failed", data: answer("a", { status: "failed", error }) });
    expect(of(run, "a")).toMatchObject({ status: "failed", error });
  });

  it("puts a ranking on the query and on each answer", () => {
    const run = apply(start(query()), { type: "ranking", data: ranking });
    expect(run.provisional).toBe(true);
    expect(run.query).toMatchObject({ best: "b", confidence: 0.6, decided_by: "criteria", why: "It says more." });
    expect(of(run, "a")).toMatchObject({ rank: 2, is_best: false, probability: 0.3, scores });
  });

  it("moves the crown when the best changes, and fixes it when the ranking is final", () => {
    const run = applyAll(start(query()), [
      { type: "ranking", data: ranking },
      { type: "ranking", data: { ...ranking, best: "a", order: ["a", "b"], provisional: false } },
    ]);
    expect(run.provisional).toBe(false);
    expect(run.query.responses.filter((one) => one.is_best).map((one) => one.id)).toEqual(["a"]);
  });

  it("lets a query event replace everything, as after a restart of the service", () => {
    const before = apply(start(query()), { type: "response.delta", data: { response_id: "a", text: "old" } });
    const run = apply(before, { type: "query", data: query({ responses: [answer("z", { text: "new" })] }) });
    expect(run.query.responses.map((one) => one.text)).toEqual(["new"]);
    expect(run.provisional).toBe(true);
  });

  it("is final when it is done", () => {
    const run = apply(start(query()), { type: "done", data: query({ status: "partial", best: "a" }) });
    expect(run).toMatchObject({ provisional: false, query: { status: "partial", best: "a" } });
  });

  it("keeps a problem beside the answers, and drops it when the state is told anew", () => {
    const problem = { type: "internal", title: "Something went wrong", status: 500 };
    const run = apply(start(query()), { type: "error", data: problem });
    expect(run.problem).toEqual(problem);
    expect(run.query.responses).toHaveLength(2);
    expect(apply(run, { type: "query", data: query() }).problem).toBeNull();
  });

  it("passes over an event of a later version", () => {
    const run = start(query());
    expect(apply(run, { type: "weather", data: {} } as never)).toBe(run);
  });
});

describe("a judge", () => {
  const asked = { provider: "vendor", model: "judge", asked_because: "close" as const };
  const said = {
    ...asked,
    status: "consistent" as const,
    better: "a",
    why: "It is right.",
    caution: "",
    cautions: [],
    scores: {},
    input_tokens: 1,
    output_tokens: 1,
    cost_usd: 0.004,
    response_time_ms: 2000,
    error: null,
  };
  const panel = query({ responses: [answer("a", { text: "x" }), answer("b", { text: "y" }), answer("c")] });
  const close = { ...ranking, too_close: true };

  it("is at work from its first event until the pick is fixed", () => {
    const working = applyAll(start(panel), [{ type: "judge", data: { ...asked, status: "asked" } }]);
    expect(working.judging).toMatchObject(asked);
    const told = apply(working, { type: "judge", data: said });
    expect(told.query.judgement).toEqual(said);
    expect(apply(told, { type: "ranking", data: close }).judging).toMatchObject(asked);
    expect(apply(told, { type: "ranking", data: { ...ranking, provisional: false } }).judging).toBeNull();
  });

  it("is at work no more when all is done, though it never said a word", () => {
    const working = apply(start(panel), { type: "judge", data: { ...asked, status: "asked" } });
    expect(apply(working, { type: "done", data: query({ status: "complete" }) }).judging).toBeNull();
  });

  it("leaves one leader while answers come, however close they are", () => {
    const run = apply(start(panel), { type: "ranking", data: close });
    expect(leaders(run).map((one) => one.id)).toEqual(["b"]);
  });

  it("brings both leaders to the head while it compares them, and where they stay too close to call", () => {
    const ranked = apply(start(panel), { type: "ranking", data: close });
    const working = apply(ranked, { type: "judge", data: { ...asked, status: "asked" } });
    expect(leaders(working).map((one) => one.id)).toEqual(["b", "a"]);
    const final = apply(ranked, { type: "ranking", data: { ...close, provisional: false } });
    expect(leaders(final).map((one) => one.id)).toEqual(["b", "a"]);
    const clear = apply(ranked, { type: "ranking", data: { ...ranking, provisional: false } });
    expect(leaders(clear).map((one) => one.id)).toEqual(["b"]);
  });

  it("does not bring an earlier attempt of the leader to the head beside it", () => {
    const twice = [
      answer("b1", { model: "b", text: "old", probability: 0.5 }),
      answer("b", { attempt: 2, text: "new" }),
    ];
    const run = apply(start(query({ responses: twice })), { type: "ranking", data: { ...close, provisional: false } });
    expect(leaders(run).map((one) => one.id)).toEqual(["b"]);
  });
});
