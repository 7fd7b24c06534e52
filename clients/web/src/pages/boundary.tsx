import { Trans } from "@lingui/react/macro";
import { Component, type ReactNode } from "react";

/** Keeps the frame when a page cannot be drawn: its chunk is unreachable, or was replaced by a newer version's. */
export class PageBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div role="alert" className="m-auto flex max-w-md flex-col items-center gap-4 px-4 py-20 text-center">
        <h1 className="text-2xl font-semibold tracking-tight">
          <Trans>This page could not be loaded</Trans>
        </h1>
        <p className="text-soft">
          <Trans>The connection failed, or there is a new version. Nothing is lost.</Trans>
        </p>
        <button type="button" className="button" onClick={() => location.reload()}>
          <Trans>Load it again</Trans>
        </button>
      </div>
    );
  }
}
