import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Landing } from "./pages/landing.tsx";
import { Missing } from "./pages/missing.tsx";
import { Shell } from "./pages/shell.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: () => <Missing what="page" /> });

const landing = createRoute({ getParentRoute: () => root, path: "/", component: Landing });

export const resultsRoute = createRoute({
  getParentRoute: () => root,
  path: "/results/$queryId",
  component: lazyRouteComponent(() => import("./pages/results.tsx"), "Results"),
});

const history = createRoute({
  getParentRoute: () => root,
  path: "/history",
  component: lazyRouteComponent(() => import("./pages/history.tsx"), "History"),
});

export const sharedRoute = createRoute({
  getParentRoute: () => root,
  path: "/s/$shareId",
  component: lazyRouteComponent(() => import("./pages/shared.tsx"), "Shared"),
});

export function createPage() {
  return createRouter({
    routeTree: root.addChildren([landing, resultsRoute, history, sharedRoute]),
    defaultPreload: "intent",
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPage>;
  }
}
