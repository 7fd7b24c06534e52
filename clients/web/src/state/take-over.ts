import { done } from "../first-input.ts";
import { useSettings } from "./settings.ts";

/** What tells a place from the others of its kind in every language; of a form's buttons one sends it. */
const nameOf = (place: Element) =>
  [place.closest("nav")?.className, place.id, ...["name", "href", "type"].map((one) => place.getAttribute(one))].join();

/** Both are drawn by the same components: a place of what stood there first has its like in the page. */
const likeOf = (place: Element) =>
  [...document.querySelectorAll<HTMLElement>(`#root ${place.tagName}`)].find((one) => nameOf(one) === nameOf(place));

/** Ends what index.html showed at first; what was written there, and where the keyboard was, goes on. */
export function takeOver(): void {
  const first = document.getElementById("first");
  if (!first) return;
  const written = first.querySelector("textarea")?.value;
  const focused = first.contains(document.activeElement) ? document.activeElement : null;
  first.remove();
  const { draft, setDraft } = useSettings.getState();
  if (written && written !== draft) setDraft([draft, written].filter(Boolean).join("\n"));
  if (focused) likeOf(focused)?.focus({ preventScroll: true });
}

/** Does what was pressed there: after the page's own effects, for only with them it hears of the draft and draws it. */
export function pressAgain(): void {
  setTimeout(() => {
    for (const button of done.pressed.splice(0)) likeOf(button)?.click();
    if (done.asked) document.querySelector<HTMLFormElement>("#root form")?.requestSubmit();
    done.asked = false;
    for (const { key, ctrlKey, metaKey } of done.keys.splice(0))
      document.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey, metaKey, bubbles: true, cancelable: true }));
  });
}
