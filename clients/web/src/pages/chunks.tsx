import { type ComponentType, lazy, useState } from "react";

/** A page in a chunk of its own; what is there already is drawn at once, without a moment of nothing. */
function chunk(load: () => Promise<ComponentType>) {
  let loaded: ComponentType | undefined;
  const fetch = async () => {
    loaded = await load();
    return { default: loaded };
  };
  const Late = lazy(fetch);
  return {
    preload: () => void fetch().catch(() => {}), // told when the page is really wanted
    Page: function Chunk() {
      const [Page] = useState<ComponentType>(() => loaded ?? Late);
      return <Page />;
    },
  };
}

export const results = chunk(async () => (await import("./results.tsx")).Results);
export const shared = chunk(async () => (await import("./shared.tsx")).Shared);
export const history = chunk(async () => (await import("./history.tsx")).History);
export const dashboard = chunk(async () => (await import("./dashboard.tsx")).Dashboard);
export const pricing = chunk(async () => (await import("./pricing.tsx")).Pricing);

/** Load what stands at an address of ours, because somebody is about to go there. */
export function preload(path: string) {
  if (path.startsWith("/results/")) results.preload();
  else if (path === "/history") history.preload();
  else if (path === "/dashboard") dashboard.preload();
  else if (path === "/pricing") pricing.preload();
}
