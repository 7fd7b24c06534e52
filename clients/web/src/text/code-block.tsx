import { t } from "@lingui/core/macro";
import { CopyButton } from "../parts/copy-button.tsx";

export function CodeBlock({ language, text }: { language: string; text: string }) {
  const name = language.split(/\s/)[0] || "code";
  return (
    <figure className="code-frame">
      <figcaption>
        <span>{name}</span>
        <CopyButton text={text} what={t`Copy the ${name} block`} small />
      </figcaption>
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </figure>
  );
}
