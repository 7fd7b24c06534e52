import { i18n } from "@lingui/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { readHistory } from "../offline/kept.ts";
import type { IconName } from "../parts/icon.tsx";
import { pages } from "../parts/main-nav.tsx";
import { KEYS } from "../parts/shortcut-help.tsx";
import { LOOK } from "../parts/theme-toggle.tsx";
import { type Theme, useSettings } from "./settings.ts";
import { actionOf } from "./use-shortcuts.ts";

export interface Command {
  name: string;
  icon: IconName;
  /** The key that does it as well. */
  shortcut?: string;
  run(): void;
}

/** The service looks for one word; of what it finds those with all words are shown. */
const LOOKED_AT = 50;
const SHOWN = 6;
const LONG_KEYS: Record<string, string> = { Esc: "Escape" };

/** What can be done on the page as it stands, and the questions to go to, as far as their names have these words. */
export function useCommands(wanted: string): Command[] {
  const [, navigate] = useLocation();
  const setTheme = useSettings((settings) => settings.setTheme);
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const named = ({ name }: Command) => words.every((word) => name.toLowerCase().includes(word));
  const search = words.toSorted((one, other) => other.length - one.length)[0] ?? null;
  const { data } = useQuery({
    queryKey: ["history", "found", search],
    queryFn: ({ signal }) => readHistory({ search, limit: search ? LOOKED_AT : SHOWN }, signal),
    placeholderData: (before) => before,
  });
  const here = KEYS.flatMap(([key, name]): Command[] => {
    // It is about the answer that has the focus, which here is the box.
    if (key === "R") return [];
    const run = actionOf(LONG_KEYS[key] ?? key.toLowerCase());
    return run ? [{ name: i18n._(name), icon: "keyboard", shortcut: key, run }] : [];
  });
  const places = pages().map(({ name, icon, to }): Command => ({ name, icon, run: () => navigate(to) }));
  const themes = Object.entries(LOOK).map(
    ([theme, { icon, words }]): Command => ({ name: i18n._(words), icon, run: () => setTheme(theme as Theme) }),
  );
  const questions = (data?.queries ?? []).map(
    ({ id, question }): Command => ({ name: question, icon: "clock", run: () => navigate(`/results/${id}`) }),
  );
  return [...[...here, ...places, ...themes].filter(named), ...questions.filter(named).slice(0, SHOWN)];
}
