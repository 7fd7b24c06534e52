import { t } from "@lingui/core/macro";
import { lazy, Suspense, useState } from "react";
import { Icon } from "./icon.tsx";

const Menu = lazy(() => import("./this-browser-menu.tsx"));

/** Whose questions these are. An account, once there are any, is signed into here. */
export function ThisBrowser() {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <button
        type="button"
        name="this-browser"
        className="tool"
        popoverTarget="this-browser"
        aria-label={t`This browser`}
        title={t`This browser`}
        onClick={() => setOpened(true)}
      >
        <Icon name="person" size={18} />
      </button>
      <div id="this-browser" popover="auto" className="popover w-72 p-4">
        {opened && (
          <Suspense fallback={<span className="shimmer block h-44 rounded-control" />}>
            <Menu />
          </Suspense>
        )}
      </div>
    </>
  );
}
