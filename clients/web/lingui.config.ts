import { defineConfig } from "@lingui/conf";
import { formatter } from "@lingui/format-po";
import { LANGUAGES } from "./src/text/languages.ts";

export default defineConfig({
  sourceLocale: "en",
  locales: Object.keys(LANGUAGES),
  catalogs: [{ path: "<rootDir>/src/catalogs/{locale}", include: ["<rootDir>/src"] }],
  // Without line numbers: a catalog changes when a text does, not when code moves.
  format: formatter({ lineNumbers: false }),
});
