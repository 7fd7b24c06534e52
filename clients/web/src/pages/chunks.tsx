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
    preload: () => fetch().then(nothing, nothing), // a failure is told when the page is really wanted
    Page: function Chunk() {
      const [Page] = useState<ComponentType>(() => loaded ?? Late);
      return <Page />;
    },
  };
}

const nothing = () => {};

export const results = chunk(async () => (await import("./results.tsx")).Results);
export const shared = chunk(async () => (await import("./shared.tsx")).Shared);
export const history = chunk(async () => (await import("./history.tsx")).History);
export const dashboard = chunk(async () => (await import("./dashboard.tsx")).Dashboard);
export const pricing = chunk(async () => (await import("./pricing.tsx")).Pricing);

/** Load what stands at an address of ours, because somebody is about to go there. */
export function preload(path: string) {
  void ready(path);
}

/** Settles when what stands at an address can be drawn at once, or cannot be had. */
export async function ready(path: string): Promise<void> {
  if (path.startsWith("/results/")) await results.preload();
  else if (path === "/history") await history.preload();
  else if (path === "/dashboard") await dashboard.preload();
  else if (path === "/pricing") await pricing.preload();
  else if (path.startsWith("/s/")) await shared.preload();
}
