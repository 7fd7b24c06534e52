import { useEffect, useRef } from "react";
import { useSettings } from "./settings.ts";

/** Binds keys while nobody types and no dialog is open. Single characters can be switched off; Escape stays. */
export function useShortcuts(actions: Record<string, (() => void) | null>) {
  const enabled = useSettings((settings) => settings.shortcuts);
  const current = useRef(actions);
  useEffect(() => {
    current.current = actions;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const action = current.current[event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.matches("input, textarea, select")) return;
      if (document.querySelector("dialog[open]") || (!enabled && event.key !== "Escape")) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [enabled]);
}
