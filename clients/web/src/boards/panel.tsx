import { t } from "@lingui/core/macro";
import { type ReactNode, useId } from "react";

interface Props {
  title: string;
  note?: string | undefined;
  tool?: ReactNode;
  children: ReactNode;
}

/** A card of the dashboard: what it shows, how that is to be read, and the thing itself. */
export function Panel({ title, note, tool, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="card flex flex-col gap-4 p-4 sm:p-5">
      <div className={`flex items-start justify-between gap-3 ${tool ? "min-h-11 md:min-h-8" : ""}`}>
        <div>
          <h2 id={id} className="font-semibold">
            {title}
          </h2>
          {note && <p className="text-sm text-soft">{note}</p>}
        </div>
        {tool}
      </div>
      {children}
    </section>
  );
}

/** A table that scrolls in its own frame on a narrow screen. */
export function Table({ label, head, rows }: { label: string; head: string[]; rows: string[][] }) {
  return (
    <section className="scroll-slim max-h-72 overflow-auto" aria-label={t`Table: ${label}`} tabIndex={0}>
      <table className="w-full text-sm tabular-nums">
        <thead>
          <tr className="border-b border-line text-soft">
            {head.map((name, place) => (
              <th key={name} scope="col" className={`py-2 pe-4 font-medium ${place ? "text-end" : "text-start"}`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map(([first, ...rest]) => (
            <tr key={first}>
              <th scope="row" className="py-2 pe-4 text-start font-normal whitespace-nowrap">
                {first}
              </th>
              {rest.map((value, place) => (
                <td key={place} className="py-2 pe-4 text-end whitespace-nowrap">
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
