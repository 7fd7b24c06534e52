import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { type Command, useCommands } from "../state/use-commands.ts";
import { Icon } from "./icon.tsx";

/** All that can be done here, and the questions of before, found by their names (Ctrl+K). */
export default function Palette({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const commands = useCommands(wanted);
  const chosen = Math.min(at, commands.length - 1);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    document.getElementById(`${id}-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [id, chosen]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    dialog.current?.close(); // first: it gives the focus back, which the command may take elsewhere
    command.run();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((chosen + step + commands.length) % commands.length);
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) run(commands[chosen]);
    else return;
    event.preventDefault();
  };

  return (
    <dialog
      ref={dialog}
      onClose={onClose}
      aria-label={t`Find a command or a question`}
      className="card mt-[12dvh] w-[min(34rem,calc(100vw-2rem))] overflow-hidden text-ink"
    >
      <label className="flex min-h-14 items-center gap-3 border-b border-line px-4 text-soft">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label={t`Find a command or a question`}
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={commands.length > 0 ? `${id}-${chosen}` : undefined}
          value={wanted}
          onChange={(event) => {
            setWanted(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
          placeholder={t`Find a command or a question`}
          className="min-w-0 flex-1 bg-transparent text-base text-ink outline-none placeholder:text-soft"
        />
      </label>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t`Commands`}
        className="scroll-slim max-h-[50dvh] overflow-y-auto p-2"
      >
        {commands.map((command, place) => (
          <div
            key={`${command.icon} ${command.name} ${place}`}
            id={`${id}-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === chosen}
            onPointerMove={() => setAt(place)}
            onClick={() => run(command)}
            onKeyDown={onKey}
            className="flex min-h-11 cursor-pointer items-center gap-3 rounded-control px-3 text-sm aria-selected:bg-sunken md:min-h-10"
          >
            <span className="text-soft">
              <Icon name={command.icon} />
            </span>
            <span dir="auto" className="min-w-0 flex-1 truncate text-start">
              {command.name}
            </span>
            {command.shortcut && (
              <kbd className="rounded border border-line px-1.5 font-sans text-xs text-soft">{command.shortcut}</kbd>
            )}
          </div>
        ))}
      </div>
      <p role="status" className="px-5 text-sm text-soft [&:not(:empty)]:pb-5">
        {commands.length === 0 && <Trans>Nothing has this name.</Trans>}
      </p>
    </dialog>
  );
}
