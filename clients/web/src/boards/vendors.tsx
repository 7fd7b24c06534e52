import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { service } from "../api/client.ts";
import { ModelMark, marksOf } from "../parts/model-mark.tsx";
import { keyOf } from "../state/run.ts";
import { shortName, useModels } from "../state/use-models.ts";
import { Panel } from "./panel.tsx";

const LOOK_MS = 30_000;

/** Whether the models that answer here can be asked just now; one that fails again and again is left alone. */
export function Vendors() {
  const { data: models } = useModels();
  const { data: health } = useQuery({
    queryKey: ["health"],
    queryFn: ({ signal }) => service.health(signal),
    refetchInterval: LOOK_MS,
  });
  const panel = models?.models.filter((model) => model.in_panel) ?? [];
  if (!health || panel.length === 0) return null;
  const marks = marksOf(panel.map(keyOf));
  const resting = health.vendors.flatMap((vendor) => vendor.resting);
  return (
    <Panel
      title={t`Ready to answer`}
      note={t`As things stand; a model that fails again and again is left alone for a moment`}
    >
      <ul className="grid gap-2.5">
        {panel.map((model) => {
          const well = model.available && !resting.includes(model.key);
          return (
            <li key={model.key} className="flex items-center gap-2 text-sm">
              <ModelMark mark={marks.get(keyOf(model))} />
              <span dir="auto" className="min-w-0 truncate font-medium">
                {shortName(model)}
              </span>
              <span className={`badge ms-auto ${well ? "bg-sunken text-soft" : "bg-bad-soft text-bad"}`}>
                {well ? t`ready` : t`not now`}
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
