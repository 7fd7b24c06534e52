import { describe, expect, it } from "vitest";
import { ago, clock, cost, day, percent, seconds, tokens, words } from "../src/text/format.ts";

describe("times", () => {
  it.each([
    [null, "–"],
    [0, "0\u00a0ms"],
    [412.6, "413\u00a0ms"],
    [2634, "2.6\u00a0s"],
    [9960, "10\u00a0s"],
    [59_960, "1\u00a0min\u00a00\u00a0s"],
    [83_000, "1\u00a0min\u00a023\u00a0s"],
  ])("%s ms is %s", (value, shown) => expect(seconds(value)).toBe(shown));

  it("counts down as a clock", () => {
    expect(clock(42)).toBe("0:42");
    expect(clock(61.2)).toBe("1:02");
    expect(clock(-3)).toBe("0:00");
  });

  it("tells how long ago in the largest unit that fits", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    expect(ago("2026-11-22T11:59:40Z", now)).toBe("just now");
    expect(ago("2026-11-22T11:55:00Z", now)).toBe("5 minutes ago");
    expect(ago("2026-11-22T10:00:00Z", now)).toBe("2 hours ago");
    expect(ago("2026-11-21T11:00:00Z", now)).toBe("yesterday");
    expect(ago("2026-11-22T13:00:00Z", now)).toBe("just now");
  });

  it("puts a query under its day in the reader's own time", () => {
    const now = new Date(2026, 10, 22, 0, 30);
    expect(day(new Date(2026, 10, 22, 0, 10).toISOString(), now)).toBe("Today");
    expect(day(new Date(2026, 10, 21, 23, 50).toISOString(), now)).toBe("Yesterday");
    expect(day(new Date(2026, 10, 1).toISOString(), now)).toContain("2026");
  });
});

describe("costs", () => {
  it.each([
    [null, "cost unknown"],
    [0, "free"],
    [0.00004, "< $0.0001"],
    [0.0034, "$0.0034"],
    [0.0114, "$0.011"],
    [12.5, "$12.50"],
  ])("%s is %s", (value, shown) => expect(cost(value)).toBe(shown));
});

it("says that tokens are unknown rather than none", () => {
  expect(tokens(null)).toBe("tokens unknown");
  expect(tokens(1)).toBe("1 token");
  expect(tokens(0)).toBe("0 tokens");
});

it("counts words and rounds fractions", () => {
  expect(words("  two  words ")).toBe(2);
  expect(words("")).toBe(0);
  expect(percent(0.714)).toBe("71%");
});
