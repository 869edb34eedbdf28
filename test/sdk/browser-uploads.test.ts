import { join } from "node:path";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { apiUrl, publishableKey } from "../world/stack.ts";
import { inBrowser } from "./browser.ts";
import { root } from "./packed.ts";
import { type Team, team } from "./support.ts";

const script = `
  import { createClient } from "./sdk/src/index.ts";
  const { url, key, token, projectId, taskId } = globalThis.env;
  const headers = { Authorization: "Bearer " + token };
  const { deliverables, files } = createClient({ url, key, persistSession: false, headers });

  const start = new TextEncoder().encode("\\0\\0\\0\\x18ftypisom\\0\\0\\x02\\0isommp41");
  const film = (size) => new File([start, new Uint8Array(size - start.length)], "film.mp4");
  const submit = (size) =>
    deliverables.submit({ projectId, taskId, title: "Film", files: [film(size)] });
  const at = (task, bytes) =>
    new Promise((resolve) => task.on("progress", ({ loaded }) => loaded >= bytes && resolve()));

  async function main() {
    const heard = [];
    const task = submit(8_000_000);
    task.on("progress", ({ loaded }) => heard.push(loaded));
    await at(task, 1_000_000);
    task.pause();
    await new Promise((wake) => setTimeout(wake, 400));
    const before = heard.length;
    await new Promise((wake) => setTimeout(wake, 400));
    const quiet = heard.length === before;
    task.resume();
    const { data, error } = await task;

    const stopped = submit(2_000_000);
    await at(stopped, 100_000);
    stopped.abort();
    const { error: aborted } = await stopped;

    const fileId = data?.files[0].id;
    await files.waitUntilClean(fileId);
    const blob = await (await files.download(fileId).orThrow()).blob();
    globalThis.__print(JSON.stringify({
      code: error?.code ?? null,
      quiet,
      withinChunk: heard.filter((loaded) => loaded % 6_291_456 > 0 && loaded < 8_000_000).length > 3,
      last: heard.at(-1),
      aborted: aborted?.code,
      received: [blob.size, blob.type],
    }));
  }
  main();
`;

let world: Team;
beforeAll(async () => {
  world = await team();
});

test("an upload in a browser reports progress and can be paused and aborted", async () => {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: root, loader: "js" },
    bundle: true,
    format: "esm",
    platform: "browser",
    absWorkingDir: join(root, "sdk"),
    write: false,
  });
  const { accessToken = "" } = (await world.talent.onswift.auth.getSession().orThrow()) ?? {};
  const { projectId, taskId } = world;
  const env = { url: apiUrl, key: publishableKey, token: accessToken, projectId, taskId };
  const printed = await inBrowser(outputFiles[0]?.text ?? "", env, 3_000_000);
  expect(JSON.parse(printed)).toEqual({
    code: null,
    quiet: true,
    withinChunk: true,
    last: 8_000_000,
    aborted: "ABORTED",
    received: [8_000_000, "video/mp4"],
  });
});
