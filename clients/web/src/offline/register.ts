import { create } from "zustand";

const HOUR_MS = 3_600_000;

interface Update {
  /** A newer build of the page that waits for its turn. */
  waiting: ServiceWorker | null;
}

export const useUpdate = create<Update>(() => ({ waiting: null }));

/** Lets the worker keep the page, once the page has shown itself; a browser that cannot simply has no offline page. */
export function registerWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  if (document.readyState === "complete") void register();
  else addEventListener("load", () => void register(), { once: true });
}

async function register(): Promise<void> {
  try {
    const registration = await navigator.serviceWorker.register(workerAddress());
    const look = () => {
      // The first worker of all replaces nobody.
      if (registration.waiting && registration.active) useUpdate.setState({ waiting: registration.waiting });
    };
    look();
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", look);
    });
    setInterval(() => void registration.update().catch(() => undefined), HOUR_MS);
  } catch {
    // Workers are blocked here, as in some private windows: the page works, but not offline.
  }
}

/** Puts the newer build in charge and shows it. */
export function takeUpdate(waiting: ServiceWorker): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("take over");
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** The one script address that the page ever names; its policy lets no other through. */
function workerAddress(): string {
  const address = "/sw.js";
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  return types?.createPolicy("trillm-worker", { createScriptURL: () => address }).createScriptURL("") ?? address;
}
