import { useEffect, useRef } from "react";
import type { Query } from "../api/types.ts";
import { drawn, letter, useBlind } from "../state/blind.ts";
import { isFinal, members, newest } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { useVote } from "../state/use-vote.ts";
import { Icon } from "./icon.tsx";
import { marksIn } from "./model-mark.tsx";
import { Chips } from "./which-better.tsx";

/** In the place of our pick: the person's own, by letter. Only a choice, or wanting to know, shows the names. */
export function BlindPane({ query }: { query: Query }) {
  const reveal = useBlind((blind) => blind.reveal);
  const { failed, prefer } = useVote(query);
  const answers = newest(members(query)).filter((answer) => answer.text || !isFinal(answer));
  const running = query.status === "running";
  return (
    <section
      aria-labelledby="blind"
      className="card sticky top-16 z-30 flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5"
    >
      <h2 id="blind" className="flex items-center gap-2.5 font-semibold">
        <Icon name="hidden" size={18} />
        Which answer is better?
      </h2>
      <p className="basis-full text-sm text-soft max-sm:hidden sm:order-last">
        {running
          ? "You choose when all have ended. Names, costs and our pick stay hidden until then."
          : "Names, costs and our pick are shown once you have chosen."}
      </p>
      <fieldset className="flex flex-wrap items-center gap-2">
        <legend className="sr-only">The better answer</legend>
        <Chips
          answers={answers}
          marks={marksIn(query)}
          chosen={null}
          disabled={running}
          onChoose={(answer) => prefer(answer.id, answer.id, true, () => reveal(query.id, answer.id))}
        />
      </fieldset>
      <button type="button" className="tool ms-auto" onClick={() => reveal(query.id, null)}>
        <Icon name="eye" />
        Reveal
      </button>
      <p role="status" className="text-sm text-bad empty:hidden">
        {failed && "Not kept; try again."}
      </p>
    </section>
  );
}

/** Who was who: the person's choice beside our pick. It takes the focus from the button that has just gone. */
export function Revealed({ query, chosen, fresh }: { query: Query; chosen: string | null; fresh: boolean }) {
  const note = useRef<HTMLParagraphElement>(null);
  const nameOf = useModelNames();
  useEffect(() => {
    if (fresh) note.current?.focus({ preventScroll: true });
  }, [fresh]);
  const panel = drawn(query);
  const called = (id: string | null) => {
    const place = panel.findIndex((attempts) => attempts.some((answer) => answer.id === id));
    const answer = panel[place]?.find((one) => one.id === id);
    return answer && `${letter(place)}, ${nameOf(answer)}`;
  };
  const yours = called(chosen);
  const ours = called(query.best);
  const told = yours ? `You chose ${yours}.` : panel.map((a) => a.map((b) => called(b.id)).at(-1)).join("; ");
  const pick = chosen !== null && chosen === query.best ? "So did we." : ours && `Our pick: ${ours}.`;
  return (
    <p
      ref={note}
      tabIndex={-1}
      className="flex items-center gap-3 rounded-card border border-line bg-surface px-4 py-3 text-sm outline-none"
    >
      <span className="text-accent">
        <Icon name={yours ? "check" : "eye"} size={18} />
      </span>
      <span>
        {yours ? <strong className="font-semibold">{told}</strong> : `${told}.`} {pick}
        {pick && query.too_close && " It is too close to call."}
      </span>
    </p>
  );
}
