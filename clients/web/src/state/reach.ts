import { useSyncExternalStore } from "react";
import { create } from "zustand";

interface Reach {
  /** Whether the service answered when it was asked last. */
  reachable: boolean;
  reached(reachable: boolean): void;
}

export const useReach = create<Reach>((set) => ({
  reachable: true,
  reached: (reachable) => set({ reachable }),
}));

/** Whether the browser has a network, as far as it knows. */
export const useOnline = () =>
  useSyncExternalStore(
    listen,
    () => navigator.onLine,
    () => true,
  );

/** Whether only what is kept here can be had. */
export function useOffline(): boolean {
  const online = useOnline();
  return !useReach((reach) => reach.reachable) || !online;
}

function listen(changed: () => void) {
  addEventListener("online", changed);
  addEventListener("offline", changed);
  return () => {
    removeEventListener("online", changed);
    removeEventListener("offline", changed);
  };
}
