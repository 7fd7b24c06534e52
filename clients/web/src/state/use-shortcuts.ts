import { type RefObject, useLayoutEffect, useRef } from "react";
import { useSettings } from "./settings.ts";

type Actions = Record<string, (() => void) | null>;

const bound = new Set<RefObject<Actions>>();

/** What a key does on the page as it stands now, whether or not single keys are switched on. */
export const actionOf = (key: string): (() => void) | undefined =>
  [...bound].flatMap(({ current }) => current[key] ?? []).at(-1);

/** Binds keys while nobody types and no dialog is open. Single characters can be switched off; Escape stays. */
export function useShortcuts(actions: Actions) {
  const enabled = useSettings((settings) => settings.shortcuts);
  const current = useRef(actions);
  // Before the page is painted: what is seen can be pressed.
  useLayoutEffect(() => {
    current.current = actions;
  });
  useLayoutEffect(() => {
    bound.add(current);
    const press = (event: KeyboardEvent) => {
      const action = current.current[event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.matches("input, textarea, select")) return;
      if (document.querySelector("dialog[open]") || (!enabled && event.key !== "Escape")) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", press);
    return () => {
      bound.delete(current);
      document.removeEventListener("keydown", press);
    };
  }, [enabled]);
}
