import { t } from "@lingui/core/macro";
import { useMutation } from "@tanstack/react-query";
import type { Query } from "@trillm/sdk";
import { type RefObject, useRef } from "react";
import { useLocation } from "wouter";
import { service } from "../api/client.ts";
import { useDiscarding } from "../state/discarded.ts";
import { useShortcuts } from "../state/use-shortcuts.ts";
import { copy } from "../text/clipboard.ts";
import { Icon } from "./icon.tsx";
import { ShortcutHelp } from "./shortcut-help.tsx";
import { TakeAway } from "./take-away.tsx";

/** Stop, delete, and the keyboard's list; the keys themselves are bound here. */
export function ResultActions(props: { query: Query; newest: RefObject<Query>; reload(): void }) {
  const { query, newest, reload } = props;
  const [, navigate] = useLocation();
  const help = useRef<HTMLDialogElement>(null);
  const running = query.status === "running";
  const stop = useMutation({ mutationFn: () => service.cancel(query.id), onError: reload });
  const { throwAway } = useDiscarding();
  const discard = () => {
    void throwAway(query.id);
    navigate("/history");
  };

  useShortcuts({
    Escape: running ? () => stop.mutate() : null,
    "?": () => help.current?.showModal(),
    b: () => document.getElementById("best")?.focus(),
    c: () => {
      const best = newest.current.responses.find((answer) => answer.id === newest.current.best);
      if (best) void copy(best.text, document.querySelector("#best .answer"));
    },
    // Of the answer that has the focus.
    r: () => document.activeElement?.closest("article, #best")?.querySelector<HTMLElement>("[data-retry]")?.click(),
    f: () => document.getElementById("follow-up")?.focus(),
    ...Object.fromEntries(
      [1, 2, 3, 4, 5, 6].map((n) => [String(n), () => document.getElementById(`answer-${n}`)?.focus()]),
    ),
  });

  return (
    <>
      {running && (
        <button type="button" className="button-soft" onClick={() => stop.mutate()} disabled={stop.isPending}>
          <Icon name="stop" filled />
          {stop.isPending ? t`Stopping` : t`Stop`}
          <kbd className="hidden rounded border border-line px-1 font-sans text-xs text-soft sm:inline">Esc</kbd>
        </button>
      )}
      {!running && <TakeAway query={query} />}
      <span className="hidden sm:contents">
        <button
          type="button"
          className="tool"
          onClick={() => help.current?.showModal()}
          aria-label={t`Keyboard shortcuts`}
          title={t`Keyboard shortcuts (?)`}
        >
          <Icon name="keyboard" size={18} />
        </button>
      </span>
      <button type="button" className="tool" onClick={discard} aria-label={t`Delete this question`} title={t`Delete`}>
        <Icon name="trash" size={18} />
      </button>
      <ShortcutHelp ref={help} />
    </>
  );
}
