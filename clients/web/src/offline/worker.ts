/// <reference lib="webworker" />
/**
 * The service worker: keeps the page itself, so that it opens with no network. It never sees what is asked or answered:
 * the API's addresses are left to the browser, and what is kept of them the page keeps by itself (kept.ts).
 */
const worker = self as unknown as ServiceWorkerGlobalScope;
/** Written in front of the built file: every file that the page is made of, and what tells one build from another. */
declare const FILES: string[];
declare const VERSION: string;

const SHELL = `trillm-page-${VERSION}`;
/** A network that is there but does not answer is as good as none. */
const PATIENCE_MS = 4000;

worker.addEventListener("install", (event) => {
  // What carries its hash in its name may come from the browser's cache; the rest has to be this build's.
  const fresh = (path: string): RequestInit => ({ cache: path.startsWith("/assets/") ? "default" : "reload" });
  event.waitUntil(
    caches.open(SHELL).then((shell) => shell.addAll(FILES.map((path) => new Request(path, fresh(path))))),
  );
});

worker.addEventListener("activate", (event) => {
  const old = (name: string) => name.startsWith("trillm-page-") && name !== SHELL;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(worker.skipWaiting());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin || /^\/(api|v1|metrics)\b/.test(url.pathname))
    return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (FILES.includes(url.pathname)) event.respondWith(kept(url.pathname).then((file) => file ?? fetch(request)));
});

const kept = (path: string) => caches.open(SHELL).then((shell) => shell.match(path));

/** The server's page where it can be had. What another app shares stays in its address, and so on this machine. */
async function page(request: Request, url: URL): Promise<Response> {
  const shell = await kept("/");
  if (!shell) return fetch(request);
  if (url.searchParams.has("text") || url.searchParams.has("title") || url.searchParams.has("url")) return shell;
  const late = new Promise<Response>((resolve) => setTimeout(resolve, PATIENCE_MS, shell));
  return Promise.race([fetch(request).catch(() => shell), late]);
}
