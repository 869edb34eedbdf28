/**
 * `npm start -- --web` and `npm start -- --docs`: the stack as always, and beside it the web app with the seeded accounts
 * one click away, and the docs site. A site that is built already is served by `npm start` too.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { findRunning } from "embedded-supabase";
import { root } from "./root.ts";
import { buildSite, siteIsBuilt } from "./site/build.ts";
import { serveSite, sitePort } from "./site/serve.ts";
import { buildWebApp } from "./web/build.ts";
import { isLocal } from "./web/demo.ts";
import { serveWebApp } from "./web/serve.ts";

/** The port of `site_url` in supabase/config.toml: links in mails lead there. */
const usualPort = 3000;

const given = process.argv.slice(2);
const withWeb = given.includes("--web");
const withDocs = given.includes("--docs");
const args = given.filter((arg) => arg !== "--web" && arg !== "--docs");
const cli = join(root, "local/bin/embedded-supabase.js");
const dataDir = join(root, ".onswift");
const stack = spawn(
  process.execPath,
  [...process.execArgv, cli, "start", "--project", root, "--data-dir", dataDir, ...args],
  // The channel tells the stack when this process is gone.
  { stdio: ["inherit", "inherit", "inherit", "ipc"] },
);
// The terminal sends Ctrl-C to the stack as well.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => stack.kill("SIGTERM"));
process.on("disconnect", () => stack.kill("SIGTERM"));
const ended = new Promise<number>((resolve) => stack.once("exit", (code) => resolve(code ?? 1)));

const servers: { stop(): Promise<void> }[] = [];
const serving = serve().catch((error: Error) => {
  console.error(`\n✗ ${error.message}`);
  stack.kill("SIGTERM");
});
const code = await ended;
await Promise.race([serving, new Promise((resolve) => setTimeout(resolve, 100))]);
for (const server of servers) await server.stop();
process.exit(code);

async function serve(): Promise<void> {
  const built = Promise.all([withWeb && buildWebApp(), withDocs && buildSite()]);
  const [running] = await Promise.all([untilRunning(), built]);
  if (running === undefined) return;
  if (withWeb) await serveWeb(running);
  if (siteIsBuilt()) await serveDocs();
}

async function serveWeb(running: { API_URL: string; PUBLISHABLE_KEY: string }): Promise<void> {
  const url = running.API_URL;
  const options = {
    url,
    key: running.PUBLISHABLE_KEY,
    // Accounts with a public password must not be offered where other devices reach the backend.
    seeded: !args.includes("--no-seed") && isLocal(new URL(url).host),
  };
  const web = await serveWebApp({ ...options, port: usualPort }).catch(() =>
    serveWebApp({ ...options, port: 0 }),
  );
  servers.push(web);
  console.log(`Web app: ${web.url}`);
  if (!web.url.endsWith(`:${usualPort}`)) {
    console.log(`Port ${usualPort} is in use. Links in mails lead to that port, not to this app.`);
  }
}

async function serveDocs(): Promise<void> {
  const docs = await serveSite(sitePort).catch(() => serveSite(0));
  servers.push(docs);
  console.log(`Docs:    ${docs.url}`);
}

async function untilRunning() {
  while (stack.exitCode === null) {
    const running = await findRunning(dataDir);
    if (running !== undefined) return running;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return undefined;
}
