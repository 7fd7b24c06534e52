import { beforeEach, describe, expect, it } from "vitest";
import { endInSight } from "../src/state/in-sight.ts";

const SCREEN = 800;

/** An answer that ends there, in a frame that ends there; jsdom lays nothing out. */
function drawn(end: number, frame: number, growing = true) {
  const box = document.body.appendChild(document.createElement("div"));
  box.innerHTML = `<div class="answer" ${growing ? "data-growing" : ""}></div>`;
  const ending = (bottom: number) => () => ({ bottom }) as DOMRect;
  box.getBoundingClientRect = ending(frame);
  (box.firstElementChild as HTMLElement).getBoundingClientRect = ending(end);
}

beforeEach(() => {
  document.body.innerHTML = "";
  Object.defineProperty(globalThis, "innerHeight", { value: SCREEN, configurable: true });
});

describe("the end of an answer that grows", () => {
  it("is in sight where its frame and the screen show it, as before any word is there", () => {
    expect(endInSight()).toBe(true);
    drawn(300, 500);
    expect(endInSight()).toBe(true);
  });

  it.each([
    ["below its frame", 900, 500],
    ["below the screen", 1200, 1200],
    ["above the screen", -20, 0],
  ])("is out of sight %s", (_, end, frame) => {
    drawn(end, frame);
    expect(endInSight()).toBe(false);
  });

  it("counts for all that grow, and those that have ended do not count", () => {
    drawn(900, 500);
    drawn(300, 500, false);
    expect(endInSight()).toBe(false);
    drawn(300, 500);
    expect(endInSight()).toBe(true);
  });
});
