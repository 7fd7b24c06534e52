import { Trans } from "@lingui/react/macro";

/** Stands where a result will. */
export function Waiting() {
  return (
    <div role="status" className="grid gap-4">
      <span className="sr-only">
        <Trans>Loading</Trans>
      </span>
      <div className="shimmer h-20 rounded-card" />
      <div className="shimmer h-104 rounded-card" />
    </div>
  );
}
