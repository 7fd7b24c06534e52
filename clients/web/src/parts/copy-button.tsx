import { t } from "@lingui/core/macro";
import { useEffect, useState } from "react";
import { copy } from "../text/clipboard.ts";
import { Icon } from "./icon.tsx";

/** Copies `text` and says so for a moment; `what` says what is copied, as "Copy the answer", for those who cannot see it. */
export function CopyButton({ text, what, small = false }: { text: string; what: string; small?: boolean }) {
  const [state, setState] = useState<"" | "copied" | "failed">("");
  useEffect(() => {
    if (!state) return;
    const timer = setTimeout(() => setState(""), 1600);
    return () => clearTimeout(timer);
  }, [state]);
  const press = async () => setState((await copy(text)) ? "copied" : "failed");
  return (
    <button type="button" className="tool" title={what} onClick={press} aria-label={what}>
      <Icon name={state === "copied" ? "check" : "copy"} />
      <span aria-live="polite" className={small ? "sr-only" : ""}>
        {(state === "copied" && t`Copied`) || (state === "failed" && t`Not copied`) || t`Copy`}
      </span>
    </button>
  );
}
