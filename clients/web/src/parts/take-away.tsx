import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Query } from "@trillm/sdk";
import { lazy, Suspense, useState } from "react";
import { useShortcuts } from "../state/use-shortcuts.ts";
import { ExportMenu } from "./export-menu.tsx";
import { Icon } from "./icon.tsx";

const ShareDialog = lazy(() => import("./share-dialog.tsx"));

/** What can be done with a finished result elsewhere: a link to it, a file of it, a print. */
export function TakeAway({ query }: { query: Query }) {
  const [sharing, setSharing] = useState(false);
  const open = () => setSharing(true);
  useShortcuts({ s: open });
  return (
    <>
      <button type="button" className="tool" onClick={open} aria-label={t`Share`} title={t`Share (S)`}>
        <Icon name="share" size={18} />
        <span className="hidden lg:inline">
          <Trans>Share</Trans>
        </span>
      </button>
      <ExportMenu address={`/api/query/${encodeURIComponent(query.id)}`} />
      {sharing && (
        <Suspense>
          <ShareDialog query={query} onClose={() => setSharing(false)} />
        </Suspense>
      )}
    </>
  );
}
