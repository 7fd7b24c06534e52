import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { lingui } from "@lingui/vite-plugin";
import { type InlineConfig, type Plugin, type Rollup, runnerImport } from "vite";
import { compileEnglish } from "./build-plugins.ts";

type Drawn = typeof import("./src/first-paint.tsx");

/**
 * What stands in `index.html` before any script has run: the frame of the page with the box to ask, drawn at build time
 * by the components that draw it later, in every language. `.first-paint.json` tells the server the other languages,
 * which scripts each page is made of and what it asks for at once, so that it can name them where they are wanted.
 */
export function firstPaint(): Plugin {
  let root = "";
  let directory = "";
  let frames: Record<string, string> = {};
  let asked: Record<string, string[]> = {};
  return {
    name: "first-paint",
    apply: "build",
    configResolved(config) {
      root = config.root;
      directory = resolve(root, config.build.outDir);
    },
    async buildStart() {
      const drawing: InlineConfig = { configFile: false, root, logLevel: "error", plugins: linguiPlugins() };
      const { module } = await runnerImport<Drawn>("/src/first-paint.tsx", drawing);
      frames = module.drawFrames();
      asked = await module.askedAtOnce();
    },
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const font = Object.keys(bundle).find((name) => name.endsWith(".woff2"));
        const links = scriptsOf(bundle, "main").map((href) => ({
          ...{ rel: "modulepreload", crossorigin: true, href, fetchpriority: "low" },
        }));
        return {
          html: html
            .replace('<script type="module"', '<script type="module" fetchpriority="low"')
            .replace('<div id="first"></div>', () => frames.en ?? ""),
          tags: [
            ...links.map((attrs) => ({ tag: "link", attrs, injectTo: "head" as const })),
            {
              tag: "link",
              // A font that may only come at once has to be asked for at once.
              attrs: { rel: "preload", href: `/${font}`, as: "font", type: "font/woff2", crossorigin: true },
              injectTo: "head" as const,
            },
          ],
        };
      },
    },
    writeBundle(_, bundle) {
      const main = new Set(scriptsOf(bundle, "main"));
      const pages = ["results", "history", "dashboard", "pricing", "shared"];
      const scripts = Object.fromEntries(
        pages.map((page) => [page, scriptsOf(bundle, page).filter((name) => !main.has(name))]),
      );
      writeFileSync(join(directory, ".first-paint.json"), JSON.stringify({ scripts, frames, asked }));
    },
  };
}

/** The macros and catalogs of the page's own build, for what runs during the build. */
const linguiPlugins = () => [lingui({ macroTransform: { macro: { descriptorFields: "message" } } }), compileEnglish()];

/** A chunk and all that it imports at once, as addresses. */
function scriptsOf(bundle: Rollup.OutputBundle, name: string): string[] {
  const found = new Set<string>();
  const add = (file: string) => {
    const chunk = bundle[file];
    if (chunk?.type !== "chunk" || chunk.isEntry || found.has(`/${file}`)) return;
    found.add(`/${file}`);
    chunk.imports.forEach(add);
  };
  for (const chunk of Object.values(bundle)) if (chunk.type === "chunk" && chunk.name === name) add(chunk.fileName);
  return [...found];
}
