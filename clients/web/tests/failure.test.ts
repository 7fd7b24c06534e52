import { describe, expect, it } from "vitest";
import { cause } from "../src/text/failure.ts";
import { longDate, timeOfDay } from "../src/text/format.ts";

const limited = (inSeconds: number | null) => {
  const retry_at = inSeconds === null ? null : new Date(Date.now() + inSeconds * 1000).toISOString();
  return {
    retry_at,
    said: cause({ status: "failed", error: { type: "rate-limited", detail: "Slow down.", retry_at } }),
  };
};

describe("a vendor that takes no questions now", () => {
  it("is said to take them again at the time that it told, or on the day", () => {
    const soon = limited(90);
    expect(soon.said).toBe(`Slow down. It takes questions again from ${timeOfDay(soon.retry_at ?? "")} on.`);
    const late = limited(3 * 86_400);
    expect(late.said).toContain(longDate(late.retry_at ?? ""));
  });

  it("is told so in a sentence of its own, whatever the vendor's ends with", () => {
    const error = { type: "rate-limited", detail: "no tokens left for gpt-6", retry_at: null };
    expect(cause({ status: "failed", error })).toBe("no tokens left for gpt-6.");
    expect(cause({ status: "failed", error: { ...error, detail: "Why?" } })).toBe("Why?");
  });

  it.each([null, -1])("is not promised to where it told nothing, or the time has come (%s s)", (seconds) => {
    expect(limited(seconds).said).toBe("Slow down.");
  });
});
