import { i18n } from "@lingui/core";
import { I18nProvider, useLingui } from "@lingui/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { ProblemError } from "@trillm/sdk";
import { StrictMode, startTransition, useEffect, useLayoutEffect } from "react";
import { createRoot } from "react-dom/client";
import { fetchEarly } from "./offline/early.ts";
import { registerWorker } from "./offline/register.ts";
import { takeShared } from "./offline/shared.ts";
import { ready } from "./pages/chunks.tsx";
import { Pages } from "./router.tsx";
import { pressAgain, takeOver } from "./state/take-over.ts";
import { languageOfPage, speak } from "./text/speak.ts";

const client = new QueryClient({
  defaultOptions: {
    // The browser's word for "offline" is not the service's: what is kept here, or the failure itself, tells.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      // What the service refuses it refuses again; what did not reach it may reach it now.
      retry: (failures, error) =>
        failures < 2 &&
        navigator.onLine &&
        !(error instanceof ProblemError && error.problem.status >= 400 && error.problem.status < 500),
    },
  },
});
takeShared();

/** Drawn anew in another language: whatever makes text need not watch for that. */
function Page() {
  useLayoutEffect(takeOver, []);
  useEffect(pressAgain, []);
  return <Pages key={useLingui().i18n.locale} />;
}

/** Not awaited by the module itself: the chunks of the pages import this one, and would wait for it for ever. */
async function show() {
  // A catalog that cannot be had leaves the page in English; a chunk that cannot be had is told by the page's boundary.
  await Promise.all([speak(languageOfPage()).catch(() => speak("en")), ready(location.pathname)]);
  const root = document.getElementById("root");
  if (root) {
    const page = (
      <StrictMode>
        <I18nProvider i18n={i18n}>
          <QueryClientProvider client={client}>
            <Page />
          </QueryClientProvider>
        </I18nProvider>
      </StrictMode>
    );
    // In slices: whoever taps or types meanwhile waits for none of it.
    startTransition(() => createRoot(root).render(page));
  }
}
fetchEarly(client, location.pathname);
void show();
registerWorker();
