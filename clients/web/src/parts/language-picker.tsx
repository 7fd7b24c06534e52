import { i18n } from "@lingui/core";
import { t } from "@lingui/core/macro";
import { useSettings } from "../state/settings.ts";
import { LANGUAGES, type Language } from "../text/languages.ts";
import { speak } from "../text/speak.ts";
import { Icon } from "./icon.tsx";

/** The page's language, each by its own name. The browser's own list lies, unseen, over the sign. */
export function LanguagePicker() {
  const remember = useSettings((settings) => settings.setLanguage);
  const choose = async (language: Language) => {
    try {
      await speak(language);
    } catch {
      return; // Its texts cannot be had now: the page stays as it is, and so does the list.
    }
    remember(language);
    // The page was drawn anew in the other language; the keyboard stays where it was.
    requestAnimationFrame(() => document.getElementById("language")?.focus());
  };
  return (
    <span className="tool relative has-focus-visible:outline-2 has-focus-visible:outline-accent" title={t`Language`}>
      <Icon name="globe" size={18} />
      <select
        id="language"
        aria-label={t`Language`}
        value={i18n.locale}
        onChange={(event) => choose(event.target.value as Language)}
        className="absolute inset-0 size-full cursor-pointer appearance-none opacity-0"
      >
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <option key={language} value={language} lang={language}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}
