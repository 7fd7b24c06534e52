import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { useDiscarded, useDiscarding } from "../state/discarded.ts";
import { Icon } from "./icon.tsx";

const SHOWN_MS = 8_000;
/** While pointer or focus is on it; the service waits a little longer. */
const HELD_MS = 110_000;

/** Says that questions were deleted, and takes it back. When it goes, so do they. */
export function UndoNote() {
  const { thrown, trouble } = useDiscarded();
  const { undo, letGo } = useDiscarding();
  const [held, setHeld] = useState(false);
  const note = useRef<HTMLDivElement>(null);
  const { length } = thrown;

  const leave = (act = letGo) => {
    if (note.current?.contains(document.activeElement)) document.getElementById("main")?.focus();
    setHeld(false);
    act();
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: each further question has the whole time
  useEffect(() => {
    if (length === 0 && !trouble) return;
    const timer = setTimeout(leave, held ? HELD_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [length, trouble, held]);

  // Who works by keyboard lost the place with the row.
  useEffect(() => {
    if (length > 0 && document.activeElement === document.body) note.current?.querySelector("button")?.focus();
  }, [length]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing is done by it; it only stays while it is looked at
    <div
      ref={note}
      className="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(note.current?.contains(document.activeElement) ?? false)}
      onFocus={(event) => setHeld(event.target.matches(":focus-visible"))}
      onBlur={() => setHeld(false)}
    >
      {length > 0 ? (
        <>
          <Icon name="trash" size={18} />
          <Plural value={length} one="Question deleted" other="# questions deleted" />
          <button type="button" className="toast-action" onClick={() => leave(undo)}>
            <Trans>Undo</Trans>
          </button>
        </>
      ) : (
        <>
          <Icon name="warning" size={18} />
          {trouble === "undo" ? t`It could not be brought back.` : t`It could not be deleted; try again.`}
        </>
      )}
      <button
        type="button"
        className="-me-2.5 inline-flex min-h-11 min-w-11 items-center justify-center rounded-full md:min-h-8 md:min-w-8"
        onClick={() => leave()}
        aria-label={t`Close`}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
