import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Answer, Query } from "@trillm/sdk";
import { useEffect, useRef, useState } from "react";
import { letter } from "../state/blind.ts";
import { keyOf, newest } from "../state/run.ts";
import { useSettings } from "../state/settings.ts";
import { useModelNames } from "../state/use-models.ts";
import { AnswerCard } from "./answer-card.tsx";
import { Icon } from "./icon.tsx";
import { ModelMark, marksIn } from "./model-mark.tsx";

interface Props {
  query: Query;
  panel: Answer[][];
  provisional: boolean;
  /** `hidden`: nobody is to know yet who is who; `shown`: the order drawn for that, with names. */
  blind: "no" | "hidden" | "shown";
  reload(): void;
}

/** All answers side by side in the panel's order; on a phone a deck to swipe, with a tab for each. */
export function AnswerDeck({ query, panel, provisional, blind, reload }: Props) {
  const deck = useRef<HTMLUListElement>(null);
  const [seen, setSeen] = useState(0);
  const nameOf = useModelNames();
  const keys = newest(panel).map(keyOf);
  const marks = marksIn(query);
  const count = panel.length;
  const economy = useSettings((settings) => settings.economy);
  // One model is asked first and others may join it: it has its column from the start, and stays where it is.
  const grows = useRef(query.status === "running" && count === 1).current;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the cards are others when their number changes
  useEffect(() => {
    const cards = [...(deck.current?.children ?? [])];
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) if (entry.isIntersecting) setSeen(cards.indexOf(entry.target));
      },
      { root: deck.current, threshold: 0.6 },
    );
    for (const card of cards) observer.observe(card);
    return () => observer.disconnect();
  }, [count]);

  const goTo = (place: number) => {
    deck.current?.children[place]?.scrollIntoView({ block: "nearest", inline: "center", behavior: "smooth" });
  };

  return (
    <section aria-labelledby="all-answers" className="mt-2 min-w-0">
      <h2 id="all-answers" className="mb-3 text-sm font-semibold">
        <Trans>All answers</Trans>
      </h2>
      <div className="scroll-slim -mx-4 mb-3 flex gap-2 overflow-x-auto px-4 md:hidden">
        {panel.map((attempts, place) => {
          const answer = attempts.at(-1);
          if (!answer) return null;
          return (
            <button
              key={keyOf(answer)}
              type="button"
              aria-pressed={seen === place}
              onClick={() => goTo(place)}
              className="flex min-h-11 shrink-0 items-center gap-2 rounded-full border border-line px-3.5 text-sm text-soft aria-pressed:border-line-strong aria-pressed:bg-surface aria-pressed:font-medium aria-pressed:text-ink"
            >
              <ModelMark mark={marks.get(keyOf(answer))} />
              {nameOf(answer)}
              {answer.id === query.best && !query.too_close && (
                <span className="text-best">
                  <Icon name="star" size={12} filled />
                  <span className="sr-only">
                    <Trans>best</Trans>
                  </span>
                </span>
              )}
            </button>
          );
        })}
      </div>
      <ul
        ref={deck}
        className={`snap-deck relative -mx-4 flex items-start gap-4 overflow-x-auto px-4 pb-2 md:mx-0 md:grid md:overflow-visible md:px-0 ${
          grows
            ? "md:grid-cols-[repeat(auto-fill,minmax(17rem,1fr))]"
            : "md:grid-cols-[repeat(auto-fit,minmax(17rem,1fr))]"
        }`}
      >
        {panel.map((attempts, place) => (
          <li key={keyOf(attempts[0] as Answer)} className="w-[86vw] shrink-0 md:w-auto md:min-w-0">
            <AnswerCard
              query={query}
              attempts={attempts}
              place={place + 1}
              mark={marks.get(keys[place] ?? "")}
              provisional={provisional}
              blind={blind === "hidden"}
              letter={blind === "shown" ? letter(place) : ""}
              reload={reload}
            />
          </li>
        ))}
        {grows && economy && count === 1 && (
          <li className="hidden h-104 items-center justify-center rounded-card border border-dashed border-line p-8 text-center text-sm text-soft md:flex">
            {query.status === "running"
              ? t`Other models join only if this answer is doubtful.`
              : t`The others were not asked.`}
          </li>
        )}
      </ul>
    </section>
  );
}
