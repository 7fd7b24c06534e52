import type { Model } from "@trillm/sdk";
import { expect, test } from "vitest";
import { axisRoom } from "../src/boards/axis.ts";
import { priceOf } from "../src/boards/calculator.tsx";
import { csv } from "../src/boards/csv.ts";
import { failures } from "../src/boards/numbers.tsx";

const model = (given: Partial<Model>) => ({ local: false, input_usd: 2, output_usd: 10, ...given }) as Model;

test("a table for spreadsheets quotes what it must, leaves unknowns empty and starts no formula", () => {
  expect(csv([["a,b", 'say "x"', null, 0.5], ["=1+1"], []])).toBe('"a,b","say ""x""",,0.5\r\n\'=1+1\r\n\r\n');
});

test("a question costs what its tokens cost, nothing on this machine, and an unknown price stays unknown", () => {
  expect(priceOf(model({}), 400)).toBeCloseTo(0.0041, 8);
  expect(priceOf(model({ local: true, input_usd: null }), 400)).toBe(0);
  expect(priceOf(model({ output_usd: null }), 400)).toBeNull();
});

test("an axis is as wide as its widest figure needs, and never so narrow that charts do not line up", () => {
  const widthOf = (figure: string) => figure.length * 7;
  expect(axisRoom(["$0.0100", "US$\u00a00.0100"], widthOf)).toBe(10 * 7 + 14);
  expect(axisRoom(["1"], widthOf)).toBe(40);
  expect(axisRoom(null, widthOf)).toBe(40);
});

test("what went wrong is said in words, and what a later service names as it names it", () => {
  expect(failures({ timeout: 2, cancelled: 1, melted: 3 })).toBe("too slow 2, stopped 1, melted 3");
  expect(failures({})).toBe("–");
});
