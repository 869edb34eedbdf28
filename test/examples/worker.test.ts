/** The example, and the server of the README, on workerd. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { root, run } from "../sdk/packed.ts";
import { serverBlock } from "../sdk/readme/blocks.ts";
import { inDays } from "../world/projects.ts";
import { apiUrl, publishableKey } from "../world/stack.ts";
import { personAt, type SdkPerson } from "../world/through-sdk.ts";
import { type Server, startServer } from "./server.ts";

const folder = join(root, "examples/worker");
const bin = (name: string) => join(folder, "node_modules/.bin", name);
let creator: SdkPerson;

beforeAll(async () => {
  await run("npm", ["run", "--silent", "build"], { cwd: folder });
  await buildBlock();
  creator = await personAt({ url: apiUrl, key: publishableKey }, "creator");
  const project = { name: "Film", description: "x", dueDate: inDays(30) };
  await creator.onswift.projects.create(project).orThrow();
});

/** Makes a worker of the block in the README, beside the example's. */
async function buildBlock(): Promise<void> {
  const code = await serverBlock(apiUrl, publishableKey);
  const dist = join(folder, "dist");
  await writeFile(join(dist, "block.ts"), `${code}\nexport default { fetch: handle };\n`);
  const args = ["dist/block.ts", "--bundle", "--format=esm", "--outfile=dist/block.js"];
  await run(bin("esbuild"), [...args, "--log-level=warning"], { cwd: folder });
  const config = await readFile(join(folder, "config.capnp"), "utf8");
  await writeFile(join(dist, "block.capnp"), config.replace("dist/worker.js", "block.js"));
}

describe.each([
  { name: "the example", config: "config.capnp" },
  { name: "the block of the README", config: "dist/block.capnp" },
])("$name", ({ config }) => {
  let server: Server;

  beforeAll(async () => {
    const port = await freePort();
    const args = ["serve", config, `--socket-addr=http=127.0.0.1:${port}`];
    const env = { ONSWIFT_URL: apiUrl, ONSWIFT_KEY: publishableKey };
    server = await startServer("worker", bin("workerd"), args, { port, env, ready: "/" });
  });
  afterAll(() => server?.stop());

  test("answers as the user of the request", async () => {
    const headers = { authorization: `Bearer ${creator.token}` };
    const response = await fetch(`${server.url}/projects`, { headers });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ projects: [{ name: "Film" }] });
  });

  test.each([
    ["without a token", {}],
    ["with a forged token", { authorization: "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x" }],
  ])("refuses a request %s", async (_, headers) => {
    const response = await fetch(`${server.url}/projects`, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      name: "OnSwiftError",
      code: "NOT_AUTHENTICATED",
    });
  });
});
