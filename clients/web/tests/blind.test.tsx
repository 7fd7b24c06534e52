import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { Query } from "@trillm/sdk";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeEach, describe, expect, it } from "vitest";
import { AnswerDeck } from "../src/parts/answer-deck.tsx";
import { BlindPane } from "../src/parts/blind-pane.tsx";
import { drawn, masked, useBlind } from "../src/state/blind.ts";
import { members } from "../src/state/run.ts";
import { answer, query } from "./query.ts";

const scores = { relevance: 91, completeness: 91, clarity: 91, accuracy: 91, total: 91 };
const figures = {
  cost_usd: 0.0777,
  input_tokens: 31,
  output_tokens: 4321,
  first_token_ms: 555,
  response_time_ms: 6543,
};
const told = (id: string, rank: number) =>
  answer(id, {
    provider: `vendor-${id}`,
    model: `secret-${id}`,
    status: "complete",
    text: `words of ${id}`,
    rank,
    probability: 0.62,
    scores,
    is_best: rank === 1,
    ...figures,
  });
const failed = answer("d", {
  provider: "vendor-d",
  model: "secret-d",
  status: "failed",
  error: { type: "overloaded", detail: "vendor-d is overloaded", retry_at: null },
});
const given = (id = "q"): Query =>
  query({
    id,
    status: "partial",
    best: "b",
    confidence: 0.62,
    decided_by: "learned",
    why: "secret-b says more.",
    responses: [told("a", 2), told("b", 1), told("c", 3), failed],
    cost_usd: 0.2331,
  });

describe("a query that is judged blind", () => {
  it("gives nothing away to the page before the person has chosen", () => {
    const hidden = masked(given());
    const page = renderToStaticMarkup(
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={new QueryClient()}>
          <BlindPane query={hidden} />
          <AnswerDeck
            query={hidden}
            panel={members(hidden)}
            provisional={false}
            blind="hidden"
            framed={false}
            grows={false}
            reload={() => {}}
          />
        </QueryClientProvider>
      </I18nProvider>,
    ).replaceAll(/<svg.*?<\/svg>/g, "");
    expect(page).toContain("Answer A");
    expect(page).toContain("words of b");
    expect(page).not.toMatch(/secret|vendor-|says more|0\.0777|0\.23|4321|555|6\.5|\b91\b|No\. \d|Best|62/i);
  });

  it("keeps what is needed to judge and to vote", () => {
    const hidden = masked(given());
    expect(hidden.responses.map((one) => one.id).sort()).toEqual(["a", "b", "c", "d"]);
    expect(hidden.responses.find((one) => one.id === "d")?.error).toEqual({
      type: "overloaded",
      detail: "",
      retry_at: null,
    });
    expect(hidden.responses.map((one) => one.model)).toEqual(["Answer A", "Answer B", "Answer C", "Answer D"]);
  });

  it("keeps the attempts of a model under one letter", () => {
    const again = { ...told("a", 2), id: "a2", attempt: 2 };
    const hidden = masked({ ...given(), responses: [...given().responses, again] });
    const name = (id: string) => hidden.responses.find((one) => one.id === id)?.model;
    expect(name("a2")).toBe(name("a"));
    expect(members(hidden)).toHaveLength(4);
  });

  it("stands in the same order after a reload, whatever order the service tells", () => {
    const turned = { ...given(), responses: [...given().responses].reverse() };
    const ids = (one: Query) => drawn(one).map((attempts) => attempts[0]?.id);
    expect(ids(turned)).toEqual(ids(given()));
  });

  it("puts each model in each place equally often", () => {
    const first = new Map<string, number>();
    for (let n = 0; n < 4000; n++) {
      const id = drawn(given(`019ab000-0000-7000-8000-${String(n).padStart(12, "0")}`))[0]?.[0]?.id ?? "";
      first.set(id, (first.get(id) ?? 0) + 1);
    }
    for (const id of ["a", "b", "c", "d"]) expect(Math.abs((first.get(id) ?? 0) - 1000)).toBeLessThan(120);
  });
});

describe("what is remembered of blind queries", () => {
  beforeEach(() => useBlind.setState({ queries: {} }));

  it("is hidden until it is revealed, with the choice", () => {
    useBlind.getState().hide("q");
    expect(useBlind.getState().queries.q).toEqual({ open: false, chosen: null });
    useBlind.getState().reveal("q", "b");
    expect(useBlind.getState().queries.q).toEqual({ open: true, chosen: "b" });
  });

  it("outlives a reload, and does not grow for ever", () => {
    for (let n = 0; n < 250; n++) useBlind.getState().hide(`q${n}`);
    expect(Object.keys(useBlind.getState().queries)).toHaveLength(200);
    expect(localStorage.getItem("trillm-blind")).toContain('"q249"');
  });
});
