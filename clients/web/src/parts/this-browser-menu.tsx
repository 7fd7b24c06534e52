import { Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import { Icon } from "./icon.tsx";

const close = () => document.getElementById("this-browser")?.hidePopover();

/** Where questions are kept while there are no accounts, and where they are found. */
export default function ThisBrowserMenu() {
  return (
    <div className="grid gap-3 text-sm">
      <p className="font-semibold">
        <Trans>This browser</Trans>
      </p>
      <p>
        <Trans>The server keeps your questions for this browser, by a cookie. Another browser has its own.</Trans>
      </p>
      <p className="text-soft">
        <Trans>There are no accounts on this server yet.</Trans>
      </p>
      <div className="-mx-2.5 grid border-t border-line pt-2">
        <Link href="/history" className="tool justify-start text-sm" onClick={close}>
          <Icon name="history" /> <Trans>Your questions</Trans>
        </Link>
        <Link href="/dashboard" className="tool justify-start text-sm" onClick={close}>
          <Icon name="chart" /> <Trans>Your numbers</Trans>
        </Link>
      </div>
    </div>
  );
}
