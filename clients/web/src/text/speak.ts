import { i18n, type Messages } from "@lingui/core";
import { directionOf, LANGUAGES, type Language } from "./languages.ts";

/** English stands in the code itself; every other language is a file that only its readers fetch. */
const CATALOGS = import.meta.glob<{ messages: Messages }>(["../catalogs/*.po", "!../catalogs/en.po"]);

// Messages are compiled when the page is built; what is left is plain text.
i18n.setMessagesCompiler((message) => [message]);

/** The page in this language from now on: its texts, its numbers and dates, its direction. */
export async function speak(language: Language): Promise<void> {
  const catalog = await CATALOGS[`../catalogs/${language}.po`]?.();
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
  // Numbers and dates as in the reader's own region, where it speaks this language.
  const regional = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
  i18n.loadAndActivate({ locale: language, locales: regional, messages: catalog?.messages ?? {} });
}

/** What `public/theme.js` chose before the first paint: the reader's own choice, else the browser's first that we speak. */
export function languageOfPage(): Language {
  const { lang } = document.documentElement;
  return lang in LANGUAGES ? (lang as Language) : "en";
}
