import { create } from "zustand";
import { persist } from "zustand/middleware";

export type Theme = "system" | "light" | "dark";

interface Settings {
  theme: Theme;
  /** Single-key shortcuts can be switched off (WCAG 2.1.4). */
  shortcuts: boolean;
  /** The question not yet sent: it outlives a reload and a refused request. */
  draft: string;
  /** Members of the panel that the person has switched off, as `provider:model`. */
  muted: string[];
  setTheme(theme: Theme): void;
  setShortcuts(shortcuts: boolean): void;
  setDraft(draft: string): void;
  toggleModel(key: string): void;
}

export const useSettings = create<Settings>()(
  persist(
    (set) => ({
      theme: "system",
      shortcuts: true,
      draft: "",
      muted: [],
      setTheme: (theme) => {
        if (theme === "system") delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = theme;
        set({ theme });
      },
      setShortcuts: (shortcuts) => set({ shortcuts }),
      setDraft: (draft) => set({ draft }),
      toggleModel: (key) =>
        set(({ muted }) => ({ muted: muted.includes(key) ? muted.filter((k) => k !== key) : [...muted, key] })),
    }),
    { name: "trillm" },
  ),
);
