import { useMutation } from "@tanstack/react-query";
import { ProblemError, type QueryRequest, requestKey } from "@trillm/sdk";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { service } from "../api/client.ts";
import { results } from "../pages/chunks.tsx";
import { problemWords } from "../text/failure.ts";
import { useBlind } from "./blind.ts";
import { useCountdown } from "./use-countdown.ts";

/** Characters; the service counts them, not UTF-16 units. */
export const LONGEST_QUESTION = 1000;
export const lengthOf = (question: string) => [...question].length;

/** Asks and goes to the result. A request whose reply was lost is not bought twice: it goes out under the same key. */
export function useAsking(request: QueryRequest, { blind, onAccepted }: { blind: boolean; onAccepted(): void }) {
  const hide = useBlind((blinds) => blinds.hide);
  const [, navigate] = useLocation();
  const body = JSON.stringify(request);
  const key = useMemo(() => ({ body, value: requestKey() }), [body]);
  const asking = useMutation({
    mutationFn: () => service.ask(request, key.value),
    onSuccess: ({ id: queryId }) => {
      if (blind) hide(queryId);
      onAccepted();
      navigate(`/results/${queryId}`);
    },
  });
  const problem = asking.error instanceof ProblemError ? asking.error.problem : null;
  const wait = useCountdown(problem?.status === 429 ? (problem.retry_after ?? 0) : 0, asking.submittedAt);
  const refusal = problem && problemWords(problem);
  const ask = () => {
    results.preload();
    asking.mutate();
  };
  return { ask, waiting: asking.isPending, problem: refusal?.detail || refusal?.title, wait };
}
