// @vitest-environment node
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createClient, ProblemError } from "../src/index.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A real server on loopback that gives every request the same reply, and a client of it. */
async function serve(status: number, body: string, headers: Record<string, string> = {}) {
  const seen: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body: text });
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body);
  });
  await new Promise<void>((ready) => server?.listen(0, "127.0.0.1", ready));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { seen, client: createClient({ baseUrl, headers: { "X-Session-ID": "s".repeat(24) } }) };
}

const failureOf = async (reply: Promise<unknown>) => {
  const error = await reply.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProblemError);
  return (error as ProblemError).problem;
};

describe("the client", () => {
  it("asks without waiting, under the key that it is given", async () => {
    const { client, seen } = await serve(202, '{"id": "q"}');
    expect(await client.ask({ question: "Why?" }, "key-1")).toEqual({ id: "q" });
    expect(seen[0]).toMatchObject({ method: "POST", url: "/api/query", body: '{"question":"Why?"}' });
    expect(seen[0]?.headers).toMatchObject({
      accept: "application/json",
      "idempotency-key": "key-1",
      prefer: "respond-async",
      "x-session-id": "s".repeat(24),
    });
  });

  it("makes a key of its own for every paid request that has none", async () => {
    const { client, seen } = await serve(202, "{}");
    await client.retry("q", "a");
    await client.retry("q", "a");
    expect(seen.map((request) => request.url)).toEqual([
      "/api/query/q/responses/a/retry",
      "/api/query/q/responses/a/retry",
    ]);
    expect(new Set(seen.map((request) => request.headers["idempotency-key"]))).toHaveProperty("size", 2);
  });

  it("leaves out of an address what is not wanted, and escapes what is", async () => {
    const { client, seen } = await serve(200, '{"queries": [], "next_cursor": null}');
    await client.history({ search: "a b&c", cursor: null, limit: 5 });
    await client.query("../x");
    expect(seen.map((request) => request.url)).toEqual(["/api/history?search=a+b%26c&limit=5", "/api/query/..%2Fx"]);
  });

  it("takes a reply without a body for what it is", async () => {
    const { client, seen } = await serve(204, "");
    expect(await client.remove("q")).toBeUndefined();
    expect(seen[0]?.method).toBe("DELETE");
  });

  it("throws the problem document of a refusal, with the time to wait", async () => {
    const body = '{"type": "urn:trillm:problem:limit-exceeded", "title": "Too many questions", "status": 429}';
    const { client } = await serve(429, body, { "retry-after": "7" });
    expect(await failureOf(client.ask({ question: "Why?" }))).toMatchObject({ status: 429, retry_after: 7 });
  });

  it("makes a problem document of a page that somebody between put in its place", async () => {
    const { client } = await serve(502, "<h1>Bad gateway</h1>");
    expect(await failureOf(client.models())).toMatchObject({ type: "about:blank", status: 502 });
  });

  it("says that the service cannot be reached", async () => {
    const { client } = await serve(200, "{}");
    await new Promise((closed) => server?.close(closed));
    expect(await failureOf(client.health())).toMatchObject({ type: "offline", status: 0 });
  });

  it("lets whoever stops a request see that they stopped it", async () => {
    const { client } = await serve(200, "{}");
    const stopped = await client.stats(7, AbortSignal.abort()).catch((error: unknown) => error);
    expect(stopped).toMatchObject({ name: "AbortError" });
  });
});
