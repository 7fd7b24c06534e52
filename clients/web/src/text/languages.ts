/** The page's languages by their own names. `public/theme.js` chooses among the same before the first paint. */
export const LANGUAGES = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  zh: "简体中文",
  ja: "日本語",
  ar: "العربية",
} as const;

export type Language = keyof typeof LANGUAGES;

export const directionOf = (language: string) => (/^(ar|fa|he|ur)\b/.test(language) ? "rtl" : "ltr");
