/** Functions that crash, hang, fail to start or change while they run. */
import { fork } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FunctionsRuntime, type Limits } from "../../src/functions/functions.ts";
import { type Answer, ask, until } from "../support/http.ts";
import { readableLog } from "../support/log.ts";
import { copyOfFixture, scratchSettings } from "../support/settings.ts";

let dataDir: string;
let projectDir: string;
let runtime: FunctionsRuntime;
let base: string;
let anonJwt: string;
const { log, lines } = readableLog();

beforeEach(async () => {
  projectDir = await copyOfFixture();
  dataDir = await mkdtemp(join(tmpdir(), "functions-"));
  lines.length = 0;
});

afterEach(async () => {
  await runtime.stop();
  await rm(dataDir, { recursive: true, force: true });
  await rm(projectDir, { recursive: true, force: true });
});

async function start(limits?: Limits): Promise<void> {
  const settings = await scratchSettings({ dataDir, projectDir });
  anonJwt = settings.keys.anonJwt;
  base = `http://127.0.0.1:${settings.ports.internal.functions}`;
  runtime = new FunctionsRuntime(settings, log, limits);
  await runtime.start();
}

const file = (path: string) => join(projectDir, "supabase/functions", path);

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(file(path), ".."), { recursive: true });
  await writeFile(file(path), text);
}

const respondingWith = (text: string) => `Deno.serve(() => new Response(${JSON.stringify(text)}));`;

/** Repeats a request until the response matches, within the time limit of {@link until}. */
async function untilResponse(path: string, matches: (answer: Answer) => boolean): Promise<Answer> {
  let last: Answer | undefined;
  await until(`${path} responds as expected`, async () => {
    last = await ask(base + path);
    return matches(last);
  });
  return last as Answer;
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("a worker that ends", () => {
  test.each(["crash", "reject"])(
    "after a %s fails the waiting request, and is restarted",
    async (how) => {
      await start();
      const { pid } = (await ask(`${base}/faulty/pid`)).json;
      const answer = await ask(`${base}/faulty/${how}`);
      expect(answer.status).toBe(503);
      expect(answer.headers["retry-after"]).toBe("1");
      expect(answer.json.code).toBe("WORKER_ERROR");
      const back = await untilResponse("/faulty/pid", ({ status }) => status === 200);
      expect(back.json.pid).not.toBe(pid);
      expect(runtime.health()).toEqual({ state: "healthy", restarts: 1 });
      expect((await ask(`${base}/echo`)).status).toBe(200);
    },
  );

  test("is restarted after kill -9", async () => {
    await start();
    const pid = (await ask(`${base}/faulty/pid`)).json.pid as number;
    process.kill(pid, "SIGKILL");
    await untilResponse("/faulty/pid", ({ status, json }) => status === 200 && json.pid !== pid);
  });

  test("repeatedly is restarted with growing delays", async () => {
    await write(
      "doomed/index.ts",
      `${respondingWith("still here")} setTimeout(() => Deno.exit(1), 50);`,
    );
    await start();
    const restarts = () => runtime.health().restarts;
    await until("two restarts", () => restarts() === 2);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(restarts()).toBeLessThanOrEqual(4);
    expect(lines.join("")).toMatch(/started again in 1000 ms/);
  });

  test("because of an endless loop is replaced", async () => {
    await start({ idle: 30_000, check: 200, turn: 300 });
    const stuck = await ask(`${base}/faulty/loop`);
    expect([stuck.status, stuck.json.code]).toEqual([546, "WORKER_LIMIT"]);
    await untilResponse("/faulty/pid", ({ status }) => status === 200);
  });

  test("is not restarted for a slow response; only the request times out", async () => {
    await start({ idle: 700, check: 100, turn: 500 });
    const { pid } = (await ask(`${base}/faulty/pid`)).json;
    const late = await ask(`${base}/faulty/hang`);
    expect([late.status, late.json.code]).toEqual([504, "IDLE_TIMEOUT"]);
    expect((await ask(`${base}/faulty/pid`)).json.pid).toBe(pid);
  });
});

describe("a function that does not start", () => {
  test.each([
    ["a syntax error", "Deno.serve(() => new Response('x')", "Expected"],
    ["an error at the top level", "throw new Error('on purpose');", "on purpose"],
    ["a missing import", "import './nothing.ts';", "nothing.ts"],
    ["no handler", "console.log('just this');", "neither called Deno.serve"],
  ])("because of %s responds with BOOT_ERROR until it is fixed", async (_why, code, logged) => {
    await write("echo/index.ts", code);
    await start();
    const answer = await ask(`${base}/echo`);
    expect([answer.status, answer.json.code]).toEqual([503, "BOOT_ERROR"]);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(runtime.health()).toMatchObject({
      state: "failed",
      detail: expect.stringContaining("echo"),
    });
    expect(lines.find((line) => line.includes("does not start:"))).toContain(logged);
    expect((await ask(`${base}/faulty/pid`)).status).toBe(200);

    await write("echo/index.ts", respondingWith("fixed"));
    await untilResponse("/echo", ({ text }) => text === "fixed");
    expect(runtime.health().state).toBe("healthy");
  });
});

describe("a file change", () => {
  test("of a function replaces only this function", async () => {
    await start();
    const { pid } = (await ask(`${base}/faulty/pid`)).json;
    await ask(`${base}/echo`);
    await write("echo/index.ts", respondingWith("new code"));
    await untilResponse("/echo", ({ text }) => text === "new code");
    expect((await ask(`${base}/faulty/pid`)).json.pid).toBe(pid);
    expect(runtime.health()).toEqual({ state: "healthy", restarts: 0 });
  });

  test("of shared code replaces the functions that import it", async () => {
    await start();
    await ask(`${base}/echo`);
    await write("_shared/greeting.ts", "export const greeting = 'good day';");
    await untilResponse("/echo", ({ json }) => json.greeting === "good day");
  });

  test("of the import map replaces the function", async () => {
    await write("echo/deno.json", '{"imports":{"greeting":"../_shared/greeting.ts"}}');
    await write("echo/other.ts", "export const greeting = 'another';");
    const code = await readFile(file("echo/index.ts"), "utf8");
    await write("echo/index.ts", code.replace("../_shared/greeting.ts", "greeting"));
    await start();
    expect((await ask(`${base}/echo`)).json.greeting).toBe("hello");
    await write("echo/deno.json", '{"imports":{"greeting":"./other.ts"}}');
    await untilResponse("/echo", ({ json }) => json.greeting === "another");
  });

  test("lets the old code finish its requests", async () => {
    await start();
    await ask(`${base}/faulty/pid`);
    const slow = ask(`${base}/faulty/slow`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await write("faulty/index.ts", respondingWith("new code"));
    await untilResponse("/faulty/slow", ({ text }) => text === "new code");
    expect((await slow).text).toBe("slow but sure");
  });

  test("adds and removes functions", async () => {
    await start();
    const token = { authorization: `Bearer ${anonJwt}` };
    await write("fresh/index.ts", respondingWith("just written"));
    await until("the function is served", async () => {
      return (await ask(`${base}/fresh`, { headers: token })).text === "just written";
    });
    await rm(file("fresh"), { recursive: true });
    await untilResponse("/fresh", ({ status }) => status === 404);
  });
});

describe("a stop", () => {
  test("of the runtime waits for waitUntil promises", async () => {
    await write(
      "echo/index.ts",
      `Deno.serve(() => {
        EdgeRuntime.waitUntil(new Promise((done) => setTimeout(done, 300)).then(() => console.log("promise kept")));
        return new Response("soon");
      });`,
    );
    await start();
    await ask(`${base}/echo`);
    await runtime.stop();
    expect(lines.join("")).toContain("promise kept");
  });

  test("ends every worker", async () => {
    await start();
    const pid = (await ask(`${base}/faulty/pid`)).json.pid as number;
    await runtime.stop();
    expect(isAlive(pid)).toBe(false);
    expect(runtime.health().state).toBe("stopped");
  });

  test.each(["pid", "loop"])("of the stack by kill -9 also ends a worker (%s)", async (mode) => {
    const settings = await scratchSettings({ dataDir, projectDir });
    const stack = fork(join(import.meta.dirname, "process.ts"));
    stack.send(settings);
    await new Promise((resolve) => stack.once("message", resolve));
    base = `http://127.0.0.1:${settings.ports.internal.functions}`;
    const pid = (await ask(`${base}/faulty/pid`)).json.pid as number;
    // A worker in an endless loop must end too.
    ask(`${base}/faulty/${mode}`).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    stack.kill("SIGKILL");
    await until("the worker is gone", () => !isAlive(pid));
  });
});
