import type { Model } from "@trillm/sdk";
import { expect, test } from "vitest";
import { priceOf } from "../src/boards/calculator.tsx";
import { csv } from "../src/boards/csv.ts";

const model = (given: Partial<Model>) => ({ local: false, input_usd: 2, output_usd: 10, ...given }) as Model;

test("a table for spreadsheets quotes what it must, leaves unknowns empty and starts no formula", () => {
  expect(csv([["a,b", 'say "x"', null, 0.5], ["=1+1"], []])).toBe('"a,b","say ""x""",,0.5\r\n\'=1+1\r\n\r\n');
});

test("a question costs what its tokens cost, nothing on this machine, and an unknown price stays unknown", () => {
  expect(priceOf(model({}), 400)).toBeCloseTo(0.0041, 8);
  expect(priceOf(model({ local: true, input_usd: null }), 400)).toBe(0);
  expect(priceOf(model({ output_usd: null }), 400)).toBeNull();
});
