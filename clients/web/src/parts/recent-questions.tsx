import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { readHistory } from "../offline/kept.ts";
import { QueryRow } from "./query-row.tsx";

const SHOWN = 4;

export function RecentQuestions() {
  const { data } = useQuery({
    queryKey: ["history", "recent"],
    queryFn: ({ signal }) => readHistory({ limit: SHOWN }, signal),
  });
  if (!data?.queries.length) return null;
  return (
    <section aria-labelledby="recent" className="mt-12">
      <div className="mb-2 flex items-baseline justify-between">
        <h2 id="recent" className="text-sm font-semibold">
          <Trans>Recent questions</Trans>
        </h2>
        <Link href="/history" className="text-sm text-accent underline-offset-4 hover:underline">
          <Trans>All</Trans>
        </Link>
      </div>
      <ul className="card divide-y divide-line overflow-hidden">
        {data.queries.slice(0, SHOWN).map((query) => (
          <li key={query.id}>
            <QueryRow query={query} />
          </li>
        ))}
      </ul>
    </section>
  );
}
