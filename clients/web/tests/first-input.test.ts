import { beforeEach, describe, expect, it, vi } from "vitest";
import { done, onFirstClick, onFirstKey } from "../src/first-input.ts";
import { useSettings } from "../src/state/settings.ts";
import { pressAgain, takeOver } from "../src/state/take-over.ts";

const FRAME = `<div id="first"><main><form><textarea></textarea></form>
  <button type="button" name="options">Options</button></main></div>`;
const PAGE = `<div id="root"><main><button type="button">Other</button><form><textarea></textarea></form>
  <button type="button" name="options">Optionen</button></main></div>`;
const fieldOf = (id: string) => document.querySelector<HTMLTextAreaElement>(`#${id} textarea`);

function press(key: string, target: EventTarget | null = document.body, options: KeyboardEventInit = {}) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options });
  target?.dispatchEvent(event);
  return event;
}

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false })); // no pointer at all, as on a machine that has but keys
  document.body.innerHTML = FRAME + PAGE;
  document.documentElement.removeAttribute("data-keys");
  document.addEventListener("keydown", onFirstKey);
  document.addEventListener("click", onFirstClick);
  useSettings.getState().setDraft("");
  return () => {
    document.removeEventListener("keydown", onFirstKey);
    document.removeEventListener("click", onFirstClick);
  };
});

describe("the keys before the page runs", () => {
  it("begin a new line by Enter where fingers are all there is, and send by Ctrl+Enter", () => {
    vi.stubGlobal("matchMedia", (media: string) => ({ matches: media === "(pointer: coarse)" }));
    expect(press("Enter", fieldOf("first")).defaultPrevented).toBe(false);
    expect(press("Enter", fieldOf("first"), { ctrlKey: true }).defaultPrevented).toBe(true);
  });

  it("lead to the box that stands there, and what is written and sent there the page asks", async () => {
    expect(press("/").defaultPrevented).toBe(true);
    expect(document.activeElement).toBe(fieldOf("first"));
    const field = fieldOf("first");
    if (field) field.value = "Why?";
    expect(press("Enter", field).defaultPrevented).toBe(true);
    const asked = vi.fn((event: Event) => event.preventDefault());
    document.querySelector("#root form")?.addEventListener("submit", asked);
    takeOver();
    pressAgain();
    expect(document.getElementById("first")).toBeNull();
    expect(document.activeElement).toBe(fieldOf("root"));
    expect(useSettings.getState().draft).toBe("Why?");
    await vi.waitFor(() => expect(asked).toHaveBeenCalledOnce());
  });

  it("press in the page what was pressed before it was there, once", async () => {
    const pressed = vi.fn();
    const [other, options] = document.querySelectorAll("#root button");
    options?.addEventListener("click", pressed);
    other?.addEventListener("click", () => expect.fail("another button was pressed"));
    document.querySelector<HTMLElement>("#first button")?.click();
    takeOver();
    pressAgain();
    await vi.waitFor(() => expect(pressed).toHaveBeenCalledOnce());
    document.querySelector<HTMLElement>("#root button:last-child")?.click();
    expect(pressed).toHaveBeenCalledTimes(2);
  });

  it("are pressed again when the page is there: Ctrl+K wherever it was pressed, and keys that nobody typed with", async () => {
    const heard: string[] = [];
    const hear = ({ key, ctrlKey }: KeyboardEvent) => heard.push(`${ctrlKey ? "Ctrl " : ""}${key}`);
    const field = fieldOf("first");
    expect(press("k", field, { ctrlKey: true }).defaultPrevented).toBe(true);
    expect(press("a", field).defaultPrevented).toBe(false);
    press("?");
    press("Escape");
    takeOver();
    pressAgain();
    window.addEventListener("keydown", hear);
    await vi.waitFor(() => expect(heard).toEqual(["Ctrl k", "?"]));
    await new Promise((resolve) => setTimeout(resolve));
    window.removeEventListener("keydown", hear);
    expect(heard).toHaveLength(2);
  });

  it("ask nothing where nothing was sent, and a line can be ended", async () => {
    const field = fieldOf("first");
    expect(press("Enter", field, { shiftKey: true }).defaultPrevented).toBe(false);
    expect(press("/", field).defaultPrevented).toBe(false);
    const asked = vi.fn();
    document.querySelector("#root form")?.addEventListener("submit", asked);
    takeOver();
    pressAgain();
    await new Promise((resolve) => setTimeout(resolve));
    expect(asked).not.toHaveBeenCalled();
  });

  it("leave single keys alone where they are switched off, and all keys once the page is there", () => {
    document.documentElement.dataset.keys = "off";
    expect(press("/").defaultPrevented).toBe(false);
    expect(press("?").defaultPrevented).toBe(false);
    expect(done.keys).toEqual([]);
    takeOver();
    pressAgain();
    document.documentElement.removeAttribute("data-keys");
    expect(press("/").defaultPrevented).toBe(false);
  });
});
