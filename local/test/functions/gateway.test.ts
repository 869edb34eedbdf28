/** The functions runtime behind the gateway. */
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FunctionsRuntime } from "../../src/functions/functions.ts";
import { Gateway } from "../../src/gateway/gateway.ts";
import type { Settings } from "../../src/settings.ts";
import { ask, until } from "../support/http.ts";
import { readableLog } from "../support/log.ts";
import { copyOfFixture, scratchSettings } from "../support/settings.ts";
import { Upstream } from "../support/upstream.ts";

let dataDir: string;
let projectDir: string;
let settings: Settings;
let runtime: FunctionsRuntime;
let gateway: Gateway;
let base: string;
const { log } = readableLog();

beforeAll(async () => {
  projectDir = await copyOfFixture();
  dataDir = await mkdtemp(join(tmpdir(), "functions-"));
  await replace(".env", "OWN=first\n");
  settings = await scratchSettings({ dataDir, projectDir });
  base = `${settings.apiUrl}/functions/v1`;
  runtime = new FunctionsRuntime(settings, log);
  gateway = new Gateway(settings, log, () => ({ functions: runtime.health() }));
  await Promise.all([runtime.start(), gateway.start()]);
});

afterAll(async () => {
  await gateway.stop();
  await runtime.stop();
  await rm(dataDir, { recursive: true, force: true });
  await rm(projectDir, { recursive: true, force: true });
});

/** Writes a file as many editors do: to a temporary file that replaces the old one. */
async function replace(file: string, text: string): Promise<void> {
  const path = join(projectDir, "supabase/functions", file);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(`${path}.tmp`, text);
  await rename(`${path}.tmp`, path);
}

const guarded = (headers: Record<string, string>) => ask(`${base}/guarded`, { headers });

describe("a function with verify_jwt", () => {
  test("accepts both keys, in both headers, and JWTs as keys", async () => {
    const { publishableKey, secretKey, anonJwt } = settings.keys;
    for (const headers of [
      { apikey: publishableKey },
      { apikey: secretKey },
      { apikey: publishableKey, authorization: `Bearer ${publishableKey}` },
      { apikey: anonJwt },
      { authorization: `Bearer ${anonJwt}` },
    ]) {
      const { status, text } = await guarded(headers);
      expect([status, text]).toEqual([200, "let in"]);
    }
  });

  test("rejects requests without a key or with an invalid one", async () => {
    const rejected = [
      await guarded({}),
      await guarded({ authorization: `Bearer ${settings.keys.secretKey}` }),
      await guarded({ apikey: "sb_secret_wrong" }),
      await guarded({ "sb-api-key": `Bearer ${settings.keys.anonJwt}` }),
    ];
    for (const { status, headers, json } of rejected) {
      expect(status).toBe(401);
      expect(headers["sb-error-code"]).toBe(json.code);
      expect(headers["access-control-allow-origin"]).toBe("*");
    }
  });

  test("accepts tokens signed with a key that Auth publishes, and no other asymmetric key", async () => {
    const [own, foreign] = [await generateKeyPair("ES256"), await generateKeyPair("ES256")];
    const key = { ...(await exportJWK(own.publicKey)), kid: "k1", alg: "ES256", use: "sig" };
    const auth = new Upstream();
    auth.answers((_request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ keys: [key] }));
    });
    await auth.listen(settings.ports.internal.auth);
    const signed = ({ privateKey }: typeof own) =>
      new SignJWT({ role: "authenticated" })
        .setProtectedHeader({ alg: "ES256", kid: "k1" })
        .setExpirationTime("1h")
        .sign(privateKey);
    expect((await guarded({ authorization: `Bearer ${await signed(own)}` })).text).toBe("let in");
    const refused = await guarded({ authorization: `Bearer ${await signed(foreign)}` });
    expect(refused.json.code).toBe("UNAUTHORIZED_ASYMMETRIC_JWT");
    await auth.close();
  });
});

test("does not pass the exchanged token to the function", async () => {
  const { text, json } = await ask(`${base}/echo`, {
    headers: { apikey: settings.keys.secretKey },
  });
  expect(json.headers).not.toHaveProperty("sb-api-key");
  expect(text).not.toContain(settings.keys.serviceRoleJwt);
});

test("leaves preflight requests and response headers to the function", async () => {
  const { status, headers, json } = await ask(`${base}/echo`, {
    method: "OPTIONS",
    headers: { origin: "https://app.example" },
  });
  expect([status, json.method]).toEqual([200, "OPTIONS"]);
  expect(headers["access-control-allow-origin"]).toBeUndefined();
});

test("delivers events one by one", async () => {
  const startedAt = performance.now();
  const response = await fetch(`${base}/faulty/stream`);
  const words: string[] = [];
  const times: number[] = [];
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    words.push(Buffer.from(chunk).toString());
    times.push(performance.now() - startedAt);
  }
  expect(words).toEqual(["data: one\n\n", "data: two\n\n", "data: three\n\n"]);
  expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(120);
});

test("aborts the function's request when the client disconnects", async () => {
  const controller = new AbortController();
  const asked = fetch(`${base}/faulty/wait`, { signal: controller.signal }).catch(() => "gone");
  await new Promise((resolve) => setTimeout(resolve, 200));
  controller.abort();
  expect(await asked).toBe("gone");
  await until("the function's request is aborted", async () => {
    const { json } = await ask(`${base}/faulty/abandoned`);
    return json.abandoned === 1;
  });
});

describe("hot reload", () => {
  const headers = () => ({ apikey: settings.keys.publishableKey });
  const respondingWith = (text: string) =>
    `Deno.serve(() => new Response(${JSON.stringify(text)}));`;
  const responds = async (slug: string, text: string) =>
    (await ask(`${base}/${slug}`, { headers: headers() })).text === text;

  test("replaces a function repeatedly without failing a request", async () => {
    const statuses = new Set<number>();
    let done = false;
    const requests = (async () => {
      while (!done) statuses.add((await ask(`${base}/guarded`, { headers: headers() })).status);
    })();
    try {
      for (const text of ["version 1", "version 2", "version 3"]) {
        await replace("guarded/index.ts", respondingWith(text));
        await until(text, () => responds("guarded", text));
      }
    } finally {
      done = true;
      await requests;
    }
    expect([...statuses]).toEqual([200]);
  });

  test("applies changes of .env", async () => {
    await replace("dotenv/index.ts", 'Deno.serve(() => new Response(Deno.env.get("OWN")));');
    await until("the function is served", () => responds("dotenv", "first"));
    await replace(".env", "OWN=second\n");
    await until("the new value is served", () => responds("dotenv", "second"));
  });
});
