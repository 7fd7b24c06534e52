// Runs before the first paint, so that a chosen theme never flashes the other one, and no page turns its direction.
const page = document.documentElement;
let chosen = {};
try {
  chosen = JSON.parse(localStorage.getItem("trillm") ?? "{}").state ?? {};
} catch {
  // Storage is off: the system's theme and the browser's languages hold.
}
if (chosen.theme === "light" || chosen.theme === "dark") page.dataset.theme = chosen.theme;
const spoken = ["en", "de", "es", "fr", "zh", "ja", "ar"];
page.lang =
  [chosen.language, ...navigator.languages].map((tag) => tag?.split("-")[0]).find((tag) => spoken.includes(tag)) ??
  "en";
page.dir = page.lang === "ar" ? "rtl" : "ltr";
