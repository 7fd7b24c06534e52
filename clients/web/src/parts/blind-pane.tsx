import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Query } from "@trillm/sdk";
import { useEffect, useRef } from "react";
import { drawn, letter, NONE, useBlind } from "../state/blind.ts";
import { isFinal, members, newest } from "../state/run.ts";
import { useModelNames } from "../state/use-models.ts";
import { useVote } from "../state/use-vote.ts";
import { Icon } from "./icon.tsx";
import { marksIn } from "./model-mark.tsx";
import { Chips } from "./which-better.tsx";

/** In the place of our pick: the person's own, by letter. Only a choice, or wanting to know, shows the names. */
export function BlindPane({ query }: { query: Query }) {
  const reveal = useBlind((blind) => blind.reveal);
  const { pending, failed, prefer, reject } = useVote(query);
  const answers = newest(members(query)).filter((answer) => answer.text || !isFinal(answer));
  const running = query.status === "running";
  return (
    <section
      aria-labelledby="blind"
      className="card sticky top-16 z-30 flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 sm:px-5 sm:py-3"
    >
      <h2 id="blind" className="flex items-center gap-2.5 font-semibold">
        <Icon name="hidden" size={18} />
        <Trans>Which answer is better?</Trans>
      </h2>
      <button type="button" className="tool -me-2 ms-auto sm:order-2" onClick={() => pending || reveal(query.id, null)}>
        <Icon name="eye" />
        <Trans>Reveal</Trans>
      </button>
      <fieldset className="flex min-w-0 flex-wrap items-center gap-2 max-sm:basis-full">
        <legend className="sr-only">
          <Trans>The better answer</Trans>
        </legend>
        <Chips
          answers={answers}
          chosen={null}
          disabled={running}
          onChoose={(answer) => pending || prefer(answer.id, answer.id, true, () => reveal(query.id, answer.id))}
        />
        <button
          type="button"
          className="chip"
          disabled={running}
          onClick={() => pending || reject(answers, () => reveal(query.id, NONE))}
        >
          <Trans>None is right</Trans>
        </button>
        <span role="status" className="text-sm text-bad">
          {failed && t`Not kept; try again.`}
        </span>
      </fieldset>
      <p className="basis-full text-sm text-soft max-sm:hidden sm:order-3">
        {running
          ? t`You choose when all have ended. Names, costs and our pick stay hidden until then.`
          : t`Names, costs and our pick are shown once you have chosen.`}
      </p>
    </section>
  );
}

/** Who was who: the person's choice beside our pick. It takes the focus from the button that has just gone. */
export function Revealed({ query, chosen, fresh }: { query: Query; chosen: string | null; fresh: boolean }) {
  const note = useRef<HTMLParagraphElement>(null);
  const reveal = useBlind((blind) => blind.reveal);
  const { failed, prefer } = useVote(query);
  const nameOf = useModelNames();
  useEffect(() => {
    if (fresh) note.current?.focus({ preventScroll: true });
  }, [fresh]);
  const called = drawn(query).flatMap((attempts, place) =>
    attempts.map((answer) => ({ id: answer.id, name: `${letter(place)}, ${nameOf(answer)}` })),
  );
  const yours = called.find((answer) => answer.id === chosen)?.name;
  const ours = called.find((answer) => answer.id === query.best)?.name;
  return (
    <div className="grid gap-2.5 rounded-card border border-line bg-surface px-4 py-3 text-sm">
      <p ref={note} tabIndex={-1} className="flex items-center gap-3 outline-none">
        <span className="text-accent">
          <Icon name={chosen ? "check" : "eye"} size={18} />
        </span>
        <span>
          {(yours || chosen === NONE) && (
            <strong className="font-semibold">{yours ? t`You chose ${yours}.` : t`You chose none.`}</strong>
          )}{" "}
          {ours && ourPick(ours, yours === ours, query.too_close)}
        </span>
      </p>
      {chosen && (
        <fieldset className="flex min-w-0 flex-wrap items-center gap-2">
          <legend className="contents text-soft">
            <Trans>Changed your mind?</Trans>
          </legend>
          <Chips
            answers={newest(drawn(query)).filter((answer) => answer.text)}
            marks={marksIn(query)}
            chosen={chosen}
            disabled={query.status === "running"}
            onChoose={(answer) =>
              answer.id !== chosen &&
              prefer(chosen === NONE ? answer.id : chosen, answer.id, false, () => reveal(query.id, answer.id))
            }
          />
          <span role="status" className="text-bad">
            {failed && t`Not kept; try again.`}
          </span>
        </fieldset>
      )}
    </div>
  );
}

function ourPick(ours: string, same: boolean, tooClose: boolean): string {
  if (same) return tooClose ? t`So did we, and it is too close to call.` : t`So did we.`;
  return tooClose ? t`Our pick: ${ours}, and it is too close to call.` : t`Our pick: ${ours}.`;
}
