import { type Theme, useSettings } from "../state/settings.ts";
import { Icon, type IconName } from "./icon.tsx";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const LOOK: Record<Theme, { icon: IconName; words: string }> = {
  system: { icon: "screen", words: "Theme: as the system" },
  light: { icon: "sun", words: "Theme: light" },
  dark: { icon: "moon", words: "Theme: dark" },
};

export function ThemeToggle() {
  const theme = useSettings((settings) => settings.theme);
  const setTheme = useSettings((settings) => settings.setTheme);
  const { icon, words } = LOOK[theme];
  return (
    <button type="button" className="tool" onClick={() => setTheme(NEXT[theme])} aria-label={words} title={words}>
      <Icon name={icon} size={18} />
    </button>
  );
}
