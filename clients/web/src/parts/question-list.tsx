import { t } from "@lingui/core/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Query } from "@trillm/sdk";
import { changeQuery, keptIds } from "../offline/kept.ts";
import { useDiscarding } from "../state/discarded.ts";
import { useOffline } from "../state/reach.ts";
import { Icon, type IconName } from "./icon.tsx";
import { QueryRow } from "./query-row.tsx";

interface Props {
  name: string;
  icon?: IconName;
  queries: Query[];
  /** When it was asked, said so that it fits under the name. */
  when(query: Query): string;
}

/** Questions under one heading, to be opened, pinned and deleted. */
export function QuestionList({ name, icon, queries, when }: Props) {
  const offline = useOffline();
  const { data: kept } = useQuery({ queryKey: ["kept"], queryFn: keptIds, enabled: offline, gcTime: 0 });
  return (
    <section aria-label={name} className="grid gap-2">
      <h2 className="flex items-center gap-1.5 text-sm font-semibold text-soft">
        {icon && <Icon name={icon} size={15} />}
        {name}
      </h2>
      <ul className="card divide-y divide-line overflow-hidden">
        {queries.map((query) => (
          <li key={query.id}>
            <QueryRow query={query} when={when(query)} missing={offline && kept?.has(query.id) === false}>
              <RowTools query={query} disabled={offline} />
            </QueryRow>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RowTools({ query, disabled }: { query: Query; disabled: boolean }) {
  const client = useQueryClient();
  const { throwAway } = useDiscarding();
  const pin = useMutation({
    mutationFn: () => changeQuery(query.id, { pinned: !query.pinned }),
    onSettled: () => client.invalidateQueries({ queryKey: ["history"] }),
  });
  const start = query.question.slice(0, 80);
  return (
    <div className="flex shrink-0 pe-1 sm:pe-2">
      <button
        type="button"
        className={`tool ${query.pinned ? "text-accent" : ""}`}
        aria-pressed={query.pinned}
        aria-label={t`Pin: ${start}`}
        title={query.pinned ? t`Unpin` : t`Pin`}
        onClick={() => pin.mutate()}
        disabled={disabled || pin.isPending}
      >
        <Icon name="pin" filled={query.pinned} />
      </button>
      <button
        type="button"
        className="tool"
        aria-label={t`Delete: ${start}`}
        title={t`Delete`}
        onClick={() => void throwAway(query.id)}
        disabled={disabled}
      >
        <Icon name="trash" />
      </button>
    </div>
  );
}
