/** Auth in its own process, as the stack runs it, while the database or Auth itself is killed. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { logFile } from "../../src/log.ts";
import { NodeService } from "../../src/process/node-service.ts";
import { ScratchDatabase } from "../support/database.ts";
import { type Answer, ask, until } from "../support/http.ts";
import { password, randomEmail } from "./world.ts";

let database: ScratchDatabase;
let service: NodeService;
let root: string;

beforeAll(async () => {
  database = await ScratchDatabase.start();
  const { settings } = database;
  service = new NodeService("auth", new URL("../../src/auth/main.ts", import.meta.url), settings);
  await service.start();
  root = `http://127.0.0.1:${settings.ports.internal.auth}`;
});

afterAll(async () => {
  await service.stop();
  await database.stop();
});

const post = (path: string, body: object): Promise<Answer> =>
  ask(root + path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": "192.0.2.1" },
    body: JSON.stringify(body),
  });

const signIn = (email: string) => post("/token?grant_type=password", { email, password });
const isUp = async (email: string) => (await signIn(email)).status === 200;

test("responds with a JSON error while the database is stopped, and recovers when it is back", async () => {
  const email = randomEmail();
  expect((await post("/signup", { email, password })).status).toBe(200);
  expect((await ask(`${root}/health`)).status).toBe(200);
  await database.cluster.stop();
  for (const answer of [
    await signIn(email),
    await post("/signup", { email: randomEmail(), password }),
    await ask(`${root}/health`),
  ]) {
    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({
      error_code: "unexpected_failure",
      msg: expect.any(String),
    });
  }
  await database.cluster.start();
  await until("Auth finds the database again", () => isUp(email));
});

test("recovers after PostgreSQL is killed", async () => {
  const email = randomEmail();
  await post("/signup", { email, password });
  const { pid, restarts } = database.cluster.health();
  process.kill(pid ?? 0, "SIGKILL");
  await until("PostgreSQL is back", () => {
    const now = database.cluster.health();
    return now.state === "healthy" && now.restarts > restarts;
  });
  await until("Auth finds it", () => isUp(email));
});

test("restarts after it is killed", async () => {
  const email = randomEmail();
  await post("/signup", { email, password });
  process.kill(service.health().pid ?? 0, "SIGKILL");
  await until(
    "Auth is back",
    () => service.health().state === "healthy" && service.health().restarts === 1,
  );
  expect(await isUp(email)).toBe(true);
});

test("logs no secrets", async () => {
  const text = await readFile(logFile(database.settings.dataDir, "auth"), "utf8");
  expect(text).toContain("not answering");
  expect(text).not.toContain(password);
  expect(text).not.toContain("$2b$");
  for (const secret of [
    database.settings.keys.jwtSecret,
    database.settings.keys.databasePassword,
  ]) {
    expect(text).not.toContain(secret);
  }
});
