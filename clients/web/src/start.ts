import "./styles.css";
import { onFirstClick, onFirstKey } from "./first-input.ts";

/**
 * All that runs before the first paint: what index.html shows stands there at once, and the page is run behind it.
 * Its file was asked for by index.html already (`modulepreload`).
 */
const run = () => void import("./main.tsx");

document.addEventListener("keydown", onFirstKey);
document.addEventListener("click", onFirstClick);
requestAnimationFrame(() => setTimeout(run));
// A page in the background is not painted; importing twice runs once.
setTimeout(run, 250);
