/** The functions runtime with real Deno workers: requests, verify_jwt, sandbox. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FunctionsRuntime } from "../../src/functions/functions.ts";
import { databaseUrl, type Settings } from "../../src/settings.ts";
import { ask, until } from "../support/http.ts";
import { readableLog } from "../support/log.ts";
import { copyOfFixture, scratchSettings } from "../support/settings.ts";

let dataDir: string;
let projectDir: string;
let settings: Settings;
let runtime: FunctionsRuntime;
let base: string;
const { log, lines } = readableLog();

beforeAll(async () => {
  projectDir = await copyOfFixture();
  dataDir = await mkdtemp(join(tmpdir(), "functions-"));
  const dotEnv = "GREETING=from the file\nCOLOUR=grey\nSUPABASE_URL=http://elsewhere\nPATH=/bin\n";
  await writeFile(join(projectDir, "supabase/functions/.env"), dotEnv);
  settings = await scratchSettings({ dataDir, projectDir, env: { COLOUR: "green" } });
  base = `http://127.0.0.1:${settings.ports.internal.functions}`;
  runtime = new FunctionsRuntime(settings, log);
  await runtime.start();
});

afterAll(async () => {
  await runtime.stop();
  await rm(dataDir, { recursive: true, force: true });
  await rm(projectDir, { recursive: true, force: true });
});

describe("a request", () => {
  test("reaches the function with its name in the path and the client's host", async () => {
    const { json } = await ask(`${base}/echo/deep/er?x=1&y=%20`, {
      method: "POST",
      headers: { "x-forwarded-host": "api.example:8443", "sb-api-key": "Bearer x", "x-own": "1" },
      body: "hello",
    });
    expect(json).toMatchObject({
      url: "http://api.example:8443/echo/deep/er?x=1&y=%20",
      method: "POST",
      body: "hello",
      greeting: "hello",
    });
    expect(json.headers).toMatchObject({ "x-own": "1" });
    expect(json.headers).not.toHaveProperty("sb-api-key");
  });

  test("can be handled by a default export", async () => {
    expect((await ask(`${base}/exported/x`)).text).toBe("exported /exported/x");
  });

  test.each(["/nothing", "/_shared", "/", "/echo2", "/.env"])("for %s gets 404", async (path) => {
    const answer = await ask(base + path);
    expect([answer.status, answer.text]).toEqual([404, "Function not found"]);
  });

  test("can have a large body, which is streamed", async () => {
    const body = new Uint8Array(8 * 1024 * 1024).fill(120);
    const answer = await fetch(`${base}/echo`, { method: "POST", body });
    expect(((await answer.json()) as { bytes: number }).bytes).toBe(body.byteLength);
  });

  test("receives the response as a stream", async () => {
    const answer = await fetch(`${base}/faulty/stream`);
    const pieces: string[] = [];
    for await (const piece of answer.body ?? []) pieces.push(Buffer.from(piece).toString());
    expect(pieces).toEqual(["data: one\n\n", "data: two\n\n", "data: three\n\n"]);
  });

  test("that the client aborts is aborted in the function", async () => {
    const giveUp = new AbortController();
    const waiting = fetch(`${base}/faulty/wait`, { signal: giveUp.signal });
    waiting.catch(() => undefined);
    setTimeout(() => giveUp.abort(), 200);
    await expect(waiting).rejects.toThrow();
    await until("the function's request is aborted", async () => {
      return (await ask(`${base}/faulty/abandoned`)).json.abandoned === 1;
    });
  });

  test("does not wait for waitUntil promises, and their failure is only logged", async () => {
    expect((await ask(`${base}/faulty/later`)).text).toBe("answered first");
    expect((await ask(`${base}/faulty/finished`)).json).toEqual({ finished: 0 });
    await until("the promise is resolved", async () => {
      return (await ask(`${base}/faulty/finished`)).json.finished === 1;
    });
    const { pid } = (await ask(`${base}/faulty/pid`)).json;
    expect((await ask(`${base}/faulty/refuse`)).text).toBe("answered first");
    await until("the failure is logged", () =>
      lines.join("").includes("The work failed afterwards."),
    );
    expect((await ask(`${base}/faulty/pid`)).json.pid).toBe(pid);
  });
});

describe("verify_jwt", () => {
  const guarded = (headers: Record<string, string>, method = "GET") =>
    ask(`${base}/guarded`, { method, headers });
  const sign = (secret: string, expiresIn: string) =>
    new SignJWT({ role: "anon" })
      .setProtectedHeader({ alg: "HS256" })
      .setExpirationTime(expiresIn)
      .sign(new TextEncoder().encode(secret));

  test("accepts every token of the project", async () => {
    const { anonJwt, serviceRoleJwt } = settings.keys;
    for (const headers of [
      { authorization: `Bearer ${anonJwt}` },
      { authorization: `Bearer ${serviceRoleJwt}` },
      { authorization: "Bearer sb_publishable_x", "sb-api-key": `Bearer ${anonJwt}` },
      { "sb-api-key": `Bearer ${anonJwt}` },
      { "sb-api-key": anonJwt },
    ]) {
      expect((await guarded(headers)).text).toBe("let in");
    }
  });

  test("accepts preflight requests, which have no token", async () => {
    expect((await guarded({}, "OPTIONS")).text).toBe("let in");
  });

  test("rejects all other requests with an error code", async () => {
    const refusals: [string, Record<string, string>][] = [
      ["UNAUTHORIZED_NO_AUTH_HEADER", {}],
      ["UNAUTHORIZED_NO_AUTH_HEADER", { authorization: "Bearer sb_secret_x" }],
      ["UNAUTHORIZED_INVALID_JWT_FORMAT", { authorization: "Bearer nonsense" }],
      ["UNAUTHORIZED_INVALID_JWT_FORMAT", { authorization: "Basic eDp5" }],
      ["UNAUTHORIZED_INVALID_JWT_FORMAT", { "sb-api-key": "sb_publishable_unknown" }],
      ["UNAUTHORIZED_JWT", { authorization: `Bearer ${await sign("other".repeat(9), "1h")}` }],
      [
        "UNAUTHORIZED_JWT",
        { authorization: `Bearer ${await sign(settings.keys.jwtSecret, "-1h")}` },
      ],
      [
        "UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM",
        { authorization: `Bearer ${new UnsecuredJWT({ role: "service_role" }).encode()}` },
      ],
      ["UNAUTHORIZED_NO_AUTH_HEADER", { authorization: "", "sb-api-key": "" }],
    ];
    for (const [code, headers] of refusals) {
      const answer = await guarded(headers);
      expect([answer.status, answer.headers["sb-error-code"]]).toEqual([401, code]);
      expect(answer.json).toEqual({ code, message: answer.json.msg, msg: expect.any(String) });
    }
  });

  test("rejects an invalid token even with a valid key", async () => {
    const headers = {
      authorization: "Bearer nonsense",
      "sb-api-key": `Bearer ${settings.keys.anonJwt}`,
    };
    expect((await guarded(headers)).status).toBe(401);
  });
});

describe("the sandbox", () => {
  test("allows only network and temporary files", async () => {
    expect((await ask(`${base}/faulty/forbidden`)).json).toEqual({ allowed: [] });
    expect((await ask(`${base}/faulty/temporary`)).text).toBe("kept for a while");
  });

  test("has the project's secrets and Supabase's variables, and none of the parent process", async () => {
    const { json: environment } = await ask(`${base}/faulty/environment`);
    const { keys } = settings;
    expect(environment).toEqual({
      GREETING: "from the file",
      // A secret in config.toml overrides the file.
      COLOUR: "green",
      SUPABASE_URL: settings.apiUrl,
      SUPABASE_DB_URL: databaseUrl(settings),
      SUPABASE_ANON_KEY: keys.anonJwt,
      SUPABASE_SERVICE_ROLE_KEY: keys.serviceRoleJwt,
      SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishableKey }),
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secretKey }),
      SUPABASE_JWKS: expect.stringContaining('"kty":"oct"'),
      SUPABASE_FUNCTION_SLUG: "faulty",
    });
  });
});
