import { lingui } from "@lingui/vite-plugin";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { compileEnglish, precompress, serviceWorker } from "./build-plugins.ts";
import { firstPaint } from "./first-paint-plugin.ts";

const api = { "/api": process.env.TRILLM_API ?? "http://127.0.0.1:8000" };
/** What every page needs, and little things that several do. */
const MAIN =
  /src[\\/](main|parts[\\/](problem-note|track|copy-button)|state[\\/]use-shortcuts|text[\\/]in-english)\.tsx?$/;

export default defineConfig({
  // The English of a message stays in the code that says it: no catalog is needed for it, and it is there if one is stale.
  plugins: [
    lingui({ macroTransform: { macro: { descriptorFields: "message" } } }),
    compileEnglish(),
    react(),
    tailwindcss(),
    firstPaint(),
    serviceWorker(),
    precompress(),
  ],
  // No data: addresses for fonts and scripts, so that the policy can stay at 'self'.
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    // Few files: over HTTP/1.1 thirty small ones wait for each other longer than they take to arrive.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "start", test: /src[\\/]start\.ts$|preload-helper/, priority: 9 },
            { name: "main", test: MAIN, priority: 8 },
            {
              name: "answers",
              test: /src[\\/](text[\\/]markdown|parts[\\/](best-pane|why-pane|export-menu)|state[\\/]follow-up)\.tsx?$/,
              priority: 7,
            },
          ],
        },
      },
    },
  },
  server: { proxy: api },
  preview: { proxy: api },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}", "../sdk/tests/*.test.ts"],
    setupFiles: ["tests/english.ts"],
    reporters: ["default"],
  },
});
