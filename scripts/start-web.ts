/** `npm start -- --web`: the stack as always, and beside it the web app with the seeded accounts one click away. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { findRunning } from "embedded-supabase";
import { root } from "./root.ts";
import { buildWebApp } from "./web/build.ts";
import { isLocal } from "./web/demo.ts";
import { serveWebApp, type WebServer } from "./web/serve.ts";

/** The port of `site_url` in supabase/config.toml: links in mails lead there. */
const usualPort = 3000;

const args = process.argv.slice(2);
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

let web: WebServer | undefined;
const serving = serve().catch((error: Error) => {
  console.error(`\n✗ ${error.message}`);
  stack.kill("SIGTERM");
});
const code = await ended;
await Promise.race([serving, new Promise((resolve) => setTimeout(resolve, 100))]);
await web?.stop();
process.exit(code);

async function serve(): Promise<void> {
  const [running] = await Promise.all([untilRunning(), buildWebApp()]);
  if (running === undefined) return;
  const url = running.API_URL;
  const options = {
    url,
    key: running.PUBLISHABLE_KEY,
    // Accounts with a public password must not be offered where other devices reach the backend.
    seeded: !args.includes("--no-seed") && isLocal(new URL(url).host),
  };
  web = await serveWebApp({ ...options, port: usualPort }).catch(() =>
    serveWebApp({ ...options, port: 0 }),
  );
  console.log(`Web app: ${web.url}`);
  if (!web.url.endsWith(`:${usualPort}`)) {
    console.log(`Port ${usualPort} is in use. Links in mails lead to that port, not to this app.`);
  }
}

async function untilRunning() {
  while (stack.exitCode === null) {
    const running = await findRunning(dataDir);
    if (running !== undefined) return running;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return undefined;
}
