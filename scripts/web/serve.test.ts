import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalServer } from "../local-server.ts";
import { serveWebApp } from "./serve.ts";

let folder: string;
let server: LocalServer;
const backend = { url: "http://127.0.0.1:54321", key: "sb_publishable_x" };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "web-"));
  await mkdir(join(folder, "app/assets"), { recursive: true });
  await writeFile(join(folder, "app/index.html"), "<!doctype html><title>OnSwift</title>");
  await writeFile(join(folder, "app/assets/main-abc.js"), "console.log(1);");
  await writeFile(join(folder, "secret.txt"), "secret");
  server = await serveWebApp({ ...backend, port: 0, seeded: false, folder: join(folder, "app") });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const get = (path: string, options: RequestInit = {}) => fetch(server.url + path, options);

/** Sends a path and a host as they are; fetch would tidy them up. */
const raw = (path: string, headers = {}) =>
  new Promise<number | undefined>((resolve, reject) => {
    const { port } = new URL(server.url);
    request({ port, host: "127.0.0.1", path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });

describe("the server of the web app", () => {
  test("every address of the app is its page, with a policy for its backend only", async () => {
    for (const path of ["/", "/projects/1?tab=team", "/index.html"]) {
      const response = await get(path);
      expect(await response.text()).toContain("<title>OnSwift</title>");
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("connect-src 'self' http://127.0.0.1:54321 ws://127.0.0.1:54321;");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "cache-control": "no-cache",
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
      });
    }
  });

  test("assets are compressed, and kept for ever", async () => {
    const response = await get("/assets/main-abc.js");
    expect(await response.text()).toBe("console.log(1);");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "cache-control": "public, max-age=31536000, immutable",
      "content-encoding": "gzip",
      "content-type": "text/javascript",
      "cross-origin-resource-policy": "same-origin",
    });
    const plain = await get("/assets/main-abc.js", { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    const head = await get("/assets/main-abc.js", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await get("/assets/old-def.js")).status).toBe(404);
  });

  test("no file outside of the app, no other method, no other host", async () => {
    for (const path of ["/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/%E0%A4.js"]) {
      expect(await raw(path)).toBe(404);
    }
    expect((await get("/", { method: "POST" })).status).toBe(405);
    expect(await raw("/", { host: "onswift.example" })).toBe(421);
    expect(await raw("/", { host: "localhost:3000" })).toBe(200);
  });

  test("the seeded accounts are sent only where there are any", async () => {
    const response = await get("/config.json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual(backend);
    const seeded = await serveWebApp({
      ...backend,
      port: 0,
      seeded: true,
      folder: join(folder, "app"),
    });
    const config = (await (await fetch(`${seeded.url}/config.json`)).json()) as object;
    await seeded.stop();
    expect(config).toMatchObject({ ...backend, demo: { people: expect.any(Array) } });
  });
});
