import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { Icon } from "../parts/icon.tsx";
import { LanguagePicker } from "../parts/language-picker.tsx";
import { PageState } from "../parts/page-state.tsx";
import { ThemeToggle } from "../parts/theme-toggle.tsx";

/** The frame of every page: skip link, header, and the page itself. */
export function Shell() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const first = useRef(true);

  // After a change of page the keyboard stands at its beginning, as after a page load.
  useEffect(() => {
    if (!path) return;
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);

  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:start-2 focus:z-50 focus:rounded-control focus:bg-ink focus:px-4 focus:py-2 focus:text-canvas"
      >
        <Trans>Skip to content</Trans>
      </a>
      <header className="sticky top-0 z-40 border-b border-line bg-canvas/90 backdrop-blur">
        <div className="mx-auto flex h-14 max-w-6xl items-center gap-1 px-4 sm:px-6">
          <Link to="/" className="me-auto flex min-h-11 items-center gap-2.5 text-base font-semibold tracking-tight">
            <img src="/icon.svg" alt="" width="26" height="26" />
            TriLLM
          </Link>
          <nav aria-label={t`Main`} className="flex items-center gap-1">
            <Link
              to="/history"
              className="tool text-sm"
              activeProps={{ "aria-current": "page", className: "text-ink bg-sunken" }}
            >
              <Icon name="history" />
              <Trans>History</Trans>
            </Link>
          </nav>
          <LanguagePicker />
          <ThemeToggle />
        </div>
      </header>
      <main ref={main} id="main" tabIndex={-1} className="flex flex-1 flex-col outline-none">
        <Outlet />
      </main>
      <PageState />
    </div>
  );
}
