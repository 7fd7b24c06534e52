import type { JudgePolicy } from "@trillm/sdk";
import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Language } from "../text/languages.ts";

export type Theme = "system" | "light" | "dark";

interface Settings {
  theme: Theme;
  /** Null: the first of the browser's languages that the page speaks. */
  language: Language | null;
  /** Single-key shortcuts can be switched off (WCAG 2.1.4). */
  shortcuts: boolean;
  /** The question not yet sent: it outlives a reload and a refused request. */
  draft: string;
  /** Members of the panel that the person has switched off, as `provider:model`. */
  muted: string[];
  /** New questions are answered without names until the person has chosen. */
  blind: boolean;
  economy: boolean;
  judge: JudgePolicy;
  /** Claims are underlined in the answers. */
  painted: boolean;
  setTheme(theme: Theme): void;
  setLanguage(language: Language): void;
  setShortcuts(shortcuts: boolean): void;
  setDraft(draft: string): void;
  toggleModel(key: string): void;
  setBlind(blind: boolean): void;
  setEconomy(economy: boolean): void;
  setJudge(judge: JudgePolicy): void;
  setPainted(painted: boolean): void;
}

export const useSettings = create<Settings>()(
  persist(
    (set) => ({
      theme: "system",
      language: null,
      shortcuts: true,
      draft: "",
      muted: [],
      blind: false,
      economy: false,
      judge: "auto",
      painted: true,
      setTheme: (theme) => {
        if (theme === "system") delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = theme;
        set({ theme });
      },
      setLanguage: (language) => set({ language }),
      setShortcuts: (shortcuts) => set({ shortcuts }),
      setDraft: (draft) => set({ draft }),
      toggleModel: (key) =>
        set(({ muted }) => ({ muted: muted.includes(key) ? muted.filter((k) => k !== key) : [...muted, key] })),
      setBlind: (blind) => set({ blind }),
      setEconomy: (economy) => set({ economy }),
      setJudge: (judge) => set({ judge }),
      setPainted: (painted) => set({ painted }),
    }),
    { name: "trillm" },
  ),
);
