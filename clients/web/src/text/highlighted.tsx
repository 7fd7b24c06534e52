import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { createLowlight } from "lowlight";
import { memo, type ReactNode } from "react";
import type { CodeProps } from "./code-block.tsx";

const lowlight = createLowlight({
  bash,
  cpp,
  csharp,
  css,
  go,
  java,
  javascript,
  json,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
});
lowlight.registerAlias({ bash: ["shell", "console"], cpp: ["c", "h"] });

/** Longer code is shown plain: some 400 lines take 20 ms, and nobody reads colours beyond a thousand. */
const LONGEST = 40_000;

type Node = ReturnType<typeof lowlight.highlight>["children"][number];

/** Code in the colours of its language, as elements; a language that is not known here stays plain. */
const Highlighted = memo(({ language, text }: CodeProps) => {
  if (text.length > LONGEST || !lowlight.registered(language)) return text;
  return lowlight.highlight(language, text).children.map(draw);
});
export default Highlighted;

function draw(node: Node, index: number): ReactNode {
  if (node.type === "text") return node.value;
  if (node.type !== "element") return null;
  const names = node.properties.className;
  return (
    <span key={index} className={Array.isArray(names) ? names.join(" ") : undefined}>
      {node.children.map(draw)}
    </span>
  );
}
