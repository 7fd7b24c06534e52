import { i18n } from "@lingui/core";
import { I18nProvider, useLingui } from "@lingui/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { ProblemError } from "@trillm/sdk";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { registerWorker } from "./offline/register.ts";
import { takeShared } from "./offline/shared.ts";
import { Pages } from "./router.tsx";
import { languageOfPage, speak } from "./text/speak.ts";
import "./styles.css";

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
  return <Pages key={useLingui().i18n.locale} />;
}

// A catalog that cannot be had leaves the page in English.
await speak(languageOfPage()).catch(() => speak("en"));
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={client}>
          <Page />
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  );
}
registerWorker();
