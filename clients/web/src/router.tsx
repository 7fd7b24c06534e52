import { Suspense } from "react";
import { Route, Switch } from "wouter";
import { PageBoundary } from "./pages/boundary.tsx";
import { dashboard, history, pricing, results, shared } from "./pages/chunks.tsx";
import { Landing } from "./pages/landing.tsx";
import { Missing } from "./pages/missing.tsx";
import { Shell } from "./pages/shell.tsx";

/** What stands at each address. */
export function Pages() {
  return (
    <Shell>
      <PageBoundary>
        <Suspense>
          <Switch>
            <Route path="/" component={Landing} />
            <Route path="/results/:queryId" component={results.Page} />
            <Route path="/history" component={history.Page} />
            <Route path="/dashboard" component={dashboard.Page} />
            <Route path="/pricing" component={pricing.Page} />
            <Route path="/s/:shareId" component={shared.Page} />
            <Route>
              <Missing what="page" />
            </Route>
          </Switch>
        </Suspense>
      </PageBoundary>
    </Shell>
  );
}
