import { useEffect, useState } from "react";

/** Seconds that are left of `seconds`, counted from `since` (a moment in milliseconds). */
export function useCountdown(seconds: number, since: number): number {
  const [now, setNow] = useState(Date.now);
  const left = Math.max(0, Math.ceil(seconds - (now - since) / 1000));
  useEffect(() => {
    setNow(Date.now());
    if (seconds <= 0) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [seconds]);
  return seconds > 0 ? left : 0;
}
