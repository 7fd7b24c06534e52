import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { JUST_NOW_MS, RECENT } from "../offline/early.ts";
import { readHistory } from "../offline/kept.ts";
import { useDiscarded } from "../state/discarded.ts";
import { QueryRow } from "./query-row.tsx";

export function RecentQuestions() {
  const { data } = useQuery({
    queryKey: ["history", "recent"],
    queryFn: ({ signal }) => readHistory({ limit: RECENT }, signal),
    staleTime: JUST_NOW_MS,
  });
  const hidden = useDiscarded((discarded) => discarded.hidden);
  const recent = data?.queries.filter((query) => !hidden.has(query.id)).slice(0, RECENT) ?? [];
  if (!recent.length) return null;
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
        {recent.map((query) => (
          <li key={query.id}>
            <QueryRow query={query} />
          </li>
        ))}
      </ul>
    </section>
  );
}
