/** The server of the README in Deno; test/examples has it in workerd, and readme.test.ts in Node. */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inDays } from "../../world/projects.ts";
import { apiUrl, publishableKey } from "../../world/stack.ts";
import { personAt } from "../../world/through-sdk.ts";
import { bin, installPeer, type Packed, packSdk } from "../packed.ts";
import { serverBlock } from "./blocks.ts";

let packed: Packed;

beforeAll(async () => {
  packed = await packSdk();
  await installPeer(packed);
}, 120_000);
afterAll(() => packed?.remove());

test("the block for servers answers as the user of the request in Deno", {
  timeout: 60_000,
}, async () => {
  const file = join(packed.folder, "server.ts");
  const serve = `Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(port) }, handle);`;
  await writeFile(file, `${await serverBlock(apiUrl, publishableKey)}\n${serve}\n`);
  await writeFile(join(packed.folder, "package.json"), JSON.stringify({ type: "module" }));
  const allowed = ["--allow-net", "--allow-env", "--allow-read"];
  const args = ["run", "--no-check", "--node-modules-dir=manual", ...allowed, file];
  const deno = spawn(bin("deno"), args, { cwd: packed.folder });
  try {
    const port = await new Promise<number>((resolve, reject) => {
      deno.stdout.on("data", (text) => resolve(Number(text)));
      deno.stderr.on("data", (text) => reject(new Error(String(text))));
    });
    const url = `http://127.0.0.1:${port}`;
    const creator = await personAt({ url: apiUrl, key: publishableKey }, "creator");
    const project = { name: "Film", description: "x", dueDate: inDays(30) };
    await creator.onswift.projects.create(project).orThrow();
    const own = await fetch(url, { headers: { authorization: `Bearer ${creator.token}` } });
    expect(await own.json()).toMatchObject({ projects: [{ name: "Film" }] });
    const refused = await fetch(url);
    expect([refused.status, (await refused.json()).code]).toEqual([401, "NOT_AUTHENTICATED"]);
  } finally {
    deno.kill();
  }
});
