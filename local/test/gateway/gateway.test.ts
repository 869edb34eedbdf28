/** The gateway in front of test servers in place of the services. */
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

  test("other prefixes reach Auth, Storage and the functions", async () => {
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
    "%s has no route",
    async (path) => {
      const answer = await ask(base + path);
      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({ code: "not_found" });
    },
  );

  test("/graphql/v1 responds with 501", async () => {
    const answer = await ask(`${base}/graphql/v1`, { method: "POST" });
    expect(answer.status).toBe(501);
    expect(answer.json).toMatchObject({ code: "not_implemented" });
  });

  test("a WebSocket outside of Realtime gets an HTTP 501 response", async () => {
    const { port } = new URL(base);
    const response = await new Promise<string>((resolve, reject) => {
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
    expect(response).toMatch(/^HTTP\/1\.1 501 /);
    expect(response).toContain("not_implemented");
  });

  test("clients close idle connections, not the gateway, which would lose requests on their way", async () => {
    const response = await fetch(`${base}/health`);
    await response.text();
    expect(response.headers.get("keep-alive")).toBe("timeout=75");
  });

  test("/health reports the state of each part", async () => {
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

  test("exchanges the publishable key for the JWT of anon, the secret key for that of service_role", async () => {
    const { publishableKey, secretKey, anonJwt, serviceRoleJwt } = settings.keys;
    expect(await authorization({ apikey: publishableKey })).toBe(`Bearer ${anonJwt}`);
    expect(await authorization({ apikey: secretKey })).toBe(`Bearer ${serviceRoleJwt}`);
    const both = { apikey: secretKey, authorization: `Bearer ${secretKey}` };
    expect(await authorization(both)).toBe(`Bearer ${serviceRoleJwt}`);
    const mixed = { apikey: publishableKey, authorization: `Bearer ${publishableKey}` };
    expect(await authorization(mixed)).toBe(`Bearer ${anonJwt}`);
  });

  test("prefers a user's token to the key", async () => {
    const { publishableKey, secretKey } = settings.keys;
    for (const apikey of [publishableKey, secretKey, "wrong"]) {
      expect(await authorization({ apikey, authorization: "Bearer a.user.token" })).toBe(
        "Bearer a.user.token",
      );
    }
  });

  test("forwards keys that are JWTs and unknown keys unchanged", async () => {
    expect(await authorization({ apikey: settings.keys.anonJwt })).toBe(settings.keys.anonJwt);
    expect(await authorization({ apikey: "sb_secret_wrong" })).toBe("sb_secret_wrong");
    expect(await authorization({})).toBeUndefined();
  });

  test("never exchanges a wrong secret key", async () => {
    for (const key of [`${settings.keys.secretKey}x`, settings.keys.secretKey.slice(0, -1), ""]) {
      const got = await authorization({ apikey: key, authorization: `Bearer sb_secret_x` });
      expect(got).not.toContain(settings.keys.serviceRoleJwt);
    }
  });

  test("does not add headers to links of emails", async () => {
    const { secretKey } = settings.keys;
    for (const path of ["verify?token=x", "callback", "authorize", ".well-known/jwks.json"]) {
      await ask(`${base}/auth/v1/${path}`, { headers: { apikey: secretKey } });
      expect(auth.last.headers.authorization).toBeUndefined();
    }
    await ask(`${base}/auth/v1/user`, { headers: { apikey: secretKey } });
    expect(auth.last.headers.authorization).toBe(`Bearer ${settings.keys.serviceRoleJwt}`);
  });

  test("keeps Authorization for functions and sends the JWT in sb-api-key", async () => {
    const { publishableKey, secretKey, anonJwt } = settings.keys;
    await ask(`${base}/functions/v1/x`, {
      headers: { apikey: publishableKey, authorization: `Bearer ${secretKey}` },
    });
    expect(functions.last.headers.authorization).toBe(`Bearer ${secretKey}`);
    expect(functions.last.headers["sb-api-key"]).toBe(`Bearer ${anonJwt}`);
  });

  test("does not forward a caller's sb-api-key", async () => {
    await ask(`${base}/functions/v1/x`, { headers: { "sb-api-key": "Bearer forged" } });
    expect(functions.last.headers["sb-api-key"] ?? "").toBe("");
  });

  test("rejects a secret key from a browser", async () => {
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

describe("updates and deletes without a filter", () => {
  test.each([
    ["DELETE", "/rest/v1/notes"],
    ["DELETE", "/rest/v1/notes/"],
    ["PATCH", "/rest/v1/notes?select=id&columns=text"],
    ["DELETE", "/rest/v1/notes?author.name=eq.x"],
  ])("rejects %s %s", async (method, path) => {
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
  ])("allows %s %s", async (method, path) => {
    expect((await ask(base + path, { method })).status).toBe(200);
  });
});

describe("CORS", () => {
  const origin = "https://app.example";

  test("responds to preflight requests for any origin and echoes the requested headers", async () => {
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

  test("replaces the CORS headers of upstreams", async () => {
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

  test("adds CORS headers to the gateway's own responses", async () => {
    for (const path of ["/nothing", "/storage/v1/x", "/health"]) {
      const { headers } = await ask(base + path, { headers: { origin } });
      expect(headers["access-control-allow-origin"]).toBe(origin);
    }
  });

  test("leaves CORS to functions", async () => {
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
  const address = async (at: string, headers: Record<string, string> = {}) => {
    await ask(`${at}/auth/v1/user`, { headers });
    return [auth.last.headers["x-forwarded-for"], auth.last.headers["x-real-ip"]];
  };
  const both = (ip: string) => [ip, ip];

  test("takes the client's address from the connection, whatever the caller claims", async () => {
    expect(await address(base)).toEqual(both("127.0.0.1"));
    for (const name of ["x-forwarded-for", "x-real-ip", "forwarded", "sb-forwarded-for"]) {
      expect(await address(base, { [name]: "203.0.113.7" }), name).toEqual(both("127.0.0.1"));
    }
    await ask(`${base}/functions/v1/x`, { headers: { "x-forwarded-host": "evil.example" } });
    expect(functions.last.headers["x-forwarded-host"]).toBe(new URL(base).host);
  });

  test("takes the client's address from a server that has the secret key", async () => {
    const { publishableKey, secretKey } = settings.keys;
    const given = { "sb-forwarded-for": "203.0.113.7" };
    expect(await address(base, { ...given, apikey: secretKey })).toEqual(both("203.0.113.7"));
    expect(auth.last.headers["sb-forwarded-for"]).toBeUndefined();
    expect(await address(base, { ...given, apikey: publishableKey })).toEqual(both("127.0.0.1"));
    const invalid = { "sb-forwarded-for": "<script>", apikey: secretKey };
    expect(await address(base, invalid)).toEqual(both("127.0.0.1"));
  });

  test("takes the client's address and URL from a trusted proxy", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gateway-"));
    const { internal } = settings.ports;
    const behind = await scratchSettings({ dataDir: folder, trustProxy: true });
    const ports = { ...behind.ports, internal };
    const second = new Gateway({ ...behind, ports }, log, () => health);
    await second.start();
    const of = (header: string) => address(behind.apiUrl, { "x-forwarded-for": header });
    try {
      expect(await of("203.0.113.7")).toEqual(both("203.0.113.7"));
      expect(await of("203.0.113.7, 10.0.0.1")).toEqual(both("203.0.113.7"));
      expect(await of("2001:db8::1")).toEqual(both("2001:db8::1"));
      expect(await of("<script>")).toEqual(both("127.0.0.1"));
      await ask(`${behind.apiUrl}/functions/v1/x`, {
        headers: { "x-forwarded-host": "api.example", "x-forwarded-proto": "https" },
      });
      expect(functions.last.headers).toMatchObject({
        "x-forwarded-host": "api.example",
        "x-forwarded-proto": "https",
      });
    } finally {
      await second.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  test("forwards host, port, protocol, path and prefix of the requested URL", async () => {
    await ask(`${base}/functions/v1/x/y?z=1`);
    const { host, port } = new URL(base);
    expect(functions.last.headers).toMatchObject({
      "x-forwarded-host": host,
      "x-forwarded-port": port,
      "x-forwarded-proto": "http",
      "x-forwarded-prefix": "/functions/v1",
      "x-forwarded-path": "/functions/v1/x/y",
    });
  });

  test("does not forward headers of a single connection, in both directions", async () => {
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

  describe("of responses that may be data of one user", () => {
    const guards = ({ headers }: { headers: Readonly<Record<string, unknown>> }) => [
      headers["cache-control"],
      headers["x-content-type-options"],
    ];

    test("say that they are not stored and that their type is not guessed", async () => {
      health = { postgres: { state: "failed", restarts: 3 } };
      for (const path of [
        "/rest/v1/tasks",
        "/rest/v1/rpc/search",
        "/auth/v1/user",
        "/auth/v1/verify?token=x",
        "/storage/v1/bucket",
        "/graphql/v1",
        "/health",
        "/nothing",
        "/",
      ]) {
        expect(guards(await ask(base + path)), path).toEqual(["no-store", "nosniff"]);
      }
      await rest.close();
      const down = await ask(`${base}/rest/v1/tasks`);
      expect([down.status, ...guards(down)]).toEqual([503, "no-store", "nosniff"]);
    });

    test("leave it to the upstream how long a response may be kept", async () => {
      storage.answers((_request, response) => {
        response.setHeader("cache-control", "public, max-age=60").end("x");
      });
      const file = await ask(`${base}/storage/v1/object/public/avatars/a.png`);
      expect(guards(file)).toEqual(["public, max-age=60", "nosniff"]);
      storage.answers((_request, response) => {
        response.setHeader("expires", "Thu, 01 Jan 2026 00:00:00 GMT").end("x");
      });
      const signed = await ask(`${base}/storage/v1/object/sign/files/a.png?token=t`);
      expect(guards(signed)).toEqual([undefined, "nosniff"]);
    });

    test("are left to functions", async () => {
      functions.answers((_request, response) => response.end("x"));
      expect(guards(await ask(`${base}/functions/v1/x`))).toEqual([undefined, undefined]);
    });
  });

  test("keeps several cookies separate", async () => {
    functions.answers((_request, response) => {
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.end();
    });
    const { headers } = await ask(`${base}/functions/v1/x`);
    expect(headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  });

  test("keeps a request id with safe characters, otherwise creates one", async () => {
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

describe("requests and responses with and without a body", () => {
  test("keeps the content length of a HEAD response", async () => {
    rest.answers((_request, response) => {
      response.setHeader("content-length", "1234");
      response.setHeader("content-range", "0-9/100");
      response.end();
    });
    const answer = await ask(`${base}/rest/v1/tasks`, { method: "HEAD" });
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect(answer.headers).toMatchObject({ "content-length": "1234", "content-range": "0-9/100" });
  });

  test.each([204, 304])("forwards %i unchanged", async (status) => {
    rest.answers((_request, response) => response.writeHead(status, { etag: '"1"' }).end());
    const answer = await ask(`${base}/rest/v1/tasks`, { method: "GET" });
    expect([answer.status, answer.text, answer.headers.etag]).toEqual([status, "", '"1"']);
    expect(answer.headers["transfer-encoding"]).toBeUndefined();
  });

  test("forwards the body of a DELETE request", async () => {
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
  test("delivers headers and each event immediately", async () => {
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
  // Upper bound for the maxBuffered of sockets and streams; far less than the body.
  const maxBuffered = 16 * 1024 * 1024;

  test("slows down an upload of 50 MB for a slow upstream instead of buffering it", async () => {
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

    await waitUntilStill(() => bytes);
    expect(bytes).toBeLessThan(maxBuffered);
    await until("the upstream received the request", () => functions.seen.length > 0);
    begin();
    const hash = await arrived;
    expect(hash).toBe(sent.digest("hex"));
    expect(bytes).toBe(large);
    await done;
  });

  test("slows down a download of 50 MB for a slow client", async () => {
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
    await waitUntilStill(() => bytes);
    expect(bytes).toBeLessThan(maxBuffered);
    const got = createHash("sha256");
    for await (const chunk of response.body as ReadableStream<Uint8Array>) got.update(chunk);
    expect(got.digest("hex")).toBe(sent.digest("hex"));
  });

  test("delivers a response that an upstream sends before reading the body", async () => {
    functions.answers((_request, response) => response.writeHead(413).end("too large"));
    const answer = await ask(`${base}/functions/v1/x`, {
      method: "POST",
      body: "x".repeat(5 << 20),
    });
    expect([answer.status, answer.text]).toEqual([413, "too large"]);
  });

  async function waitUntilStill(count: () => number): Promise<void> {
    let before = -1;
    let still = 0;
    await until("no more bytes are transferred", async () => {
      still = count() === before && before > 0 ? still + 1 : 0;
      before = count();
      return still > 10;
    });
  }
});

describe("broken connections", () => {
  test("cancels the upstream request when the client disconnects", async () => {
    let gone = false;
    rest.answers((incoming) => {
      incoming.once("close", () => {
        gone = true;
      });
    });
    const controller = new AbortController();
    const asked = fetch(`${base}/rest/v1/slow`, { signal: controller.signal }).catch(() => "gone");
    await until("the upstream received the request", () => rest.seen.length > 0);
    controller.abort();
    expect(await asked).toBe("gone");
    await until("the upstream request is closed", () => gone);
    await until("the request is logged", () => lines.some((line) => line.includes('"status":499')));
  });

  test("closes the connection when an upstream breaks off in the middle of a response", async () => {
    functions.answers((_request, response) => {
      response.writeHead(200);
      response.write("half");
      setTimeout(() => response.destroy(), 20);
    });
    const response = await fetch(`${base}/functions/v1/x`);
    await expect(response.text()).rejects.toThrow();
  });

  test("a request for an upload's offset waits for Storage to restart", async () => {
    await storage.close();
    const path = `${base}/storage/v1/upload/resumable/id`;
    const asked = ask(path, { method: "HEAD" });
    expect((await ask(path, { method: "PATCH" })).status).toBe(503);
    expect((await ask(`${base}/storage/v1/object/x`)).status).toBe(503);
    storage = new Upstream();
    await storage.listen(settings.ports.internal.storage);
    expect((await asked).status).toBe(200);
  });

  test("responds with 503 while an upstream is down, and recovers afterwards", async () => {
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

  test("does not fail a request after an upstream has restarted", async () => {
    expect((await fetch(`${base}/rest/v1/tasks`)).status).toBe(200);
    await rest.close();
    rest = new Upstream();
    await rest.listen(settings.ports.internal.postgrest);
    expect((await fetch(`${base}/rest/v1/tasks`)).status).toBe(200);
  });
});

describe("the log", () => {
  test("has one line per request, without secrets", async () => {
    const { secretKey } = settings.keys;
    const id = "one-line";
    await ask(`${base}/rest/v1/tasks?apikey=${secretKey}&token=hush`, {
      method: "POST",
      headers: { apikey: secretKey, authorization: "Bearer hush.hush.hush", "x-request-id": id },
      body: '{"password":"hush"}',
    });
    await until("the request is logged", () => lines.length > 0);
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

test("names the --port option when the port is in use", async () => {
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
