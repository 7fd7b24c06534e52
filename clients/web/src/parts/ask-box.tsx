import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { type FormEvent, type KeyboardEvent, lazy, Suspense, useLayoutEffect, useRef, useState } from "react";
import { sends } from "../first-input.ts";
import { keyOf } from "../state/run.ts";
import { useSettings } from "../state/settings.ts";
import { LONGEST_QUESTION, lengthOf, useAsking } from "../state/use-asking.ts";
import { useModels } from "../state/use-models.ts";
import { clock, count, sentences } from "../text/format.ts";
import { AskOptions } from "./ask-options.tsx";
import { Icon } from "./icon.tsx";
import { Panel } from "./panel.tsx";

const VoiceButton = lazy(() => import("../voice/voice-button.tsx"));

/** The question box: the draft outlives reloads and refusals, and only an accepted question empties it. */
export function AskBox() {
  const { draft, setDraft, muted, shortcuts, blind, economy, judge } = useSettings();
  const field = useRef<HTMLTextAreaElement>(null);
  const [trouble, setTrouble] = useState("");
  const models = useModels();
  const available = (models.data?.models ?? []).filter((model) => model.available);
  const panel = available.filter((model) => model.in_panel).map(keyOf);
  const chosen = panel.filter((key) => !muted.includes(key));

  const request = {
    question: draft,
    ...(chosen.length < panel.length && { models: chosen }),
    // What is as the server is set is left to it. One answer alone leaves nothing to compare blind.
    ...(blind ? { economy: false } : economy && { economy }),
    ...(judge !== "auto" && { judge }),
  };
  const { ask, waiting, problem, wait } = useAsking(request, { blind, onAccepted: () => setDraft("") });
  const length = lengthOf(draft);
  const noModel = models.isSuccess && chosen.length === 0;
  const cannot = !draft.trim() || length > LONGEST_QUESTION || waiting || wait > 0 || noModel;

  // Before the page takes over from its frame, which hears this key until then.
  useLayoutEffect(() => {
    if (!shortcuts) return;
    const focus = (event: globalThis.KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.matches("input, textarea, select");
      if (event.key !== "/" || typing) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener("keydown", focus);
    return () => document.removeEventListener("keydown", focus);
  }, [shortcuts]);

  const submit = (form: HTMLFormElement | null) => {
    // Where the page has only just taken over, what was written before is not drawn yet: it is sent when it is.
    if (useSettings.getState().draft !== draft) setTimeout(() => form?.requestSubmit());
    else if (!cannot) ask();
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    submit(event.currentTarget);
  };
  const takeSaid = (text: string) => {
    setDraft([useSettings.getState().draft.trimEnd(), text].filter(Boolean).join(" "));
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (!sends(event.nativeEvent)) return;
    event.preventDefault();
    submit(event.currentTarget.form);
  };

  return (
    <form onSubmit={onSubmit} className="card w-full focus-within:border-line-strong">
      <label htmlFor="question" className="sr-only">
        <Trans>Your question</Trans>
      </label>
      <textarea
        ref={field}
        id="question"
        dir="auto"
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={onKey}
        rows={3}
        autoComplete="off"
        placeholder={t`Ask anything`}
        aria-describedby="question-count"
        aria-invalid={length > LONGEST_QUESTION}
        className="scroll-slim block h-32 w-full resize-none rounded-t-card bg-transparent px-5 pt-5 text-lg leading-relaxed outline-none placeholder:text-soft"
      />
      <div className="flex h-14 items-center gap-2 pe-3">
        <Panel models={available} loading={models.isPending} failed={models.isError} />
        <AskOptions />
      </div>
      <div className="flex min-h-16 items-center gap-3 border-t border-line px-3 py-2.5 ps-5">
        <Status length={length} problem={trouble || problem} wait={wait} noModel={noModel} />
        <Suspense>
          {models.isSuccess && (
            <VoiceButton transcribes={models.data.transcribes} onSaid={takeSaid} onTrouble={setTrouble} />
          )}
        </Suspense>
        <button type="submit" className="button min-w-24" disabled={cannot}>
          {waiting ? t`Asking` : t`Ask`}
          <Icon name="arrow" />
        </button>
      </div>
    </form>
  );
}

function Status(props: { length: number; problem: string | undefined; wait: number; noModel: boolean }) {
  const { length, problem, wait, noModel } = props;
  const over = length - LONGEST_QUESTION;
  const said =
    (wait > 0 && sentences(problem, t`Again in ${clock(wait)}.`)) ||
    (noModel && t`Choose at least one model.`) ||
    (over > 0 && plural(over, { one: "# character too many.", other: "# characters too many." })) ||
    problem;
  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 text-xs">
      <span
        id="question-count"
        className={`min-w-18 tabular-nums ${over > 0 ? "font-semibold text-bad" : "text-soft"}`}
      >
        <Trans>
          {count(length)} / {count(LONGEST_QUESTION)}
          <span className="sr-only"> characters</span>
        </Trans>
      </span>
      <span role="status" className="min-w-0 text-bad">
        {said}
      </span>
    </div>
  );
}
