import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ProblemError, type Query, type Share } from "@trillm/sdk";
import { useEffect, useRef, useState } from "react";
import { service } from "../api/client.ts";
import { ago, moment } from "../text/format.ts";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icon.tsx";

const DAY = 86_400_000;
/** How long a link can live, in days; 0: until it is ended. */
const LIVES: [number, MessageDescriptor][] = [
  [0, msg`until I end it`],
  [1, msg`for a day`],
  [7, msg`for a week`],
  [30, msg`for a month`],
];

/** Makes links to a snapshot of the result, shows those there are, and ends them. */
export default function ShareDialog({ query, onClose }: { query: Query; onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const client = useQueryClient();
  const key = ["shares", query.id];
  const links = useQuery({ queryKey: key, queryFn: ({ signal }) => service.shares(query.id, signal), staleTime: 0 });
  const again = () => client.invalidateQueries({ queryKey: key });
  const [days, setDays] = useState(0);
  const end = () => (days ? new Date(Date.now() + days * DAY).toISOString() : null);
  const make = useMutation({ mutationFn: () => service.share(query.id, end()), onSuccess: again });
  const revoke = useMutation({ mutationFn: (share: string) => service.revoke(share), onSettled: again });
  const problem = links.error ?? make.error ?? revoke.error;

  useEffect(() => dialog.current?.showModal(), []);

  return (
    <dialog
      ref={dialog}
      onClose={onClose}
      aria-labelledby="share-title"
      className="card w-[min(32rem,calc(100vw-2rem))] p-6 text-ink"
    >
      <h2 id="share-title" className="text-lg font-semibold">
        <Trans>Share this result</Trans>
      </h2>
      <p className="mt-2 text-sm text-soft">
        <Trans>
          A link shows the question and all answers as they are now, to everybody who has it. It does not lead to your
          other questions, search engines do not list it, and you can end it at any time.
        </Trans>
      </p>
      <ul aria-label={t`Links to this result`} className="mt-4 grid gap-3 [&:empty]:hidden">
        {links.data?.map((link) => (
          <Link
            key={link.id}
            link={link}
            title={query.question}
            onRevoke={() => revoke.mutate(link.id)}
            busy={revoke.isPending}
          />
        ))}
      </ul>
      <fieldset className="mt-4">
        <legend className="text-sm font-medium">
          <Trans>A new link works</Trans>
        </legend>
        <div className="segments mt-2 grid-cols-2 sm:grid-cols-4">
          {LIVES.map(([lives, name]) => (
            <label key={lives} className="segment">
              <input
                type="radio"
                name="lives"
                className="sr-only"
                checked={days === lives}
                onChange={() => setDays(lives)}
              />
              {i18n._(name)}
            </label>
          ))}
        </div>
      </fieldset>
      <p role="status" className="text-sm text-bad [&:not(:empty)]:mt-4">
        {problem && told(problem)}
      </p>
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <button type="button" className="button-soft" onClick={() => dialog.current?.close()}>
          <Trans>Close</Trans>
        </button>
        <button
          type="button"
          className="button"
          onClick={() => make.mutate()}
          disabled={make.isPending || links.isPending || links.isError}
        >
          {links.data?.length ? t`Create another link` : t`Create a link`}
        </button>
      </div>
    </dialog>
  );
}

interface LinkProps {
  link: Share;
  title: string;
  onRevoke(): void;
  busy: boolean;
}

function Link({ link, title, onRevoke, busy }: LinkProps) {
  const [asked, setAsked] = useState(false);
  const url = new URL(link.url, location.href).href;
  return (
    <li className="min-w-0 rounded-control border border-line p-3">
      <p className="text-xs text-soft">
        {link.expires_at
          ? t`Made ${ago(link.created_at)}, works until ${moment(link.expires_at)}`
          : t`Made ${ago(link.created_at)}`}
      </p>
      <a href={url} dir="ltr" className="block truncate py-3 text-start text-sm text-accent underline md:pt-1 md:pb-0">
        {url}
      </a>
      {asked ? (
        <div className="mt-2 grid gap-2">
          <p className="text-sm">
            <Trans>
              Whoever has this link will see nothing any more. It cannot be restored; a new link is another one.
            </Trans>
          </p>
          <div className="flex justify-end gap-2">
            <button type="button" className="button-soft" onClick={() => setAsked(false)}>
              <Trans>Keep the link</Trans>
            </button>
            <button type="button" className="button" onClick={onRevoke} disabled={busy}>
              <Trans>End the link</Trans>
            </button>
          </div>
        </div>
      ) : (
        <div className="mt-1 -ms-2.5 flex flex-wrap items-center gap-1">
          <CopyButton text={url} what={t`Copy the link`} />
          {typeof navigator.share === "function" && (
            <button type="button" className="tool" onClick={() => void send({ title, url })}>
              <Icon name="share" />
              <Trans>Send</Trans>
            </button>
          )}
          <button type="button" className="tool ms-auto" onClick={() => setAsked(true)}>
            <Icon name="close" />
            <Trans>End this link</Trans>
          </button>
        </div>
      )}
    </li>
  );
}

/** The device's own sheet; whoever closes it has not made a mistake. */
const send = (what: ShareData) => navigator.share(what).catch(() => undefined);

function told(problem: Error): string {
  if (problem instanceof ProblemError && problem.problem.status === 404)
    return t`Only the browser that asked this question can share it.`;
  return t`Not done: ${problem.message}`;
}
