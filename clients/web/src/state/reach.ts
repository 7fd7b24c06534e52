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
