// Runs before the first paint, so that a chosen theme never flashes the other one, and no page turns its direction.
const page = document.documentElement;
let chosen = {};
try {
  chosen = JSON.parse(localStorage.getItem("trillm") ?? "{}").state ?? {};
} catch {
  // Storage is off: the system's theme and the browser's languages hold.
}
if (chosen.theme === "light" || chosen.theme === "dark") page.dataset.theme = chosen.theme;
if (chosen.shortcuts === false) page.dataset.keys = "off";
const spoken = ["en", "de", "es", "fr", "zh", "ja", "ar"];
const served = page.lang;
page.lang =
  [chosen.language, ...navigator.languages].map((tag) => tag?.split("-")[0]).find((tag) => spoken.includes(tag)) ??
  "en";
// What index.html shows at first is for the page of this name; in another language than it was served in, its frame.
page.dataset.first = page.lang === served ? location.pathname.split("/")[1] || "ask" : "frame";
page.dir = page.lang === "ar" ? "rtl" : "ltr";
