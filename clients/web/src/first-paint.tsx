import { i18n, type Messages } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderToStaticMarkup } from "react-dom/server";
import { Router } from "wouter";
import { fetchEarly } from "./offline/early.ts";
import { Landing } from "./pages/landing.tsx";
import { Shell } from "./pages/shell.tsx";
import { Waiting } from "./parts/waiting.tsx";
import { directionOf, LANGUAGES } from "./text/languages.ts";

const CATALOGS = import.meta.glob<{ messages: Messages }>(["./catalogs/*.po", "!./catalogs/en.po"], { eager: true });

/**
 * The page as it is before anything is known, in every language; run by the build, never sent to a browser.
 * The policy forbids styles in HTML: none of those that are left out is seen before something is opened.
 */
export function drawFrames(): Record<string, string> {
  const frames: Record<string, string> = {};
  i18n.setMessagesCompiler((message) => [message]);
  for (const language of Object.keys(LANGUAGES)) {
    const catalog = CATALOGS[`./catalogs/${language}.po`];
    i18n.loadAndActivate({ locale: language, messages: catalog?.messages ?? {} });
    frames[language] = renderToStaticMarkup(<Frame />).replace(/ style="[^"]*"/g, "");
  }
  return frames;
}

/**
 * What each page asks the API for as soon as it runs, by the page's path: `early.ts` itself is run, and what it would
 * fetch is noted. `{id}` stands for the id in either.
 */
export async function askedAtOnce(): Promise<Record<string, string[]>> {
  const asked: Record<string, string[]> = {};
  for (const path of ["/", "/results/ID"]) {
    const addresses: string[] = [];
    globalThis.fetch = async (address) => {
      addresses.push(String(address).replace("ID", "{id}"));
      return Response.error();
    };
    fetchEarly(new QueryClient({ defaultOptions: { queries: { retry: false } } }), path);
    await new Promise((rest) => setTimeout(rest));
    asked[path.replace("ID", "{id}")] = addresses;
  }
  return asked;
}

function Frame() {
  return (
    <div id="first" lang={i18n.locale} dir={directionOf(i18n.locale)}>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={new QueryClient()}>
          <Router ssrPath="/">
            <Shell>
              <div className="first-ask flex flex-col">
                <Landing />
              </div>
              <div className="first-result page">
                <Waiting />
              </div>
            </Shell>
          </Router>
        </QueryClientProvider>
      </I18nProvider>
    </div>
  );
}
