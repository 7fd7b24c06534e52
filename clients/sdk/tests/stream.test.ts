// @vitest-environment node
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { backoff, follow, ProblemError, type QueryEvent, retryAfter } from "../src/index.ts";

type Script = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A real server on loopback that plays one script for each connection, the last one for ever. */
async function serve(...scripts: Script[]) {
  const requests: IncomingMessage[] = [];
  server = createServer((request, response) => {
    requests.push(request);
    (scripts[Math.min(requests.length, scripts.length) - 1] as Script)(request, response);
  });
  await new Promise<void>((ready) => server?.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
}

const block = (id: number, type: string, data: unknown) =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
const delta = (id: number, text: string) => block(id, "response.delta", { response_id: "a", text });
const done = (id: number) => block(id, "done", { id: "q", status: "complete" });
const events = (...blocks: string[]): Script => {
  return (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(blocks.join(""));
  };
};
const problem = (status: number, headers: Record<string, string> = {}): Script => {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/problem+json", ...headers });
    response.end(JSON.stringify({ type: "urn:x", title: "No", status, detail: "Not now." }));
  };
};

function reader(signal = new AbortController().signal) {
  const seen: QueryEvent[] = [];
  const states: string[] = [];
  const text = () => seen.map((event) => (event.type === "response.delta" ? event.data.text : "")).join("");
  const follower = {
    signal,
    wait: () => 1,
    onEvent: (event: QueryEvent) => void seen.push(event),
    onConnection: (state: string) => void states.push(state),
  };
  return { seen, states, text, follower };
}

describe("following a query", () => {
  it("ends with done and asks only once", async () => {
    const { url, requests } = await serve(events(delta(1, "Hel"), delta(2, "lo"), done(3)));
    const { follower, text, states } = reader();
    expect(await follow({ url }, follower)).toEqual({ id: "q", status: "complete" });
    expect(text()).toBe("Hello");
    expect(states).toEqual(["live"]);
    expect(requests.map((request) => request.headers.accept)).toEqual(["text/event-stream"]);
  });

  it("goes on after a cut where it stopped, with no text lost or doubled", async () => {
    const cut: Script = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write([delta(1, "one "), delta(2, "two "), "id: 3\nevent: response.delta\ndata: {"].join(""));
      setTimeout(() => response.destroy(), 20);
    };
    const { url, requests } = await serve(cut, events(delta(3, "three"), done(4)));
    const { follower, text, states } = reader();
    await follow({ url }, follower);
    expect(text()).toBe("one two three");
    expect(requests.map((request) => request.headers["last-event-id"])).toEqual([undefined, "2"]);
    expect(states).toEqual(["live", "reconnecting", "live"]);
  });

  it("reads on when its reader is ready, and has lost nothing of what came meanwhile", async () => {
    const slow: Script = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(delta(1, "one "));
      went = () => response.end([delta(2, "two "), delta(3, "three"), done(4)].join(""));
    };
    let went = () => {};
    const { url } = await serve(slow);
    const { follower, text } = reader();
    const told: string[] = [];
    const onPause = () => {
      told.push(text());
      went();
      return new Promise<void>((resolve) => setTimeout(resolve, 20));
    };
    expect(await follow({ url }, { ...follower, onPause })).toEqual({ id: "q", status: "complete" });
    expect(told[0]).toBe("one ");
    expect(text()).toBe("one two three");
  });

  it("keeps a letter whole that arrives in two parts", async () => {
    const halves: Script = (_, response) => {
      const bytes = Buffer.from(delta(1, "Grüße") + done(2));
      const middle = bytes.indexOf("ü") + 1;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(bytes.subarray(0, middle));
      setTimeout(() => response.end(bytes.subarray(middle)), 20);
    };
    const { url } = await serve(halves);
    const { follower, text } = reader();
    await follow({ url }, follower);
    expect(text()).toBe("Grüße");
  });

  it("comes back after a stream that ended without done, and after errors of the service", async () => {
    const { url, requests } = await serve(events(delta(7, "a")), problem(503), events(delta(8, "b"), done(9)));
    const { follower, text } = reader();
    await follow({ url }, follower);
    expect(text()).toBe("ab");
    expect(requests).toHaveLength(3);
  });

  it("puts characters together that were cut in two on the wire", async () => {
    const bytes = Buffer.from(delta(1, "naïve 🦊") + done(2));
    const torn: Script = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const byte of bytes) response.write(Buffer.from([byte]));
      response.end();
    };
    const { url } = await serve(torn);
    const { follower, text } = reader();
    await follow({ url }, follower);
    expect(text()).toBe("naïve 🦊");
  });

  it("passes over comments and lines that are no JSON", async () => {
    const { url } = await serve(
      events(": still here\n\n", "id: 1\nevent: query\ndata: {oops\n\n", delta(2, "x"), done(3)),
    );
    const { follower, text } = reader();
    await follow({ url }, follower);
    expect(text()).toBe("x");
  });

  it.each([400, 401, 403, 404, 410, 422])("takes %i as final and says what the service said", async (status) => {
    const { url, requests } = await serve(problem(status));
    const failure = await follow({ url }, reader().follower).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProblemError);
    expect((failure as ProblemError).problem).toMatchObject({ status, detail: "Not now." });
    expect(requests).toHaveLength(1);
  });

  it("waits as long as a limit asks for before it comes back", async () => {
    const { url, requests } = await serve(problem(429, { "retry-after": "0.05" }), events(done(1)));
    await follow({ url }, reader().follower);
    expect(requests).toHaveLength(2);
  });

  it("lets go of the connection when nobody listens any more", async () => {
    const closed = new Promise<void>((resolve) => {
      const open: Script = (request, response) => {
        request.on("close", () => resolve());
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(delta(1, "x"));
      };
      void serve(open).then(({ url }) => {
        const leaving = new AbortController();
        const { follower } = reader(leaving.signal);
        void follow({ url }, { ...follower, onEvent: () => leaving.abort() });
      });
    });
    await closed;
  });

  it("stops waiting at once when it is told to stop between two tries", async () => {
    const { url } = await serve(problem(503));
    const leaving = new AbortController();
    const { follower } = reader(leaving.signal);
    const following = follow({ url }, { ...follower, wait: () => 60_000, onConnection: () => leaving.abort() });
    expect(await following).toBeNull();
  });
});

describe("the wait between two tries", () => {
  it("grows, has a ceiling, and is spread at random", () => {
    const waits = Array.from({ length: 200 }, () => backoff(20));
    expect(Math.max(...waits)).toBeLessThanOrEqual(15_000);
    expect(new Set(waits).size).toBeGreaterThan(100);
    expect(backoff(0)).toBeLessThanOrEqual(400);
  });

  it("reads both forms of Retry-After", () => {
    expect(retryAfter("42")).toBe(42);
    expect(retryAfter("Sun, 22 Nov 2026 12:00:10 GMT", Date.parse("2026-11-22T12:00:00Z"))).toBe(10);
    expect(retryAfter("soon")).toBeNull();
    expect(retryAfter(null)).toBeNull();
  });
});
