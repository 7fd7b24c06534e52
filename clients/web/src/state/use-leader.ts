import { useEffect, useState } from "react";

const CALM_MS = 1000;

/**
 * The leader as shown (any text that names who leads): it changes at most once a second while answers come, at once when the pick is final, and never
 * under the reader's hands (`isBusy`).
 * `challenger` is the true leader when it is not the one shown; `show` brings it up at once.
 */
export function useLeader(best: string | null, final: boolean, isBusy: () => boolean) {
  const [shown, setShown] = useState({ id: best, since: 0 });
  const challenger = best !== null && best !== shown.id ? best : null;

  useEffect(() => {
    if (!challenger) return;
    const change = () => setShown({ id: challenger, since: Date.now() });
    if (shown.id === null || (final && !isBusy())) return change();
    const timer = setInterval(() => (final || Date.now() - shown.since >= CALM_MS) && !isBusy() && change(), 200);
    return () => clearInterval(timer);
  }, [challenger, shown, final, isBusy]);

  return { leader: shown.id, challenger, show: () => challenger && setShown({ id: challenger, since: Date.now() }) };
}
