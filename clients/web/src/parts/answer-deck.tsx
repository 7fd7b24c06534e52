import { Trans } from "@lingui/react/macro";
import type { Answer, Query } from "@trillm/sdk";
import { type RefObject, useEffect, useRef, useState } from "react";
import { letter } from "../state/blind.ts";
import { keyOf, newest } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { AnswerCard } from "./answer-card.tsx";
import { AskAllAgain } from "./ask-all-again.tsx";
import { Icon } from "./icon.tsx";
import { ModelMark, marksIn } from "./model-mark.tsx";

interface Props {
  query: Query;
  panel: Answer[][];
  provisional: boolean;
  /** `hidden`: nobody is to know yet who is who; `shown`: the order drawn for that, with names. */
  blind: "no" | "hidden" | "shown";
  /** It was seen growing. */
  framed: boolean;
  /** One model was asked first and others join it: each has its column for good. */
  grows: boolean;
  reload(): void;
}

/** All answers side by side in the panel's order; on a phone a deck to swipe, with a tab for each. */
export function AnswerDeck({ query, panel, provisional, blind, framed, grows, reload }: Props) {
  const deck = useRef<HTMLUListElement>(null);
  const [seen, setSeen] = useState(0);
  const nameOf = useModelNames();
  const keys = newest(panel).map(keyOf);
  const marks = marksIn(query);
  const count = panel.length;
  const fits = useFit(deck, query.status !== "running", framed);

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
      <div className="mb-1 flex min-h-11 items-center gap-2 md:min-h-8">
        <h2 id="all-answers" className="shrink-0 text-sm font-semibold">
          <Trans>All answers</Trans>
        </h2>
        {query.status !== "running" && blind !== "hidden" && <AskAllAgain query={query} />}
      </div>
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
              {isBest(query, answer) && (
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
          <li
            key={keyOf(attempts[0] as Answer)}
            // On paper the best one stands at the head alone.
            className={`w-[86vw] shrink-0 md:w-auto md:min-w-0 ${isBest(query, attempts.at(-1)) ? "print:hidden" : ""}`}
          >
            <AnswerCard
              query={query}
              attempts={attempts}
              place={place + 1}
              mark={marks.get(keys[place] ?? "")}
              provisional={provisional}
              blind={blind === "hidden"}
              letter={blind === "shown" ? letter(place) : ""}
              fits={fits}
              reload={reload}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Where it is too close to call nobody is. */
const isBest = (query: Query, answer?: Answer) => answer !== undefined && answer.id === query.best && !query.too_close;

/** Whether cards end where their text ends: not while they grow, nor, once they were seen growing, in sight. */
function useFit(deck: RefObject<HTMLElement | null>, ended: boolean, framed: boolean): boolean {
  const [fits, setFits] = useState(ended && !framed);
  useEffect(() => {
    if (fits || !ended || !deck.current) return;
    const observer = new IntersectionObserver(([entry]) => {
      const below = entry && !entry.isIntersecting && entry.boundingClientRect.top > 0;
      if (below) setFits(true);
    });
    observer.observe(deck.current);
    return () => observer.disconnect();
  }, [fits, ended, deck]);
  return fits;
}
