import { Trans } from "@lingui/react/macro";
import type { Query } from "@trillm/sdk";
import { late } from "./late.tsx";

const Claims = late(async () => (await import("./later.ts")).Claims);

/** Where the answers agree; it is as high while they are written as it is with the counts. */
export function Agreement({ query, shared = false }: { query: Query; shared?: boolean }) {
  return (
    <section
      aria-labelledby="agree"
      className="card flex min-h-40 flex-wrap content-center items-center gap-x-6 gap-y-2 px-4 py-2 sm:px-5 md:min-h-26 lg:min-h-14"
    >
      <h2 id="agree" className="font-semibold">
        <Trans>Where they agree</Trans>
      </h2>
      {query.status === "running" ? (
        <p className="text-sm text-soft">
          <Trans>Compared when all have ended.</Trans>
        </p>
      ) : (
        <Claims query={query} shared={shared} />
      )}
    </section>
  );
}
