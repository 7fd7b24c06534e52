/** Whether this key sends: Enter, but not where it ends a composed word or, on a touch screen, a line. */
export function sends(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return false;
  return event.ctrlKey || event.metaKey || matchMedia("(pointer: fine)").matches;
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
    first.dataset.asks = "yes";
  }
}
