import { t } from "@lingui/core/macro";
import { memo, useEffect, useState } from "react";
import { copy } from "../text/clipboard.ts";
import { Icon } from "./icon.tsx";

interface Props {
  /** Asked for when it is copied, where it still grows. */
  text: string | (() => string);
  /** What is copied, as "Copy the answer", for those who cannot see it. */
  what: string;
  small?: boolean;
  /** Where it is drawn: it is copied with its look as well. */
  drawn?: string;
}

/** Copies `text` and says so for a moment. */
export const CopyButton = memo(({ text, what, small = false, drawn }: Props) => {
  const [state, setState] = useState<"" | "copied" | "failed">("");
  useEffect(() => {
    if (!state) return;
    const timer = setTimeout(() => setState(""), 1600);
    return () => clearTimeout(timer);
  }, [state]);
  const press = async () => {
    const look = drawn ? document.querySelector(`${drawn} .answer`) : null;
    setState((await copy(typeof text === "string" ? text : text(), look)) ? "copied" : "failed");
  };
  return (
    <button type="button" className="tool" title={what} onClick={press} aria-label={what}>
      <Icon name={state === "copied" ? "check" : "copy"} />
      <span aria-live="polite" className={small ? "sr-only" : ""}>
        {(state === "copied" && t`Copied`) || (state === "failed" && t`Not copied`) || t`Copy`}
      </span>
    </button>
  );
});
