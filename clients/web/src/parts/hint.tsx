import { type ReactNode, useId, useRef } from "react";
import { Icon } from "./icon.tsx";

/** An explanation behind a small sign: on hover, on focus, on tap. A screen reader has it as the sign's description. */
export function Hint({ label, children }: { label: string; children: ReactNode }) {
  const id = useId();
  const bubble = useRef<HTMLDivElement>(null);
  const show = () => bubble.current?.showPopover();
  const hide = () => bubble.current?.hidePopover();
  return (
    <>
      <button
        type="button"
        style={{ anchorName: `--${id}` }}
        className="tool -m-2 md:m-0"
        aria-label={label}
        aria-describedby={id}
        popoverTarget={id}
        popoverTargetAction="show"
        onPointerEnter={(event) => event.pointerType === "mouse" && show()}
        onPointerLeave={(event) => event.pointerType === "mouse" && hide()}
        onFocus={(event) => event.currentTarget.matches(":focus-visible") && show()}
        onBlur={hide}
      >
        <Icon name="info" />
      </button>
      <div
        ref={bubble}
        id={id}
        popover="auto"
        style={{ positionAnchor: `--${id}` }}
        className="popover w-72 p-4 text-sm leading-relaxed"
      >
        {children}
      </div>
    </>
  );
}
