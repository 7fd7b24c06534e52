import { lingui } from "@lingui/vite-plugin";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { compileEnglish, precompress, preloadFont, serviceWorker } from "./build-plugins.ts";

const api = { "/api": process.env.TRILLM_API ?? "http://127.0.0.1:8000" };

export default defineConfig({
  // The English of a message stays in the code that says it: no catalog is needed for it, and it is there if one is stale.
  plugins: [
    lingui({ macroTransform: { macro: { descriptorFields: "message" } } }),
    compileEnglish(),
    react(),
    tailwindcss(),
    preloadFont(),
    serviceWorker(),
    precompress(),
  ],
  // No data: addresses for fonts and scripts, so that the policy can stay at 'self'.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: "es2023" },
  server: { proxy: api },
  preview: { proxy: api },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}", "../sdk/tests/*.test.ts"],
    setupFiles: ["tests/english.ts"],
    reporters: ["default"],
  },
});
