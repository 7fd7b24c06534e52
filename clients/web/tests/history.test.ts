import { describe, expect, it } from "vitest";
import { askedIn, matches, winnerOf } from "../src/offline/matches.ts";
import { momentOf } from "../src/state/use-history-place.ts";
import { answer, query } from "./query.ts";

const won = query({ id: "1", status: "complete", best: "a", created_at: "2026-11-22T12:00:00.000Z" });
const close = query({ id: "2", status: "complete", best: "a", too_close: true, pinned: true });
const failed = query({ id: "3", status: "failed", responses: [answer("c")] });
const running = query({ id: "4", best: "a" });
const all = [won, close, failed, running];
const found = (wanted: Parameters<typeof matches>[1]) => all.filter((one) => matches(one, wanted)).map((one) => one.id);

describe("the history with no network", () => {
  it("counts a close call and a failure as won by nobody, and what is being answered not at all", () => {
    expect(all.map(winnerOf)).toEqual(["vendor:a", "none", "none", null]);
    expect(found({ winner: "vendor:a" })).toEqual(["1"]);
    expect(found({ winner: "none" })).toEqual(["2", "3"]);
  });

  it("finds by words, model, time and pin as the service does", () => {
    expect(found({ search: "WHY", model: "vendor:c" })).toEqual(["3"]);
    expect(found({ pinned: true })).toEqual(["2"]);
    expect(found({ pinned: false, winner: null })).toEqual(["1", "3", "4"]);
    expect(found({ since: "2026-11-22T12:00:00.001Z" })).toEqual([]);
    expect(found({ since: "2026-11-22T12:00:00.000Z" })).toHaveLength(4);
  });

  it("offers the models that were asked, each question counted once", () => {
    const again = { ...won, responses: [...won.responses, answer("a2", { model: "a", attempt: 2 })] };
    expect(askedIn([again, close, failed])).toEqual([
      { provider: "vendor", model: "a", asked: 2, won: 1 },
      { provider: "vendor", model: "b", asked: 2, won: 0 },
      { provider: "vendor", model: "c", asked: 1, won: 0 },
    ]);
  });
});

describe("since when", () => {
  it("is the beginning of the first of so many days, also over the end of a month", () => {
    const now = new Date("2026-12-03T15:00:00Z");
    expect(momentOf("today", now)).toBe("2026-12-03T00:00:00.000Z");
    expect(momentOf("7d", now)).toBe("2026-11-27T00:00:00.000Z");
    expect(momentOf("30d", now)).toBe("2026-11-04T00:00:00.000Z");
    expect(momentOf("", now)).toBeNull();
  });
});
