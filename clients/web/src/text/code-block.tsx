import { t } from "@lingui/core/macro";
import { type ComponentType, createContext, lazy, Suspense, useContext } from "react";
import { CopyButton } from "../parts/copy-button.tsx";

export interface CodeProps {
  language: string;
  text: string;
}

/** Whether the block will not change any more; code that still grows is not coloured anew with every word. */
export const Settled = createContext(true);

const Plain = ({ text }: CodeProps) => text;
/** Offline the colours may be out of reach; the code is not. */
const Highlighted = lazy<ComponentType<CodeProps>>(() => import("./highlighted.tsx").catch(() => ({ default: Plain })));

export function CodeBlock({ language, text }: CodeProps) {
  const settled = useContext(Settled);
  const name = language.split(/\s/)[0] || "code";
  return (
    <figure className="code-frame">
      <figcaption>
        <span>{name}</span>
        <CopyButton text={text} what={t`Copy the ${name} block`} small />
      </figcaption>
      <pre tabIndex={0} dir="ltr">
        <code>
          {settled && language ? (
            <Suspense fallback={text}>
              <Highlighted language={name.toLowerCase()} text={text} />
            </Suspense>
          ) : (
            text
          )}
        </code>
      </pre>
    </figure>
  );
}
