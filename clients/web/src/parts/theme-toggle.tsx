import type { MessageDescriptor } from "@lingui/core";
import { i18n } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { type Theme, useSettings } from "../state/settings.ts";
import { Icon, type IconName } from "./icon.tsx";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
export const LOOK: Record<Theme, { icon: IconName; words: MessageDescriptor }> = {
  system: { icon: "screen", words: msg`Theme: as the system` },
  light: { icon: "sun", words: msg`Theme: light` },
  dark: { icon: "moon", words: msg`Theme: dark` },
};

export function ThemeToggle() {
  const theme = useSettings((settings) => settings.theme);
  const setTheme = useSettings((settings) => settings.setTheme);
  const { icon } = LOOK[theme];
  const words = i18n._(LOOK[theme].words);
  return (
    <button
      type="button"
      name="theme"
      className="tool"
      onClick={() => setTheme(NEXT[theme])}
      aria-label={words}
      title={words}
    >
      <Icon name={icon} size={18} />
    </button>
  );
}
