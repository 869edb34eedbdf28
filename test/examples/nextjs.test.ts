import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { launchBrowser } from "../sdk/browser.ts";
import { root, run } from "../sdk/packed.ts";
import { password } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import { apiUrl, publishableKey } from "../world/stack.ts";
import { personAt } from "../world/through-sdk.ts";
import { type Server, startServer } from "./server.ts";

const next = join(root, "examples/nextjs/node_modules/next/dist/bin/next");
const target = { url: apiUrl, key: publishableKey };
const env = {
  NEXT_TELEMETRY_DISABLED: "1",
  NEXT_PUBLIC_ONSWIFT_URL: apiUrl,
  NEXT_PUBLIC_ONSWIFT_KEY: publishableKey,
};
let browser: Browser;
let server: Server;

beforeAll(async () => {
  const cwd = join(root, "examples/nextjs");
  await run(process.execPath, [next, "build"], { cwd, env: { ...process.env, ...env } });
  const port = await freePort();
  const args = [next, "start", "-p", String(port), "-H", "127.0.0.1"];
  const options = { port, env, ready: "/sign-in" };
  [browser, server] = await Promise.all([
    launchBrowser({ isolated: true }),
    startServer("nextjs", process.execPath, args, options),
  ]);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  server?.stop();
});

async function signIn(email: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(server.url);
  await page.waitForURL("**/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Projects of" }).waitFor();
  return page;
}

test("a creator signs in, creates a project and signs out", async () => {
  const creator = await personAt(target, "creator");
  const page = await signIn(creator.email);
  await page.getByLabel("Name").fill("Night ferry");
  await page.getByLabel("Due date").fill(inDays(30));
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByText("Night ferry: planning").waitFor();

  // The server renders it, for a browser without scripts too.
  const html = await (await page.context().request.get(server.url)).text();
  expect(html).toContain("Night ferry");

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  await page.goto(server.url);
  await page.waitForURL("**/sign-in");
});

test("a task that is assigned meanwhile appears", async () => {
  const [creator, talent] = await Promise.all([
    personAt(target, "creator"),
    personAt(target, "talent"),
  ]);
  const page = await signIn(talent.email);
  await page.locator("ul[data-ready]").waitFor({ state: "attached" });
  const made = { name: "Film", description: "x", dueDate: inDays(30) };
  const project = await creator.onswift.projects.create(made).orThrow();
  await creator.onswift.team.add(project.id, { userId: talent.id }).orThrow();
  const task = { name: "Rough cut", assigneeId: talent.id, dueDate: inDays(20) };
  await creator.onswift.tasks.create(project.id, task).orThrow();
  await page.getByText("Rough cut: planning").waitFor();
});

test("a forged cookie shows nothing", async () => {
  const user = { id: "00000000-0000-4000-8000-000000000000", email: "maya@northlight.example" };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { sub: user.id, role: "authenticated", exp: Math.floor(Date.now() / 1000) + 900 };
  const token = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}.${part({})}`;
  const session = {
    access_token: token,
    refresh_token: "x",
    expires_at: claims.exp,
    expires_in: 900,
    token_type: "bearer",
    user,
  };
  const name = `sb-${new URL(apiUrl).hostname.split(".")[0]}-auth-token`;
  const cookie = `${name}=base64-${part(session)}`;
  const response = await fetch(server.url, { headers: { cookie }, redirect: "manual" });
  expect([response.status, response.headers.get("location")]).toEqual([307, "/sign-in"]);
});
