/** Whether this key sends: Enter, but not where it ends a composed word or, on a touch screen, a line. */
export function sends(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return false;
  return event.ctrlKey || event.metaKey || matchMedia("(pointer: fine)").matches;
}

/** What was done with what index.html shows at first; the page does it when it takes over. */
export const done = { asked: false, pressed: [] as Element[] };

/** Note which button was pressed: Enter and the space bar press it too. */
export function onFirstClick(event: Event): void {
  const button = event.target instanceof Element && event.target.closest("#first button");
  if (!button) return;
  event.preventDefault();
  done.pressed.push(button);
}

/** The keys of what index.html shows at first: "/" goes to its box, and what Enter asks there is asked by the page. */
export function onFirstKey(event: KeyboardEvent): void {
  const first = document.getElementById("first");
  const field = first?.querySelector("textarea");
  if (!first || !field) return;
  const typing = event.target instanceof Element && event.target.matches("input, textarea, select");
  if (event.key === "/" && !typing && document.documentElement.dataset.keys !== "off") {
    event.preventDefault();
    field.focus();
  } else if (event.target === field && sends(event)) {
    event.preventDefault();
    done.asked = true;
  }
}
