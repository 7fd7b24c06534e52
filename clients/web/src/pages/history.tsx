import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { HistoryPlace, Query } from "@trillm/sdk";
import { ProblemError } from "@trillm/sdk";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { readHistory } from "../offline/kept.ts";
import { HistoryFilters } from "../parts/history-filters.tsx";
import { Icon } from "../parts/icon.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { QuestionList } from "../parts/question-list.tsx";
import { useBlind } from "../state/blind.ts";
import { useDiscarded } from "../state/discarded.ts";
import { useHistoryPlace } from "../state/use-history-place.ts";
import { useTitle } from "../state/use-title.ts";
import { ago, day, timeOfDay } from "../text/format.ts";

const PAGE = 20;
/** As many as the service gives at once. */
const PINNED = 100;

export function History() {
  useTitle(t`History`);
  const at = useHistoryPlace();
  const search = useSettled(at.q.trim()) || null;
  const pinned = useQuestions({ ...at.place, search, pinned: true, limit: PINNED });
  const others = useQuestions({ ...at.place, search, pinned: false, limit: PAGE });
  const parts = [pinned, others];
  const trouble = parts.find((part) => part.error instanceof ProblemError)?.error;
  const nothing = parts.every((part) => part.isSuccess && part.queries.length === 0 && !part.hasNextPage);
  const older = parts.find((part) => part.hasNextPage);

  return (
    <div className="page max-w-3xl">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-semibold tracking-tight">
          <Trans>History</Trans>
        </h1>
        <label className="flex min-h-11 w-full items-center gap-2.5 rounded-control border border-line bg-surface px-3.5 text-soft focus-within:border-line-strong sm:w-72">
          <Icon name="search" />
          <span className="sr-only">
            <Trans>Search your questions</Trans>
          </span>
          <input
            type="search"
            value={at.q}
            onChange={(event) => at.search(event.target.value)}
            placeholder={t`Search questions`}
            className="min-w-0 flex-1 bg-transparent text-ink outline-none placeholder:text-soft"
          />
        </label>
      </div>
      <HistoryFilters at={at} />
      {trouble instanceof ProblemError && (
        <ProblemNote problem={trouble.problem} again={() => Promise.all(parts.map((part) => part.refetch()))} />
      )}
      {parts.some((part) => part.isPending) ? (
        <Rows />
      ) : (
        <>
          {pinned.queries.length > 0 && (
            <QuestionList
              name={t`Pinned`}
              icon="pin"
              queries={pinned.queries}
              when={(query) => ago(query.created_at)}
            />
          )}
          {[...Map.groupBy(others.queries, (query) => day(query.created_at))].map(([name, ofDay]) => (
            <QuestionList key={name} name={name} queries={ofDay} when={(query) => timeOfDay(query.created_at)} />
          ))}
        </>
      )}
      {nothing && <Nothing search={at.q} filtered={at.filtered} clear={at.clear} />}
      {older && (
        <button
          type="button"
          className="button-soft self-center"
          onClick={() => older.fetchNextPage()}
          disabled={older.isFetching}
        >
          {older.isFetching ? t`Loading` : t`Show older questions`}
        </button>
      )}
    </div>
  );
}

/** A part of the history, page after page, without what may not be seen in it. */
function useQuestions(place: HistoryPlace) {
  const hidden = useDiscarded((discarded) => discarded.hidden);
  const blinds = useBlind((blind) => blind.queries);
  const pages = useInfiniteQuery({
    queryKey: ["history", "all", place],
    queryFn: ({ pageParam, signal }) => readHistory({ ...place, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });
  const found = pages.data?.pages.flatMap((page) => page.queries) ?? [];
  // Who asked blind and has not chosen yet is not told the winner by a filter.
  const mayBeSeen = ({ id }: Query) => !hidden.has(id) && !(place.winner && blinds[id]?.open === false);
  return { ...pages, queries: found.filter(mayBeSeen) };
}

function Nothing({ search, filtered, clear }: { search: string; filtered: boolean; clear(): void }) {
  const looked = filtered || search !== "";
  return (
    <div className="flex flex-col items-center gap-4 py-20 text-center">
      <p role="status" className="text-lg font-medium">
        {looked ? t`No question matches` : t`No questions yet`}
      </p>
      <p className="max-w-sm text-soft">
        {filtered && t`Nothing you asked fits these filters.`}
        {!filtered && search && t`Try another word; the search looks into the questions.`}
        {!looked && t`What you ask from this browser is kept here.`}
      </p>
      {looked ? (
        <button type="button" className="button" onClick={clear}>
          {filtered ? t`Clear filters` : t`Clear search`}
        </button>
      ) : (
        <Link href="/" className="button">
          <Trans>Ask the first one</Trans>
        </Link>
      )}
    </div>
  );
}

function Rows() {
  return (
    <div role="status" className="card grid gap-4 p-4">
      <span className="sr-only">
        <Trans>Loading</Trans>
      </span>
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <span key={row} className="shimmer h-11 rounded-control" />
      ))}
    </div>
  );
}

/** The value once it has rested for a moment, so that not every keystroke is a request. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 250);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
