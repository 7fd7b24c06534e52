import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useId } from "react";
import { Icon } from "./icon.tsx";

/** Takes the result along as a file or on paper. `address` is where the service has it. */
export function ExportMenu({ address }: { address: string }) {
  const id = useId();
  return (
    <>
      <button
        type="button"
        className="tool"
        popoverTarget={id}
        style={{ anchorName: `--${id}` }}
        aria-label={t`Export`}
        title={t`Export`}
      >
        <Icon name="download" size={18} />
        <span className="hidden lg:inline">
          <Trans>Export</Trans>
        </span>
      </button>
      <div id={id} popover="auto" style={{ positionAnchor: `--${id}` }} className="popover w-52 p-2">
        <ul className="grid">
          <li>
            <a className="tool w-full justify-start px-3 text-sm" href={`${address}/export.md`} download>
              Markdown
            </a>
          </li>
          <li>
            <a className="tool w-full justify-start px-3 text-sm" href={`${address}/export.json`} download>
              JSON
            </a>
          </li>
          <li>
            <button
              type="button"
              className="tool w-full justify-start px-3 text-sm"
              popoverTarget={id}
              popoverTargetAction="hide"
              onClick={() => window.print()}
            >
              <Trans>Print or save as PDF</Trans>
            </button>
          </li>
        </ul>
      </div>
    </>
  );
}
