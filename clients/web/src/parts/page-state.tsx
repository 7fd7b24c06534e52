import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { lazy, Suspense } from "react";
import { takeUpdate, useUpdate } from "../offline/register.ts";
import { useDiscarded } from "../state/discarded.ts";
import { useOffline, useOnline } from "../state/reach.ts";
import { Icon } from "./icon.tsx";

const UndoNote = lazy(async () => ({ default: (await import("./undo-note.tsx")).UndoNote }));

/** What holds for the page as a whole, quietly at its foot: that it is offline, that there is a newer one. */
export function PageState() {
  const online = useOnline();
  const offline = useOffline();
  const discarded = useDiscarded(({ thrown, trouble }) => thrown.length > 0 || trouble !== null);
  const waiting = useUpdate((update) => update.waiting);
  return (
    <div className="pointer-events-none fixed inset-x-4 bottom-4 z-40 max-md:bottom-20 flex flex-col items-center gap-2">
      <div role="status">
        {offline && (
          <p className="toast">
            <Icon name="offline" size={18} />
            {online
              ? t`The service cannot be reached. Saved answers still open.`
              : t`Offline. Saved answers still open.`}
          </p>
        )}
      </div>
      <div role="status">
        <Suspense>{discarded && <UndoNote />}</Suspense>
      </div>
      <div role="status">
        {waiting && (
          <p className="toast">
            <Trans>New version</Trans>
            <button type="button" className="toast-action" onClick={() => takeUpdate(waiting)}>
              <Trans>Reload</Trans>
            </button>
          </p>
        )}
      </div>
    </div>
  );
}
