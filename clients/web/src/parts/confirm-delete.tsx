import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { RefObject } from "react";

interface Props {
  ref: RefObject<HTMLDialogElement | null>;
  onConfirm(): void;
  failed: boolean;
}

export function ConfirmDelete({ ref, onConfirm, failed }: Props) {
  return (
    <dialog ref={ref} aria-labelledby="delete-title" className="card w-[min(26rem,calc(100vw-2rem))] p-6 text-ink">
      <h2 id="delete-title" className="text-lg font-semibold">
        <Trans>Delete for good?</Trans>
      </h2>
      <p className="mt-2 text-sm text-soft">
        <Trans>The question and all its answers are removed. This cannot be undone.</Trans>
      </p>
      <p role="status" className="mt-2 text-sm text-bad">
        {failed && t`It could not be deleted; try again.`}
      </p>
      <div className="mt-4 flex justify-end gap-2">
        <button type="button" className="button-soft" onClick={() => ref.current?.close()}>
          <Trans>Keep</Trans>
        </button>
        <button type="button" className="button" onClick={onConfirm}>
          <Trans>Delete</Trans>
        </button>
      </div>
    </dialog>
  );
}
