import { Trans } from "@lingui/react/macro";
import { type ComponentType, createContext, lazy, Suspense, useContext, useState } from "react";

const Again = createContext(() => {});

/** A part in a chunk of its own. Where the chunk cannot be had it says so in its place; a `quiet` one is left out. */
export function late<Props extends object>(load: () => Promise<ComponentType<Props>>, { quiet = false } = {}) {
  const fetch = () => lazy(async () => ({ default: await load().catch(() => (quiet ? Nothing : Missed)) }));
  let part = fetch();
  return function Late({ waiting = null, ...props }: Props & { waiting?: React.ReactNode }) {
    const [Part, setPart] = useState(() => part);
    const again = () => {
      part = fetch();
      setPart(() => part);
    };
    return (
      <Again value={again}>
        <Suspense fallback={waiting}>
          <Part {...(props as unknown as Props & object)} />
        </Suspense>
      </Again>
    );
  };
}

const Nothing: ComponentType<object> = () => null;

function Missed() {
  const again = useContext(Again);
  return (
    <p role="alert" className="flex flex-wrap items-center gap-x-3 text-sm text-soft">
      <Trans>This part could not be loaded.</Trans>
      <button type="button" className="button-soft" onClick={again}>
        <Trans>Try again</Trans>
      </button>
    </p>
  );
}
