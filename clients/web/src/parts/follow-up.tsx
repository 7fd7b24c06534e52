import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { Answer, Query } from "@trillm/sdk";
import { type FormEvent, useEffect, useRef } from "react";
import { sends } from "../first-input.ts";
import { followed, useFollowUps } from "../state/follow-up.ts";
import { keyOf } from "../state/run.ts";
import { useSettings } from "../state/settings.ts";
import { LONGEST_QUESTION, lengthOf, useAsking } from "../state/use-asking.ts";
import { useEverybody } from "../state/use-everybody.ts";
import { useModelNames } from "../state/use-models.ts";
import { clock, count, sentences } from "../text/format.ts";
import { Icon } from "./icon.tsx";
import { ModelMark, marksIn } from "./model-mark.tsx";

/** Goes on from an answer of a finished query: with who wrote it, or with all. */
export function FollowUp({ query }: { query: Query }) {
  const chosen = useFollowUps((state) => state.chosen[query.id]);
  const answer = followed(query, chosen);
  return answer ? <Composer query={query} answer={answer} /> : null;
}

function Composer({ query, answer }: { query: Query; answer: Answer }) {
  const draft = useFollowUps((state) => state.drafts[query.id] ?? "");
  const { write, everybody, askEverybody, called, arrive } = useFollowUps();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!called) return;
    field.current?.focus();
    arrive();
  }, [called, arrive]);
  const { blind, economy, judge } = useSettings();
  const all = useEverybody(query);
  const nameOf = useModelNames();
  const mark = marksIn(query).get(keyOf(answer));
  const alone = !everybody || all.length < 2;
  const { ask, waiting, problem, wait } = useAsking(
    {
      question: draft,
      follows: answer.id,
      models: alone ? [keyOf(answer)] : all,
      ...(blind || alone ? { economy: false } : economy && { economy }),
      ...(judge !== "auto" && { judge }),
    },
    { blind: blind && !alone, onAccepted: () => write(query.id, "") },
  );
  const over = lengthOf(draft) - LONGEST_QUESTION;
  const cannot = !draft.trim() || over > 0 || waiting || wait > 0;
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (!cannot) ask();
  };
  const said =
    (wait > 0 && sentences(problem, t`Again in ${clock(wait)}.`)) ||
    (over > 0 && plural(over, { one: "# character too many.", other: "# characters too many." })) ||
    problem;

  return (
    <section aria-labelledby="follow-up-title" className="mt-2 print:hidden">
      <h2 id="follow-up-title" className="mb-3 flex min-w-0 items-center gap-2 text-sm">
        <span className="shrink-0 font-semibold">
          <Trans>Follow up</Trans>
        </span>
        <span className="flex min-w-0 items-center gap-1.5 text-soft">
          <span className="shrink-0">
            <Trans>Answer:</Trans>
          </span>
          <ModelMark mark={mark} />
          <span dir="auto" className="truncate font-medium text-ink">
            {nameOf(answer)}
          </span>
        </span>
      </h2>
      <form onSubmit={submit} className="card focus-within:border-line-strong">
        <label htmlFor="follow-up" className="sr-only">
          <Trans>Your next question</Trans>
        </label>
        <textarea
          id="follow-up"
          ref={field}
          value={draft}
          onChange={(event) => write(query.id, event.target.value)}
          onKeyDown={(event) => {
            if (!sends(event.nativeEvent)) return;
            event.preventDefault();
            submit();
          }}
          rows={2}
          placeholder={t`Follow up…`}
          aria-describedby="follow-up-said"
          aria-invalid={over > 0}
          className="scroll-slim block w-full resize-none rounded-t-card bg-transparent px-4 pt-4 pb-2 leading-relaxed outline-none placeholder:text-soft sm:px-5"
        />
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 pb-3">
          {all.length > 1 && (
            <fieldset className="grid min-w-0 grid-cols-2 gap-1 rounded-control bg-sunken p-1">
              <legend className="sr-only">
                <Trans>Who answers</Trans>
              </legend>
              <Choice checked={alone} onChoose={() => askEverybody(false)}>
                <ModelMark mark={mark} />
                <span className="truncate">
                  <Trans>Only {nameOf(answer)}</Trans>
                </span>
              </Choice>
              <Choice checked={!alone} onChoose={() => askEverybody(true)}>
                <Trans>All {count(all.length)} models</Trans>
              </Choice>
            </fieldset>
          )}
          <p id="follow-up-said" role="status" className="min-w-0 flex-1 text-xs text-bad">
            {said}
          </p>
          <button type="submit" className="button ms-auto min-w-24" disabled={cannot}>
            {waiting ? t`Asking` : t`Ask`}
            <Icon name="arrow" />
          </button>
        </div>
      </form>
    </section>
  );
}

function Choice(props: { checked: boolean; onChoose(): void; children: React.ReactNode }) {
  return (
    <label className="flex min-h-11 min-w-0 items-center justify-center gap-2 rounded-[0.45rem] px-3 text-sm font-medium text-soft transition-colors has-checked:bg-surface has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent md:min-h-8">
      <input type="radio" name="who" className="sr-only" checked={props.checked} onChange={props.onChoose} />
      {props.children}
    </label>
  );
}
