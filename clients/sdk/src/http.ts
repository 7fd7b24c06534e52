import type { Client } from "openapi-fetch";
import type { paths } from "./api.ts";
import { ProblemError, problemOf } from "./problem.ts";

/** The verbs of openapi-fetch, by its types: which paths there are, and what each of them takes. */
export type Http = Pick<Client<paths, "application/json">, "GET" | "POST" | "PATCH" | "DELETE">;

interface Init {
  params?: { path?: Record<string, string>; query?: Record<string, unknown>; header?: Record<string, string> };
  body?: unknown;
  signal?: AbortSignal;
}

/** Its types without its code, of which a page would load 2 kB to use a tenth. Throws what is not a success. */
export function createHttp(baseUrl: string, headers: Record<string, string>): Http {
  const verb =
    (method: string) =>
    async (path: string, init: Init = {}) => {
      const response = await send(baseUrl + addressOf(path, init.params), {
        method,
        keepalive: method === "PATCH" || method === "DELETE", // leaving the page does not take back what was done on it
        headers: {
          accept: "application/json",
          ...headers,
          ...init.params?.header,
          ...(isJson(init) ? JSON_BODY : null),
        },
        ...(isJson(init) ? { body: JSON.stringify(init.body) } : init.body instanceof Blob && { body: init.body }),
        ...(init.signal ? { signal: init.signal } : null),
      });
      if (!response.ok) throw new ProblemError(await problemOf(response));
      return { data: response.status === 204 ? undefined : await response.json(), response };
    };
  return { GET: verb("GET"), POST: verb("POST"), PATCH: verb("PATCH"), DELETE: verb("DELETE") } as unknown as Http;
}

/** A file goes as it is, under its own media type. */
const isJson = ({ body }: Init) => body !== undefined && !(body instanceof Blob);
const JSON_BODY = { "content-type": "application/json" };

function addressOf(path: string, { path: names = {}, query = {} }: NonNullable<Init["params"]> = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ""));
  const wanted = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const search = new URLSearchParams(wanted.map(([name, value]) => [name, String(value)]));
  return search.size ? `${filled}?${search}` : filled;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ProblemError({ type: "offline", title: "The service cannot be reached", status: 0 });
  }
}
