import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { ProblemError, requestKey } from "@trillm/sdk";
import { type FormEvent, type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import { useLocation } from "wouter";
import { service } from "../api/client.ts";
import { results } from "../pages/chunks.tsx";
import { useBlind } from "../state/blind.ts";
import { keyOf } from "../state/run.ts";
import { useSettings } from "../state/settings.ts";
import { useCountdown } from "../state/use-countdown.ts";
import { useModels } from "../state/use-models.ts";
import { problemWords } from "../text/failure.ts";
import { clock, count, sentences } from "../text/format.ts";
import { AskOptions } from "./ask-options.tsx";
import { Icon } from "./icon.tsx";
import { Panel } from "./panel.tsx";

export const LONGEST_QUESTION = 1000;

/** The question box: the draft outlives reloads and refusals, and only an accepted question empties it. */
export function AskBox() {
  const { draft, setDraft, muted, shortcuts, blind, economy, judge } = useSettings();
  const hide = useBlind((blinds) => blinds.hide);
  const field = useRef<HTMLTextAreaElement>(null);
  const [, navigate] = useLocation();
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
  // A question whose reply was lost is not bought twice: the same request goes out under the same key.
  const body = JSON.stringify(request);
  const key = useMemo(() => ({ body, value: requestKey() }), [body]);

  const asking = useMutation({
    mutationFn: () => service.ask(request, key.value),
    onSuccess: async ({ id: queryId }) => {
      if (blind) hide(queryId);
      setDraft("");
      navigate(`/results/${queryId}`);
    },
  });
  const problem = asking.error instanceof ProblemError ? asking.error.problem : null;
  const refusal = problem && problemWords(problem);
  const wait = useCountdown(problem?.status === 429 ? (problem.retry_after ?? 0) : 0, asking.submittedAt);
  // The service counts characters, not UTF-16 units.
  const length = [...draft].length;
  const noModel = models.isSuccess && chosen.length === 0;
  const cannot = !draft.trim() || length > LONGEST_QUESTION || asking.isPending || wait > 0 || noModel;

  useEffect(() => {
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

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (cannot) return;
    results.preload();
    asking.mutate();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    const wanted = event.ctrlKey || event.metaKey || matchMedia("(pointer: fine)").matches;
    if (!wanted) return;
    event.preventDefault();
    submit();
  };

  return (
    <form onSubmit={submit} className="card w-full focus-within:border-line-strong">
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
        <Status length={length} problem={refusal?.detail || refusal?.title} wait={wait} noModel={noModel} />
        <button type="submit" className="button min-w-24" disabled={cannot}>
          {asking.isPending ? t`Asking` : t`Ask`}
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
