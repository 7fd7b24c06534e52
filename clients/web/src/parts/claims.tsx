import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { ClaimMap, MappedClaim, Query } from "@trillm/sdk";
import { useLayoutEffect, useRef, useState } from "react";
import { service } from "../api/client.ts";
import { useSettings } from "../state/settings.ts";
import { showInAnswers, usePainting } from "../state/use-painting.ts";
import { useShortcuts } from "../state/use-shortcuts.ts";
import { ClaimRow } from "./claim-row.tsx";
import { Icon } from "./icon.tsx";

type Agreement = MappedClaim["agreement"];

const ORDER: Agreement[] = ["contested", "all", "most", "some", "one"];

/** How a claim is underlined in the answers, drawn the same way in the legend: a style each, not a colour alone. */
const LINES: Record<Agreement, string> = {
  contested: "legend decoration-wavy decoration-bad",
  all: "legend decoration-solid decoration-good",
  most: "legend decoration-dashed decoration-accent",
  some: "legend decoration-dashed decoration-accent",
  one: "",
};

function titleOf(agreement: Agreement): string {
  switch (agreement) {
    case "contested":
      return t`Contested`;
    case "all":
      return t`All agree`;
    case "most":
      return t`Most agree`;
    case "some":
      return t`Some agree`;
    default:
      return t`Said by one`;
  }
}

/** Where the answers agree and where they do not: counts at first, on request every claim with who says what. */
export function Claims({ query, shared = false }: { query: Query; shared?: boolean }) {
  const { data, isPending, isError } = useQuery({
    queryKey: ["claims", query.id, query.responses.map((one) => one.id + one.status).join()],
    queryFn: ({ signal }) => (shared ? service.sharedClaims(query.id, signal) : service.claims(query.id, signal)),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<number | null>(null);
  const { painted, setPainted } = useSettings();
  const claim = chosen === null ? undefined : data?.claims[chosen];
  const list = useRef<HTMLElement>(null);
  const [called, setCalled] = useState<Element | null>(null);
  usePainting(query, data, claim, painted);
  useShortcuts({
    d: () => {
      setOpen(true);
      setCalled(document.activeElement);
    },
  });
  // The claims may be on their way yet when their key is pressed; who has gone elsewhere meanwhile stays there.
  useLayoutEffect(() => {
    if (!called || isPending) return;
    if (document.activeElement === called) list.current?.focus();
    setCalled(null);
  }, [called, isPending]);
  if (!data?.claims.length) return <p className="text-sm text-soft">{nothing(isPending, isError, data)}</p>;
  const choose = (place: number) => {
    const one = data.claims[place];
    setChosen(place === chosen ? null : place);
    if (one && place !== chosen) showInAnswers(query, one);
  };
  return (
    <>
      <Counts map={data} />
      <div className="ms-auto flex items-center gap-1">
        <button type="button" className="tool" aria-pressed={painted} onClick={() => setPainted(!painted)}>
          <Icon name={painted ? "eye" : "hidden"} />
          <Trans>Underline</Trans>
        </button>
        <button
          type="button"
          className="tool"
          aria-expanded={open}
          aria-controls="claims-list"
          onClick={() => setOpen(!open)}
        >
          <span className={open ? "rotate-180" : ""}>
            <Icon name="expand" />
          </span>
          {open ? t`Fold` : t`Show claims`}
        </button>
      </div>
      {open && (
        <div
          id="claims-list"
          className="-mx-4 shrink-0 basis-[calc(100%+2rem)] border-t border-line sm:-mx-5 sm:basis-[calc(100%+2.5rem)]"
        >
          <section
            ref={list}
            aria-label={t`Claims`}
            tabIndex={0}
            className="scroll-slim max-h-104 overflow-y-auto px-4 pb-4 sm:px-5"
          >
            {ORDER.map((agreement) => {
              const rows = data.claims.flatMap((one, place) => (one.agreement === agreement ? [{ one, place }] : []));
              if (rows.length === 0) return null;
              return (
                <section key={agreement} className="mt-4">
                  <h3 className="mb-1 text-sm font-semibold">{titleOf(agreement)}</h3>
                  <ul className="grid gap-1">
                    {rows.map(({ one, place }) => (
                      <ClaimRow
                        key={place}
                        query={query}
                        claim={one}
                        chosen={place === chosen}
                        onChoose={() => choose(place)}
                      />
                    ))}
                  </ul>
                </section>
              );
            })}
            <p className="mt-4 text-xs leading-relaxed text-soft">
              <Trans>
                Found by comparing words, not meaning: the same thought in other words counts as said by one. Which side
                is right, it cannot tell.
              </Trans>
            </p>
          </section>
        </div>
      )}
    </>
  );
}

/** The counts, which are the legend of the underlines as well. */
function Counts({ map }: { map: ClaimMap }) {
  const count = (agreement: Agreement) => map.claims.filter((claim) => claim.agreement === agreement).length;
  return (
    <ul className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
      {ORDER.filter((agreement) => agreement === "contested" || count(agreement) > 0).map((agreement) => (
        <li key={agreement} className="flex items-baseline gap-1.5 whitespace-nowrap">
          <span className={count(agreement) > 0 ? LINES[agreement] : ""}>{titleOf(agreement)}</span>
          <span className="font-semibold tabular-nums">{count(agreement)}</span>
          <span className="sr-only">{plural(count(agreement), { one: "claim", other: "claims" })}</span>
        </li>
      ))}
    </ul>
  );
}

function nothing(pending: boolean, failed: boolean, map: ClaimMap | undefined): string {
  if (pending) return t`Comparing the answers.`;
  if (failed) return t`The answers cannot be compared now.`;
  return map && map.compared.length < 2
    ? t`It takes two complete answers to compare.`
    : t`There are no claims in them that can be compared.`;
}
