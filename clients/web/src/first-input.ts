/** Whether this key sends: Enter, but not where it ends a composed word or, where fingers are all there is, a line. */
export function sends(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return false;
  return event.ctrlKey || event.metaKey || !matchMedia("(pointer: coarse)").matches;
}

/** What was done with what index.html shows at first; the page does it when it takes over. */
export const done = { asked: false, pressed: [] as Element[], keys: [] as KeyboardEvent[] };

/** Note which button was pressed: Enter and the space bar press it too. */
export function onFirstClick(event: Event): void {
  const button = event.target instanceof Element && event.target.closest("#first button");
  if (!button) return;
  event.preventDefault();
  done.pressed.push(button);
}

/** Whether this key finds commands by their names. */
export const finds = (event: KeyboardEvent) =>
  event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;

/**
 * The keys of what index.html shows at first: "/" goes to its box, what Enter asks there is asked by the page, and other
 * keys that nobody types with are pressed again when the page is there.
 */
export function onFirstKey(event: KeyboardEvent): void {
  const first = document.getElementById("first");
  if (!first) return;
  const field = first.querySelector("textarea");
  const typing = event.target instanceof Element && event.target.matches("input, textarea, select");
  const single = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.target === field && sends(event)) {
    done.asked = true;
  } else if (finds(event)) {
    done.keys.push(event);
  } else if (typing || !single || document.documentElement.dataset.keys === "off") {
    return;
  } else if (event.key === "/" && field) {
    field.focus();
  } else {
    done.keys.push(event);
    return;
  }
  event.preventDefault();
}
