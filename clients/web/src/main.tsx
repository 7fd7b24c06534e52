import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ProblemError } from "@trillm/sdk";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createPage } from "./router.tsx";
import "./styles.css";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // What the service refuses it refuses again; what did not reach it may reach it now.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ProblemError && error.problem.status >= 400 && error.problem.status < 500),
    },
  },
});
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={createPage()} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
