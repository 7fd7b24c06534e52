import "./styles.css";

/**
 * All that runs before the first paint: what index.html shows stands there at once, and the page is run behind it.
 * Its file was asked for by index.html already (`modulepreload`).
 */
const run = () => void import("./main.tsx");

requestAnimationFrame(() => setTimeout(run));
// A page in the background is not painted; importing twice runs once.
setTimeout(run, 250);
