import { useMutation } from "@tanstack/react-query";
import type { Query } from "@trillm/sdk";
import { service } from "../api/client.ts";

/** Asks one model again, by the id of an answer of its; `kept` is told when the service has taken it. */
export const useRetry = (query: Query, kept: () => void) =>
  useMutation({ mutationFn: (id: string) => service.retry(query.id, id), onSuccess: kept });
