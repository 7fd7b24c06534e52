import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Query } from "@trillm/sdk";
import { ProblemError } from "@trillm/sdk";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { readHistory, removeQuery } from "../offline/kept.ts";
import { ConfirmDelete } from "../parts/confirm-delete.tsx";
import { Icon } from "../parts/icon.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { QueryRow } from "../parts/query-row.tsx";
import { useTitle } from "../state/use-title.ts";
import { day } from "../text/format.ts";

const PAGE = 20;

export function History() {
  useTitle(t`History`);
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(useSettled(typed.trim()));
  const [doomed, setDoomed] = useState<Query | null>(null);
  const confirm = useRef<HTMLDialogElement>(null);
  const client = useQueryClient();
  const pages = useInfiniteQuery({
    queryKey: ["history", "all", search],
    queryFn: ({ pageParam, signal }) => readHistory({ search: search || null, cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });
  const remove = useMutation({
    mutationFn: (query: Query) => removeQuery(query.id),
    onSuccess: async () => {
      confirm.current?.close();
      await client.invalidateQueries({ queryKey: ["history"] });
    },
  });
  const queries = pages.data?.pages.flatMap((page) => page.queries) ?? [];
  const choose = (query: Query) => {
    setDoomed(query);
    confirm.current?.showModal();
  };

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
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            placeholder={t`Search questions`}
            className="min-w-0 flex-1 bg-transparent text-ink outline-none placeholder:text-soft"
          />
        </label>
      </div>
      {pages.error instanceof ProblemError && <ProblemNote problem={pages.error.problem} again={pages.refetch} />}
      {pages.isPending && <Rows />}
      {pages.isSuccess && queries.length === 0 && <Nothing search={search} />}
      <Days queries={queries} onDelete={choose} />
      {pages.hasNextPage && (
        <button
          type="button"
          className="button-soft self-center"
          onClick={() => pages.fetchNextPage()}
          disabled={pages.isFetching}
        >
          {pages.isFetching ? t`Loading` : t`Show older questions`}
        </button>
      )}
      <ConfirmDelete ref={confirm} onConfirm={() => doomed && remove.mutate(doomed)} failed={remove.isError} />
    </div>
  );
}

function Days({ queries, onDelete }: { queries: Query[]; onDelete(query: Query): void }) {
  const days = Map.groupBy(queries, (query) => day(query.created_at));
  return [...days].map(([name, ofDay]) => (
    <section key={name} aria-label={name} className="grid gap-2">
      <h2 className="text-sm font-semibold text-soft">{name}</h2>
      <ul className="card divide-y divide-line overflow-hidden">
        {ofDay.map((query) => {
          const start = query.question.slice(0, 80);
          return (
            <li key={query.id}>
              <QueryRow query={query}>
                <button
                  type="button"
                  className="tool me-2"
                  onClick={() => onDelete(query)}
                  aria-label={t`Delete: ${start}`}
                  title={t`Delete`}
                >
                  <Icon name="trash" />
                </button>
              </QueryRow>
            </li>
          );
        })}
      </ul>
    </section>
  ));
}

function Nothing({ search }: { search: string }) {
  return (
    <div className="flex flex-col items-center gap-4 py-20 text-center">
      <p className="text-lg font-medium">{search ? t`No question matches` : t`No questions yet`}</p>
      <p className="max-w-sm text-soft">
        {search
          ? t`Try another word; the search looks into the questions.`
          : t`What you ask from this browser is kept here.`}
      </p>
      {!search && (
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
