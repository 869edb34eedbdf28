import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createClient, type OnSwift, type UploadProgress } from "../../sdk/src/index.ts";
import { fileFromPath } from "../../sdk/src/node.ts";
import { apiUrl, publishableKey } from "../world/stack.ts";
import { type CuttingProxy, cuttingProxy } from "./cutting-proxy.ts";
import { movie } from "./movie.ts";
import { root, run } from "./packed.ts";
import { type Team, team } from "./support.ts";

const MiB = 1024 * 1024;

let proxy: CuttingProxy;
let world: Team;
let place: { readonly projectId: string; readonly taskId: string; readonly title: string };
beforeAll(async () => {
  proxy = await cuttingProxy(apiUrl);
});
afterAll(() => proxy.close());
beforeEach(async () => {
  world = await team();
  place = { projectId: world.projectId, taskId: world.taskId, title: "Rough cut" };
});

/** The talent on another device, connected through the proxy. */
async function elsewhere(): Promise<OnSwift> {
  const { accessToken = "" } = (await world.talent.onswift.auth.getSession().orThrow()) ?? {};
  const headers = { Authorization: `Bearer ${accessToken}` };
  return createClient({ url: proxy.url, key: publishableKey, persistSession: false, headers });
}

async function bytesOf(onswift: OnSwift, fileId = ""): Promise<Buffer> {
  await onswift.files.waitUntilClean(fileId).orThrow();
  const download = await onswift.files.download(fileId).orThrow();
  return Buffer.from(await (await download.blob()).arrayBuffer());
}

const film = (bytes: Buffer<ArrayBuffer>, name = "cut.mp4") => new File([bytes], name);

/** Resolves when a task has sent the given number of bytes. */
const reached = (
  task: { on(event: "progress", listener: (progress: UploadProgress) => void): () => void },
  bytes: number,
) =>
  new Promise<void>((resolve) => {
    const off = task.on("progress", ({ overall }) => {
      if (overall.loaded < bytes) return;
      off();
      resolve();
    });
  });

describe("an upload over an unreliable connection", () => {
  test("an upload continues after every lost connection and arrives unchanged", async () => {
    const onswift = await elsewhere();
    const bytes = movie(20 * MiB);
    const task = onswift.deliverables.submit({ ...place, files: [film(bytes)] });
    proxy.cutAfter(3 * MiB, 2 * MiB, 4 * MiB);
    const { files } = await task.orThrow();
    expect(proxy.cuts).toBe(3);
    expect((await bytesOf(onswift, files[0]?.id)).equals(bytes)).toBe(true);
  });

  test("pause stops sending and resume continues", async () => {
    const onswift = await elsewhere();
    const bytes = movie(20 * MiB);
    const task = onswift.deliverables.submit({ ...place, files: [film(bytes)] });
    await reached(task, 6 * MiB);
    task.pause();
    await new Promise((wake) => setTimeout(wake, 300));
    const before = task.state().files[0];
    expect(before?.uploadId).toBeDefined();
    expect(before?.done).toBeUndefined();
    task.resume();
    const { files } = await task.orThrow();
    expect((await bytesOf(onswift, files[0]?.id)).equals(bytes)).toBe(true);
  });

  test("an aborted upload leaves no usable file", async () => {
    const onswift = await elsewhere();
    const task = onswift.deliverables.submit({ ...place, files: [film(movie(20 * MiB))] });
    await reached(task, 6 * MiB);
    task.abort();
    expect((await task).error?.code).toBe("ABORTED");
    const fileId = task.state().files[0]?.fileId ?? "";
    const code = async () => (await world.talent.onswift.files.confirm(fileId)).error?.code;
    await expect.poll(code).toBe("NOT_FOUND");
    const { deliverables } = await world.talent.onswift.deliverables.list().orThrow();
    expect(deliverables).toEqual([]);
  });

  test("another process can continue an upload from its state", async () => {
    const onswift = await elsewhere();
    const bytes = movie(20 * MiB);
    const first = onswift.deliverables.submit({ ...place, files: [film(bytes)] });
    await reached(first, 12 * MiB);
    // The first process ends without discarding its files.
    first.pause();
    const kept = JSON.parse(JSON.stringify(first.state()));

    const heard: number[] = [];
    const again = world.talent.onswift.deliverables.submit(
      { ...place, files: [film(bytes)] },
      { resumeFrom: kept },
    );
    again.on("progress", ({ loaded }) => heard.push(loaded));
    const { files } = await again.orThrow();
    expect(files[0]?.id).toBe(kept.files[0].fileId);
    expect(Math.min(...heard)).toBeGreaterThanOrEqual(12 * MiB);
    expect((await bytesOf(onswift, files[0]?.id)).equals(bytes)).toBe(true);
    first.abort();
    await first;
  });

  test("progress covers all files of a task", async () => {
    const heard: UploadProgress[] = [];
    const sizes = [7 * MiB, 1000, 2 * MiB, 500];
    const files = sizes.map((size, index) => film(movie(size), `${index}.mp4`));
    const task = (await elsewhere()).deliverables.submit({ ...place, files });
    task.on("progress", (progress) => heard.push(progress));
    await task.orThrow();
    const total = sizes.reduce((a, b) => a + b, 0);
    expect(heard.at(-1)?.overall).toEqual({ loaded: total, total });
    for (const { index, file, loaded, total } of heard) {
      expect([file, total]).toEqual([`${index}.mp4`, sizes[index]]);
      expect(loaded).toBeLessThanOrEqual(total);
    }
  });
});

describe("a file of 100 MB on disk", () => {
  let folder: string;
  let path: string;
  let digest: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "onswift-film-"));
    path = join(folder, "film.mp4");
    const bytes = movie(100 * MiB);
    digest = createHash("sha256").update(bytes).digest("hex");
    await writeFile(path, bytes);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("upload and download need little memory", async () => {
    const { accessToken = "" } = (await world.talent.onswift.auth.getSession().orThrow()) ?? {};
    const script = `
      import { createHash } from "node:crypto";
      import { createClient } from "./sdk/src/index.ts";
      import { fileFromPath } from "./sdk/src/node.ts";
      const [url, key, token, projectId, taskId, path] = process.argv.slice(1);
      const headers = { Authorization: "Bearer " + token };
      const { deliverables, files } = createClient({ url, key, persistSession: false, headers });
      let held = 0;
      const measure = () => {
        gc();
        held = Math.max(held, process.memoryUsage().external / 1024 / 1024);
      };
      const work = { projectId, taskId, title: "Film", files: [await fileFromPath(path)] };
      const task = deliverables.submit(work);
      task.on("progress", measure);
      const made = await task.orThrow();
      const fileId = made.files[0].id;
      await files.waitUntilClean(fileId).orThrow();
      const hash = createHash("sha256");
      const { body } = await files.download(fileId).orThrow();
      let parts = 0;
      for await (const part of body) {
        hash.update(part);
        if (parts++ % 100 === 0) measure();
      }
      console.log(JSON.stringify({ digest: hash.digest("hex"), held }));
    `;
    const { projectId, taskId } = place;
    const args = [
      "--expose-gc",
      "--input-type=module",
      "--eval",
      script,
      apiUrl,
      publishableKey,
      accessToken,
    ];
    const told = await run(process.execPath, [...args, projectId, taskId, path], { cwd: root });
    const { digest: received, held } = JSON.parse(told);
    expect(received).toBe(digest);
    // Memory that is in use: one or two chunks, which the runtime's fetch copies.
    expect(held).toBeLessThan(80);
  });

  test("fileFromPath takes the name from the path unless it is given", async () => {
    const source = await fileFromPath(pathToFileURL(path), { name: "Other.mp4" });
    expect(source).toMatchObject({ name: "Other.mp4", size: 100 * MiB });
    const end = (await source.slice(100 * MiB - 10, 100 * MiB + 10)) as Uint8Array;
    expect(end.length).toBe(10);
    await expect(fileFromPath(join(folder, "none.mp4"))).rejects.toThrow("ENOENT");
  });
});
