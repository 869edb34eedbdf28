/** The gateway by itself, in front of servers that stand in for the services. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Gateway } from "../../src/gateway/gateway.ts";
import type { PartHealth } from "../../src/parts.ts";
import type { Settings } from "../../src/settings.ts";
import { ask, until } from "../support/http.ts";
import { readableLog } from "../support/log.ts";
import { scratchSettings } from "../support/settings.ts";
import { Upstream } from "../support/upstream.ts";

let dataDir: string;
let settings: Settings;
let gateway: Gateway;
let base: string;
let rest: Upstream;
let auth: Upstream;
let functions: Upstream;
let storage: Upstream;
let health: Record<string, PartHealth>;
const { log, lines } = readableLog();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "gateway-"));
  settings = await scratchSettings({ dataDir });
  base = settings.apiUrl;
  gateway = new Gateway(settings, log, () => health);
  await gateway.start();
});

afterAll(async () => {
  await gateway.stop();
  await rm(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  health = { postgres: { state: "healthy", restarts: 0 } };
  lines.length = 0;
  [rest, auth, functions, storage] = [
    new Upstream(),
    new Upstream(),
    new Upstream(),
    new Upstream(),
  ];
  const { internal } = settings.ports;
  await rest.listen(internal.postgrest);
  await auth.listen(internal.auth);
  await functions.listen(internal.functions);
  await storage.listen(internal.storage);
});

afterEach(async () => {
  await Promise.all([rest, auth, functions, storage].map((one) => one.close()));
});

describe("routes", () => {
  test.each([
    ["/rest/v1/tasks?select=id&order=name.asc", "/tasks?select=id&order=name.asc"],
    ["/rest/v1/", "/"],
    ["/rest/v1", "/"],
    ["/rest/v1?a=%2F&a=b%20c", "/?a=%2F&a=b%20c"],
    ["/rest/v1/rpc/x%2Fy", "/rpc/x%2Fy"],
  ])("%s reaches PostgREST as %s", async (path, expected) => {
    await ask(base + path);
    expect(rest.last.url).toBe(expected);
  });

  test("the others reach Auth, Storage and the functions", async () => {
    await ask(`${base}/auth/v1/token?grant_type=password`, { method: "POST" });
    expect([auth.last.method, auth.last.url]).toEqual(["POST", "/token?grant_type=password"]);
    await ask(`${base}/functions/v1/hello/deep?x=1`);
    expect(functions.last.url).toBe("/hello/deep?x=1");
    await ask(`${base}/storage/v1/object/files/a%2Fb%20c?download=x`);
    expect(storage.last.url).toBe("/object/files/a%2Fb%20c?download=x");
    await ask(`${base}/storage/v1/upload/resumable/id`, { method: "PATCH" });
    expect(storage.last.url).toBe("/upload/resumable/id");
    expect(storage.last.headers["x-forwarded-prefix"]).toBe("/storage/v1");
  });

  test.each(["/rest/v12/tasks", "/restv1", "/nothing", "/auth", "/rest/v1x"])(
    "%s is nobody's",
    async (path) => {
      const answer = await ask(base + path);
      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({ code: "not_found" });
    },
  );

  test("/graphql/v1 is not there, and says so", async () => {
    const answer = await ask(`${base}/graphql/v1`, { method: "POST" });
    expect(answer.status).toBe(501);
    expect(answer.json).toMatchObject({ code: "not_implemented" });
  });

  test("a WebSocket anywhere but at Realtime gets 501 in HTTP", async () => {
    const { port } = new URL(base);
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), "127.0.0.1", () =>
        socket.write(
          "GET /rest/v1/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        ),
      );
      let text = "";
      socket.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      socket.once("error", reject);
      socket.once("close", () => resolve(text));
    });
    expect(said).toMatch(/^HTTP\/1\.1 501 /);
    expect(said).toContain("not_implemented");
  });

  test("health tells each part's state", async () => {
    const well = await ask(`${base}/health`);
    expect(well.status).toBe(200);
    expect(well.json).toEqual({ status: "ok", parts: health });
    health = { auth: { state: "restarting", restarts: 2, detail: "ended with SIGKILL" } };
    const ill = await ask(`${base}/health`);
    expect(ill.status).toBe(503);
    expect(ill.json).toEqual({ status: "degraded", parts: health });
  });
});

describe("keys", () => {
  const authorization = async (headers: Record<string, string>, path = "/rest/v1/tasks") => {
    await ask(base + path, { headers });
    return rest.last.headers.authorization;
  };

  test("a publishable key becomes the token of anon, a secret key that of service_role", async () => {
    const { publishableKey, secretKey, anonJwt, serviceRoleJwt } = settings.keys;
    expect(await authorization({ apikey: publishableKey })).toBe(`Bearer ${anonJwt}`);
    expect(await authorization({ apikey: secretKey })).toBe(`Bearer ${serviceRoleJwt}`);
    const both = { apikey: secretKey, authorization: `Bearer ${secretKey}` };
    expect(await authorization(both)).toBe(`Bearer ${serviceRoleJwt}`);
    const mixed = { apikey: publishableKey, authorization: `Bearer ${publishableKey}` };
    expect(await authorization(mixed)).toBe(`Bearer ${anonJwt}`);
  });

  test("a user's token wins over the key", async () => {
    const { publishableKey, secretKey } = settings.keys;
    for (const apikey of [publishableKey, secretKey, "wrong"]) {
      expect(await authorization({ apikey, authorization: "Bearer a.user.token" })).toBe(
        "Bearer a.user.token",
      );
    }
  });

  test("a key that is a JWT is handed on as it is, an unknown key too", async () => {
    expect(await authorization({ apikey: settings.keys.anonJwt })).toBe(settings.keys.anonJwt);
    expect(await authorization({ apikey: "sb_secret_wrong" })).toBe("sb_secret_wrong");
    expect(await authorization({})).toBeUndefined();
  });

  test("a wrong secret key never becomes a role", async () => {
    for (const key of [`${settings.keys.secretKey}x`, settings.keys.secretKey.slice(0, -1), ""]) {
      const got = await authorization({ apikey: key, authorization: `Bearer sb_secret_x` });
      expect(got).not.toContain(settings.keys.serviceRoleJwt);
    }
  });

  test("links in mails go through untouched", async () => {
    const { secretKey } = settings.keys;
    for (const path of ["verify?token=x", "callback", "authorize", ".well-known/jwks.json"]) {
      await ask(`${base}/auth/v1/${path}`, { headers: { apikey: secretKey } });
      expect(auth.last.headers.authorization).toBeUndefined();
    }
    await ask(`${base}/auth/v1/user`, { headers: { apikey: secretKey } });
    expect(auth.last.headers.authorization).toBe(`Bearer ${settings.keys.serviceRoleJwt}`);
  });

  test("functions see the caller's own headers; the token is beside them", async () => {
    const { publishableKey, secretKey, anonJwt } = settings.keys;
    await ask(`${base}/functions/v1/x`, {
      headers: { apikey: publishableKey, authorization: `Bearer ${secretKey}` },
    });
    expect(functions.last.headers.authorization).toBe(`Bearer ${secretKey}`);
    expect(functions.last.headers["sb-api-key"]).toBe(`Bearer ${anonJwt}`);
  });

  test("nobody sets the token beside by himself", async () => {
    await ask(`${base}/functions/v1/x`, { headers: { "sb-api-key": "Bearer forged" } });
    expect(functions.last.headers["sb-api-key"] ?? "").toBe("");
  });

  test("a secret key in a browser is refused", async () => {
    const { secretKey, publishableKey } = settings.keys;
    const browser = { "user-agent": "Mozilla/5.0 (X11)" };
    const refused = await ask(`${base}/rest/v1/tasks`, {
      headers: { ...browser, apikey: secretKey },
    });
    expect(refused.status).toBe(401);
    expect(rest.seen).toHaveLength(0);
    const fine = await ask(`${base}/rest/v1/tasks`, {
      headers: { ...browser, apikey: publishableKey },
    });
    expect(fine.status).toBe(200);
  });
});

describe("changing or deleting all rows by leaving the filter out", () => {
  test.each([
    ["DELETE", "/rest/v1/notes"],
    ["DELETE", "/rest/v1/notes/"],
    ["PATCH", "/rest/v1/notes?select=id&columns=text"],
    ["DELETE", "/rest/v1/notes?author.name=eq.x"],
  ])("is refused: %s %s", async (method, path) => {
    const answer = await ask(base + path, { method });
    expect([answer.status, answer.json.code]).toEqual([400, "21000"]);
    expect(rest.seen).toHaveLength(0);
  });

  test.each([
    ["DELETE", "/rest/v1/notes?id=eq.1"],
    ["PATCH", "/rest/v1/notes?or=(a.eq.1,b.eq.2)"],
    ["PATCH", "/rest/v1/notes?not.and=(a.eq.1,b.eq.2)"],
    ["DELETE", "/rest/v1/notes?order=id&limit=1"],
    ["POST", "/rest/v1/notes"],
    ["POST", "/rest/v1/rpc/tidy"],
    ["DELETE", "/auth/v1/factors"],
    ["DELETE", "/functions/v1/tidy"],
  ])("with a filter, or elsewhere, it is not: %s %s", async (method, path) => {
    expect((await ask(base + path, { method })).status).toBe(200);
  });
});

describe("CORS", () => {
  const origin = "https://app.example";

  test("preflights are answered here, for any origin, and echo what was asked", async () => {
    const answer = await ask(`${base}/rest/v1/tasks`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-headers": "x-one, x-two" },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT",
      "access-control-allow-headers": "x-one, x-two",
    });
    expect(rest.seen).toHaveLength(0);
    const plain = await ask(`${base}/auth/v1/token`, { method: "OPTIONS" });
    expect(plain.headers["access-control-allow-headers"]).toContain("apikey");
  });

  test("answers are readable, whatever the upstream says about it", async () => {
    rest.answers((_request, response) => {
      response.setHeader("access-control-allow-origin", "https://other.example");
      response.setHeader("vary", "Accept");
      response.setHeader("content-range", "0-9/*");
      response.end("[]");
    });
    const { headers } = await ask(`${base}/rest/v1/tasks`, { headers: { origin } });
    expect(headers["access-control-allow-origin"]).toBe(origin);
    expect(headers.vary).toMatch(/Accept.*Origin/);
    for (const name of ["Content-Range", "sb-error-code", "X-Total-Count", "Preference-Applied"]) {
      expect(headers["access-control-expose-headers"]).toContain(name);
    }
    const { headers: without } = await ask(`${base}/rest/v1/tasks`);
    expect(without["access-control-allow-origin"]).toBe("*");
  });

  test("errors of our own are readable too", async () => {
    for (const path of ["/nothing", "/storage/v1/x", "/health"]) {
      const { headers } = await ask(base + path, { headers: { origin } });
      expect(headers["access-control-allow-origin"]).toBe(origin);
    }
  });

  test("functions answer for themselves", async () => {
    functions.answers((_request, response) => response.writeHead(418).end());
    const preflight = await ask(`${base}/functions/v1/x`, {
      method: "OPTIONS",
      headers: { origin },
    });
    expect(preflight.status).toBe(418);
    expect(functions.last.method).toBe("OPTIONS");
    expect(preflight.headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("headers", () => {
  test("the client's address is what a proxy on this machine says, else its own", async () => {
    const address = async (told?: string) => {
      await ask(`${base}/auth/v1/user`, {
        headers: told === undefined ? {} : { "x-forwarded-for": told },
      });
      return [auth.last.headers["x-forwarded-for"], auth.last.headers["x-real-ip"]];
    };
    expect(await address()).toEqual(["127.0.0.1", "127.0.0.1"]);
    expect(await address("203.0.113.7")).toEqual(["203.0.113.7", "203.0.113.7"]);
    expect(await address("203.0.113.7, 10.0.0.1")).toEqual(["203.0.113.7", "203.0.113.7"]);
    expect(await address("2001:db8::1")).toEqual(["2001:db8::1", "2001:db8::1"]);
    expect(await address("<script>")).toEqual(["127.0.0.1", "127.0.0.1"]);
  });

  test("upstreams know the address that the client used", async () => {
    await ask(`${base}/functions/v1/x/y?z=1`);
    const { host, port } = new URL(base);
    expect(functions.last.headers).toMatchObject({
      "x-forwarded-host": host,
      "x-forwarded-port": port,
      "x-forwarded-proto": "http",
      "x-forwarded-prefix": "/functions/v1",
      "x-forwarded-path": "/functions/v1/x/y",
    });
    await ask(`${base}/functions/v1/x`, {
      headers: { "x-forwarded-host": "api.example", "x-forwarded-proto": "https" },
    });
    expect(functions.last.headers).toMatchObject({
      "x-forwarded-host": "api.example",
      "x-forwarded-proto": "https",
    });
  });

  test("those of one connection stay on it, both ways", async () => {
    rest.answers((_request, response) => {
      response.setHeader("connection", "close, x-private");
      response.setHeader("x-private", "1");
      response.setHeader("x-public", "2");
      response.end("{}");
    });
    const { headers } = await ask(`${base}/rest/v1/tasks`, {
      headers: {
        connection: "close, x-mine",
        "x-mine": "1",
        te: "trailers",
        "proxy-authorization": "Basic x",
        "x-yours": "2",
      },
    });
    expect(rest.last.headers).not.toHaveProperty("x-mine");
    expect(rest.last.headers).not.toHaveProperty("te");
    expect(rest.last.headers).not.toHaveProperty("proxy-authorization");
    expect(rest.last.headers["x-yours"]).toBe("2");
    expect(headers).not.toHaveProperty("x-private");
    expect(headers["x-public"]).toBe("2");
  });

  test("several cookies stay several", async () => {
    functions.answers((_request, response) => {
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.end();
    });
    const { headers } = await ask(`${base}/functions/v1/x`);
    expect(headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  });

  test("a request has an id: the caller's, if it is harmless, else a new one", async () => {
    const given = await ask(`${base}/rest/v1/tasks`, { headers: { "x-request-id": "trace-1.a" } });
    expect(given.headers["x-request-id"]).toBe("trace-1.a");
    expect(rest.last.headers["x-request-id"]).toBe("trace-1.a");
    const bad = await ask(`${base}/rest/v1/tasks`, { headers: { "x-request-id": "a b{}" } });
    expect(bad.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(rest.last.headers["x-request-id"]).toBe(bad.headers["x-request-id"]);
    const own = await ask(`${base}/nothing`);
    expect(own.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("answers without a body", () => {
  test("HEAD keeps the length and has no body", async () => {
    rest.answers((_request, response) => {
      response.setHeader("content-length", "1234");
      response.setHeader("content-range", "0-9/100");
      response.end();
    });
    const answer = await ask(`${base}/rest/v1/tasks`, { method: "HEAD" });
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect(answer.headers).toMatchObject({ "content-length": "1234", "content-range": "0-9/100" });
  });

  test.each([204, 304])("%i arrives as it is", async (status) => {
    rest.answers((_request, response) => response.writeHead(status, { etag: '"1"' }).end());
    const answer = await ask(`${base}/rest/v1/tasks`, { method: "GET" });
    expect([answer.status, answer.text, answer.headers.etag]).toEqual([status, "", '"1"']);
    expect(answer.headers["transfer-encoding"]).toBeUndefined();
  });

  test("a body with DELETE reaches the upstream", async () => {
    const bodies: string[] = [];
    rest.answers(async (incoming, response) => {
      let body = "";
      for await (const chunk of incoming) body += chunk;
      bodies.push(body);
      response.end();
    });
    await ask(`${base}/rest/v1/tasks?id=eq.1`, { method: "DELETE", body: '{"a":1}' });
    await ask(`${base}/rest/v1/tasks?id=eq.1`, {
      method: "DELETE",
      body: "chunked",
      headers: { "transfer-encoding": "chunked" },
    });
    expect(bodies).toEqual(['{"a":1}', "chunked"]);
  });
});

describe("streaming", () => {
  test("each event arrives when it is sent, the headers before the first", async () => {
    let next: (text?: string) => void = () => undefined;
    functions.answers((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      next = (text) => (text === undefined ? response.end() : response.write(text));
    });
    const response = await fetch(`${base}/functions/v1/x`);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    for (const word of ["data: one\n\n", "data: two\n\n"]) {
      next(word);
      const { value } = await reader.read();
      expect(Buffer.from(value ?? []).toString()).toBe(word);
    }
    next();
    expect((await reader.read()).done).toBe(true);
  });

  const large = 50 * 1024 * 1024;
  const block = randomBytes(64 * 1024);
  // What sockets and streams between two ends may hold; far less than the body.
  const buffers = 16 * 1024 * 1024;

  test("an upload of 50 MB waits for a slow upstream instead of filling memory", async () => {
    let begin = (): void => undefined;
    const arrived = new Promise<string>((resolve) => {
      functions.answers((incoming, response) => {
        begin = async () => {
          const hash = createHash("sha256");
          for await (const chunk of incoming) hash.update(chunk);
          response.end();
          resolve(hash.digest("hex"));
        };
      });
    });
    const sent = createHash("sha256");
    let bytes = 0;
    const upload = request(`${base}/functions/v1/x`, { method: "POST" });
    const done = new Promise((resolve) => upload.once("response", resolve));
    const push = () => {
      while (bytes < large) {
        bytes += block.length;
        sent.update(block);
        if (!upload.write(block)) {
          upload.once("drain", push);
          return;
        }
      }
      upload.end();
    };
    push();

    await settled(() => bytes);
    expect(bytes).toBeLessThan(buffers);
    await until("the upstream was asked", () => functions.seen.length > 0);
    begin();
    const hash = await arrived;
    expect(hash).toBe(sent.digest("hex"));
    expect(bytes).toBe(large);
    await done;
  });

  test("a download of 50 MB waits for a slow client", async () => {
    let bytes = 0;
    const sent = createHash("sha256");
    functions.answers((_request, response) => {
      const push = () => {
        while (bytes < large) {
          bytes += block.length;
          sent.update(block);
          if (!response.write(block)) {
            response.once("drain", push);
            return;
          }
        }
        response.end();
      };
      push();
    });
    const response = await fetch(`${base}/functions/v1/x`);
    await settled(() => bytes);
    expect(bytes).toBeLessThan(buffers);
    const got = createHash("sha256");
    for await (const chunk of response.body as ReadableStream<Uint8Array>) got.update(chunk);
    expect(got.digest("hex")).toBe(sent.digest("hex"));
  });

  test("an upstream that answers early does not hang the client's upload", async () => {
    functions.answers((_request, response) => response.writeHead(413).end("too large"));
    const answer = await ask(`${base}/functions/v1/x`, {
      method: "POST",
      body: "x".repeat(5 << 20),
    });
    expect([answer.status, answer.text]).toEqual([413, "too large"]);
  });

  async function settled(count: () => number): Promise<void> {
    let before = -1;
    let still = 0;
    await until("nothing moves any more", async () => {
      still = count() === before && before > 0 ? still + 1 : 0;
      before = count();
      return still > 10;
    });
  }
});

describe("broken connections", () => {
  test("a client that goes away ends the upstream's request", async () => {
    let gone = false;
    rest.answers((incoming) => {
      incoming.once("close", () => {
        gone = true;
      });
    });
    const controller = new AbortController();
    const asked = fetch(`${base}/rest/v1/slow`, { signal: controller.signal }).catch(() => "gone");
    await until("the upstream was asked", () => rest.seen.length > 0);
    controller.abort();
    expect(await asked).toBe("gone");
    await until("the upstream heard of it", () => gone);
    await until("it is logged", () => lines.some((line) => line.includes('"status":499')));
  });

  test("an upstream that breaks off is not mistaken for a whole answer", async () => {
    functions.answers((_request, response) => {
      response.writeHead(200);
      response.write("half");
      setTimeout(() => response.destroy(), 20);
    });
    const response = await fetch(`${base}/functions/v1/x`);
    await expect(response.text()).rejects.toThrow();
  });

  test("asking how far an upload is waits for Storage to come back", async () => {
    await storage.close();
    const path = `${base}/storage/v1/upload/resumable/id`;
    const asked = ask(path, { method: "HEAD" });
    expect((await ask(path, { method: "PATCH" })).status).toBe(503);
    expect((await ask(`${base}/storage/v1/object/x`)).status).toBe(503);
    storage = new Upstream();
    await storage.listen(settings.ports.internal.storage);
    expect((await asked).status).toBe(200);
  });

  test("an upstream that is down is 503, and is there again when it is back", async () => {
    await rest.close();
    const down = await ask(`${base}/rest/v1/tasks`, { headers: { origin: "https://a.example" } });
    expect(down.status).toBe(503);
    expect(down.headers["retry-after"]).toBe("1");
    expect(down.headers["access-control-allow-origin"]).toBe("https://a.example");
    expect(down.json).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    rest = new Upstream();
    await rest.listen(settings.ports.internal.postgrest);
    expect((await ask(`${base}/rest/v1/tasks`)).status).toBe(200);
  });

  test("an upstream that restarts between two requests goes unnoticed", async () => {
    expect((await fetch(`${base}/rest/v1/tasks`)).status).toBe(200);
    await rest.close();
    rest = new Upstream();
    await rest.listen(settings.ports.internal.postgrest);
    expect((await fetch(`${base}/rest/v1/tasks`)).status).toBe(200);
  });
});

describe("the log", () => {
  test("has one line a request, and nothing secret", async () => {
    const { secretKey } = settings.keys;
    const id = "one-line";
    await ask(`${base}/rest/v1/tasks?apikey=${secretKey}&token=hush`, {
      method: "POST",
      headers: { apikey: secretKey, authorization: "Bearer hush.hush.hush", "x-request-id": id },
      body: '{"password":"hush"}',
    });
    await until("it is logged", () => lines.length > 0);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      id,
      client: "127.0.0.1",
      method: "POST",
      path: "/rest/v1/tasks",
      status: 200,
      ms: expect.any(Number),
    });
    expect(lines[0]).not.toMatch(/hush|sb_/);
  });
});

test("a taken port is told with the option that moves it", async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) =>
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port)),
  );
  const second = new Gateway(
    { ...settings, ports: { ...settings.ports, api: port } },
    log,
    () => health,
  );
  await expect(second.start()).rejects.toThrow("--port");
  await second.stop();
  other.close();
});
