import { useEffect, useState } from "react";
import { copy } from "../text/clipboard.ts";
import { Icon } from "./icon.tsx";

/** Copies `text` and says so for a moment; `what` completes the sentence "Copy …" for those who cannot see it. */
export function CopyButton({ text, what, small = false }: { text: string; what: string; small?: boolean }) {
  const [state, setState] = useState<"" | "Copied" | "Not copied">("");
  useEffect(() => {
    if (!state) return;
    const timer = setTimeout(() => setState(""), 1600);
    return () => clearTimeout(timer);
  }, [state]);
  const press = async () => setState((await copy(text)) ? "Copied" : "Not copied");
  return (
    <button type="button" className="tool" title={`Copy ${what}`} onClick={press} aria-label={`Copy ${what}`}>
      <Icon name={state === "Copied" ? "check" : "copy"} />
      <span aria-live="polite" className={small ? "sr-only" : ""}>
        {state || "Copy"}
      </span>
    </button>
  );
}
