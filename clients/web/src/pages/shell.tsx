import { Trans } from "@lingui/react/macro";
import { lazy, type ReactNode, Suspense, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { finds } from "../first-input.ts";
import { LanguagePicker } from "../parts/language-picker.tsx";
import { Logo } from "../parts/logo.tsx";
import { MainNav } from "../parts/main-nav.tsx";
import { PageState } from "../parts/page-state.tsx";
import { ThemeToggle } from "../parts/theme-toggle.tsx";
import { ThisBrowser } from "../parts/this-browser.tsx";
import { EDITING } from "../state/use-editing.ts";
import { preload } from "./chunks.tsx";

const Palette = lazy(() => import("../parts/palette.tsx"));

/** The frame of every page: skip link, header, and the page itself. */
export function Shell({ children }: { children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const shown = useRef(path);
  const back = useRef(false);
  // Which opening of the palette: a dialog says that it has closed a moment later, when it may have been asked for anew.
  const [finding, setFinding] = useState(0);

  // After a change of page keyboard and view stand at its beginning, as after a page load; going back, where they were.
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    // Who came to change a question goes on in its box.
    const box = history.state === EDITING ? document.getElementById("question") : null;
    (box ?? main.current)?.focus({ preventScroll: true });
    if (!back.current) scrollTo(0, 0);
    back.current = false;
  }, [path]);

  useLayoutEffect(() => {
    const goBack = () => {
      back.current = true;
    };
    const intend = ({ target }: Event) => {
      const link = target instanceof Element && target.closest<HTMLAnchorElement>("a[href^='/']");
      if (link) preload(link.pathname);
    };
    const find = (event: KeyboardEvent) => {
      if (!finds(event)) return;
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) setFinding((times) => times + 1);
    };
    addEventListener("keydown", find);
    addEventListener("popstate", goBack);
    addEventListener("pointerover", intend);
    addEventListener("focusin", intend);
    return () => {
      removeEventListener("keydown", find);
      removeEventListener("popstate", goBack);
      removeEventListener("pointerover", intend);
      removeEventListener("focusin", intend);
    };
  }, []);

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
          <Link href="/" className="me-auto flex min-h-11 items-center gap-2.5 text-base font-semibold tracking-tight">
            <Logo />
            TriLLM
          </Link>
          <MainNav />
          <LanguagePicker />
          <ThemeToggle />
          <ThisBrowser />
        </div>
      </header>
      <main ref={main} id="main" tabIndex={-1} className="flex flex-1 flex-col outline-none max-md:pb-16">
        {children}
      </main>
      <MainNav tabs />
      <PageState />
      {/* Until it is there an open dialog stands for it: keys are meant for it, and none is a shortcut. */}
      <Suspense fallback={<dialog open className="sr-only" />}>
        {finding > 0 && <Palette key={finding} onClose={() => setFinding((now) => (now === finding ? 0 : now))} />}
      </Suspense>
    </div>
  );
}
