import { useQuery } from "@tanstack/react-query";
import type { Model } from "@trillm/sdk";
import { useMemo } from "react";
import { readModels } from "../offline/kept.ts";
import { keyOf } from "./run.ts";

/** The models of this server; asked once, as they change with its settings only. */
export function useModels() {
  return useQuery({ queryKey: ["models"], queryFn: ({ signal }) => readModels(signal), staleTime: 60_000 });
}

/** How people know a model: its label without the remark in brackets, or its own name where no label is known. */
export function useModelNames(): (model: { provider: string; model: string }) => string {
  const { data } = useModels();
  const models = data?.models;
  return useMemo(() => {
    const names = new Map((models ?? []).map((model) => [keyOf(model), shortName(model)]));
    return (model) => names.get(keyOf(model)) ?? model.model;
  }, [models]);
}

export const shortName = (model: Model) => model.label.replace(/\s*\([^)]*\)\s*$/, "") || model.model;
