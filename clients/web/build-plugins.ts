import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { type Plugin, transformWithOxc } from "vite";

const COMPRESSIBLE = /\.(html|js|css|svg|json|webmanifest|txt)$/;

/** Writes `.br` and `.gz` beside every text file of the build, so that the server only picks one. */
export function precompress(): Plugin {
  let directory = "";
  return {
    name: "precompress",
    apply: "build",
    configResolved(config) {
      directory = resolve(config.root, config.build.outDir);
    },
    writeBundle: {
      // When all other files are there, the worker among them.
      order: "post",
      sequential: true,
      handler() {
        for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
          const path = join(directory, name);
          if (!COMPRESSIBLE.test(name) || !statSync(path).isFile()) continue;
          const content = readFileSync(path);
          const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
          writeFileSync(`${path}.br`, brotliCompressSync(content, quality));
          writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
        }
      },
    },
  };
}

const NOT_FOR_OFFLINE = /\.png$|\.webmanifest$|^\./;

/** Writes `/sw.js`: the worker with the list of all files that the page is made of, known only once they are there. */
export function serviceWorker(): Plugin {
  let root = "";
  let directory = "";
  return {
    name: "service-worker",
    apply: "build",
    configResolved(config) {
      root = config.root;
      directory = resolve(root, config.build.outDir);
    },
    async writeBundle() {
      const names = readdirSync(directory, { recursive: true, encoding: "utf8" })
        .filter((name) => statSync(join(directory, name)).isFile() && !NOT_FOR_OFFLINE.test(name))
        .sort();
      const source = join(root, "src/offline/worker.ts");
      const worker = await transformWithOxc(readFileSync(source, "utf8"), source, { sourcemap: false });
      const version = createHash("sha256").update(worker.code);
      for (const name of names) version.update(name).update(readFileSync(join(directory, name)));
      const files = names.map((name) => `/${name.split(sep).join("/")}`.replace(/^\/index\.html$/, "/"));
      const known = `const FILES = ${JSON.stringify(files)};\nconst VERSION = "${version.digest("hex").slice(0, 12)}";\n`;
      writeFileSync(join(directory, "sw.js"), known + worker.code);
    },
  };
}

/** Compiles the English that Lingui leaves beside each message, so that no reader of messages is sent to the browser. */
export function compileEnglish(): Plugin {
  const literal = /\bmessage: ("(?:[^"\\]|\\.)*")/g;
  return {
    name: "compile-english",
    enforce: "pre",
    transform(code) {
      if (!code.includes("/*i18n*/")) return null;
      return code.replace(literal, (_, text: string) => `message: ${JSON.stringify(compileMessage(JSON.parse(text)))}`);
    },
  };
}
