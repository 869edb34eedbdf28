/** What a function gets and may do: the runtime by itself, with real Deno workers. */
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
  test("reaches the function with its name in the path and the host that the client used", async () => {
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

  test("may be answered by a default export", async () => {
    expect((await ask(`${base}/exported/x`)).text).toBe("exported /exported/x");
  });

  test.each(["/nothing", "/_shared", "/", "/echo2", "/.env"])(
    "for %s is nobody's",
    async (path) => {
      const answer = await ask(base + path);
      expect([answer.status, answer.text]).toEqual([404, "Function not found"]);
    },
  );

  test("with a large body streams in", async () => {
    const body = new Uint8Array(8 * 1024 * 1024).fill(120);
    const answer = await fetch(`${base}/echo`, { method: "POST", body });
    expect(((await answer.json()) as { bytes: number }).bytes).toBe(body.byteLength);
  });

  test("gets its answer as it is made", async () => {
    const answer = await fetch(`${base}/moody/stream`);
    const pieces: string[] = [];
    for await (const piece of answer.body ?? []) pieces.push(Buffer.from(piece).toString());
    expect(pieces).toEqual(["data: one\n\n", "data: two\n\n", "data: three\n\n"]);
  });

  test("that the client gives up is given up in the function", async () => {
    const giveUp = new AbortController();
    const waiting = fetch(`${base}/moody/wait`, { signal: giveUp.signal });
    waiting.catch(() => undefined);
    setTimeout(() => giveUp.abort(), 200);
    await expect(waiting).rejects.toThrow();
    await until("the function knows", async () => {
      return (await ask(`${base}/moody/abandoned`)).json.abandoned === 1;
    });
  });

  test("is not kept waiting by what the function promised to do afterwards", async () => {
    expect((await ask(`${base}/moody/later`)).text).toBe("answered first");
    expect((await ask(`${base}/moody/finished`)).json).toEqual({ finished: 0 });
    await until("the work is done", async () => {
      return (await ask(`${base}/moody/finished`)).json.finished === 1;
    });
    const { pid } = (await ask(`${base}/moody/pid`)).json;
    expect((await ask(`${base}/moody/refuse`)).text).toBe("answered first");
    await until("the failure is told", () =>
      lines.join("").includes("The work failed afterwards."),
    );
    expect((await ask(`${base}/moody/pid`)).json.pid).toBe(pid);
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

  test("lets any token of the project in", async () => {
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

  test("lets preflights in, which carry no token", async () => {
    expect((await guarded({}, "OPTIONS")).text).toBe("let in");
  });

  test("refuses everything else and says why", async () => {
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

  test("a bad token is not made good by a good key", async () => {
    const headers = {
      authorization: "Bearer nonsense",
      "sb-api-key": `Bearer ${settings.keys.anonJwt}`,
    };
    expect((await guarded(headers)).status).toBe(401);
  });
});

describe("the sandbox", () => {
  test("has the network and files of its own, and nothing else of the machine", async () => {
    expect((await ask(`${base}/moody/trespass`)).json).toEqual({ allowed: [] });
    expect((await ask(`${base}/moody/temporary`)).text).toBe("kept for a while");
  });

  test("holds the project's secrets and Supabase's own variables, and none of this process", async () => {
    const { json: environment } = await ask(`${base}/moody/environment`);
    const { keys } = settings;
    expect(environment).toEqual({
      GREETING: "from the file",
      // A secret of config.toml wins over the file.
      COLOUR: "green",
      SUPABASE_URL: settings.apiUrl,
      SUPABASE_DB_URL: databaseUrl(settings),
      SUPABASE_ANON_KEY: keys.anonJwt,
      SUPABASE_SERVICE_ROLE_KEY: keys.serviceRoleJwt,
      SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishableKey }),
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secretKey }),
      SUPABASE_JWKS: expect.stringContaining('"kty":"oct"'),
      SUPABASE_FUNCTION_SLUG: "moody",
    });
  });
});
