import type { MessageDescriptor } from "@lingui/core";
import { i18n } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "wouter";

const TEXT: Record<"result" | "share" | "page", { title: MessageDescriptor; detail: MessageDescriptor }> = {
  result: {
    title: msg`No such result`,
    detail: msg`It was deleted, or it belongs to someone else, or the address is not whole.`,
  },
  share: {
    title: msg`Nothing is shared here`,
    detail: msg`The link has ended, or the address is not whole.`,
  },
  page: { title: msg`No such page`, detail: msg`Nothing is kept at this address.` },
};

export function Missing({ what }: { what: keyof typeof TEXT }) {
  const { title, detail } = TEXT[what];
  return (
    <div className="m-auto flex max-w-md flex-col items-center gap-4 px-4 py-20 text-center">
      <p aria-hidden="true" className="text-5xl font-semibold text-line-strong">
        404
      </p>
      <h1 className="text-2xl font-semibold tracking-tight">{i18n._(title)}</h1>
      <p className="text-soft">{i18n._(detail)}</p>
      <div className="mt-2 flex gap-3">
        <Link href="/" className="button">
          <Trans>Ask a question</Trans>
        </Link>
        <Link href="/history" className="button-soft">
          <Trans>History</Trans>
        </Link>
      </div>
    </div>
  );
}
