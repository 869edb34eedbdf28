import assert from "node:assert/strict";
import { createApp } from "../app.ts";
import { drain, type Worker } from "../drain.ts";
import { builtin } from "../engines/builtin.ts";
import type { Engine } from "../engines/engine.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import type { QueuedRemoval, QueuedScan } from "../queue.ts";
import { eicar, inPieces, together } from "./eicar.ts";
import { phonePhoto, png } from "./pictures.ts";

const picture = png(64, 64);
const aFile = (fileId: string, bytes: Uint8Array, fields: Partial<QueuedScan> = {}) => ({
  bytes,
  file: {
    fileId,
    bucket: "deliverables",
    path: `p/${fileId}.png`,
    publishTo: null,
    fileSize: bytes.length,
    mimeType: "image/png",
    objectVersion: `v-${fileId}`,
    ...fields,
  },
});

/** A worker on queues and objects in memory, and what became of them. */
function workerOn(files: ReturnType<typeof aFile>[], removals: QueuedRemoval[] = []) {
  const said: string[] = [];
  const put: [string, string, Uint8Array][] = [];
  const queue = files.map(({ file }) => file);
  const worker: Worker = {
    engine: builtin,
    onVerdict: () => undefined,
    queue: {
      claimScans: async (limit) => queue.splice(0, limit),
      clean: async ({ fileId, objectVersion }) =>
        void said.push(`${fileId} clean ${objectVersion}`),
      infected: async ({ fileId }) => void said.push(`${fileId} infected`),
      rejected: async ({ fileId }, failure) => void said.push(`${fileId} ${failure}`),
      scanFailed: async ({ fileId }, reason) => void said.push(`${fileId} waits: ${reason}`),
      claimRemovals: async (limit) => removals.splice(0, limit),
      removed: async ({ path }) => void said.push(`${path} removed`),
      removalFailed: async ({ path }, reason) => void said.push(`${path} stays: ${reason}`),
      waiting: () => Promise.reject(new Error("nobody asks")),
    },
    objects: {
      open: async (_bucket, path) => {
        if (path.includes("down")) throw new Error("Storage answered 500: no");
        const found = files.find(({ file }) => file.path === path)?.bytes;
        return found === undefined || found.length === 0
          ? undefined
          : ReadableStream.from(inPieces(found, 1000));
      },
      put: async (bucket, path, bytes) => void put.push([bucket, path, bytes]),
      remove: async (_bucket, paths) => {
        if (paths.some((path) => path.includes("stuck")))
          throw new Error("Storage answered 500: no");
      },
    },
  };
  return { worker, said, put };
}

Deno.test("each file gets its verdict, and one that fails stops no other", async () => {
  const { worker, said } = workerOn([
    aFile("good", picture),
    aFile("bad", together(picture, eicar)),
    aFile("renamed", eicar),
    aFile("svg", new TextEncoder().encode("<svg/>")),
    aFile("down", picture),
    aFile("short", picture, { fileSize: picture.length + 1 }),
    aFile("long", picture, { fileSize: picture.length - 1 }),
    aFile("gone", new Uint8Array(), { fileSize: 5 }),
  ]);
  const outcome = await drain(worker);
  assert.deepEqual(outcome, { scanned: 7, waiting: 1, removed: 0, notRemoved: 0 });
  assert.deepEqual(said.sort(), [
    "bad infected",
    "down waits: Storage answered 500: no",
    "gone missing",
    "good clean v-good",
    "long size",
    "renamed infected",
    "short size",
    "svg type",
  ]);
});

Deno.test("a scanner that fails acquits nobody", async () => {
  const { worker, said, put } = workerOn([
    aFile("one", picture),
    aFile("two", picture, { publishTo: "avatars" }),
  ]);
  const engine: Engine = { ...builtin, scan: () => Promise.reject(new Error("It is down.")) };
  await drain({ ...worker, engine });
  assert.deepEqual(said.sort(), ["one waits: It is down.", "two waits: It is down."]);
  assert.deepEqual(put, []);
});

Deno.test("an avatar is published, redrawn, before it is called clean", async () => {
  const photo = phonePhoto();
  const { worker, said, put } = workerOn([
    aFile("me", photo, { publishTo: "avatars", mimeType: "image/jpeg" }),
    aFile("bomb", png(10_000, 10_000), { publishTo: "avatars" }),
    aFile("tiny", png(63, 64), { publishTo: "avatars" }),
    aFile("cut", picture.subarray(0, 60), { publishTo: "avatars" }),
    aFile("evil", together(picture, eicar), { publishTo: "avatars" }),
  ]);
  await drain(worker);
  assert.deepEqual(said.sort(), [
    "bomb dimensions",
    "cut unreadable",
    "evil infected",
    "me clean v-me",
    "tiny dimensions",
  ]);
  assert.deepEqual(
    put.map(([bucket, path]) => [bucket, path]),
    [["avatars", "p/me.png"]],
  );
  assert.notDeepEqual(put[0]?.[2], photo);
});

Deno.test("a publication that fails leaves the avatar waiting", async () => {
  const { worker, said } = workerOn([aFile("me", picture, { publishTo: "avatars" })]);
  const put = () => Promise.reject(new Error("Storage answered 403: no"));
  await drain({ ...worker, objects: { ...worker.objects, put } });
  assert.deepEqual(said, ["me waits: Storage answered 403: no"]);
});

Deno.test("removals go together; one that cannot is found out and the others go", async () => {
  const removals = ["a", "b", "stuck", "c"].map((path) => ({ bucket: "x", path }));
  const { worker, said } = workerOn([], removals);
  const outcome = await drain(worker);
  assert.deepEqual(outcome, { scanned: 0, waiting: 0, removed: 3, notRemoved: 1 });
  assert.deepEqual(said.sort(), [
    "a removed",
    "b removed",
    "c removed",
    "stuck stays: Storage answered 500: no",
  ]);
});

Deno.test("no file is begun once the time is up", async () => {
  const { worker } = workerOn(Array.from({ length: 50 }, (_, n) => aFile(`f${n}`, picture)));
  let clock = 0;
  const { scanned } = await drain(worker, () => {
    clock += 5000;
    return clock;
  });
  assert.ok(scanned > 0 && scanned < 10, `${scanned} of 50`);
});

Deno.test("a queue that breaks is told, after what was begun has ended", async () => {
  const { worker, said } = workerOn([], [{ bucket: "x", path: "a" }]);
  const claimScans = () => Promise.reject(new Error("The database is gone."));
  const queue = { ...worker.queue, claimScans };
  await assert.rejects(drain({ ...worker, queue }), /database is gone/);
  assert.deepEqual(said, ["a removed"]);
});

Deno.test("calls while it works make it work once more, never twice at once", async () => {
  let runs = 0;
  let atOnce = 0;
  const work = oneAtATime(async () => {
    atOnce += 1;
    assert.equal(atOnce, 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    runs += 1;
    atOnce -= 1;
  });
  await Promise.all(Array.from({ length: 10 }, work));
  assert.equal(runs, 2);
  await work();
  assert.equal(runs, 3);
});

Deno.test("only the project's key wakes the worker or sees its status", async () => {
  let wakes = 0;
  const app = createApp({
    secretKeys: ["sb_secret_1"],
    wake: () => {
      wakes += 1;
    },
    status: async () => ({
      ...(await builtin.status()),
      scans: { waiting: 2, failing: 1 },
      removals: { waiting: 0, failing: 0 },
    }),
  });
  const ask = (method: string, key?: string) =>
    app(
      new Request("http://test/files", {
        method,
        ...(key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } }),
      }),
    );
  for (const method of ["GET", "POST"]) {
    assert.equal((await ask(method)).status, 401);
    assert.equal((await ask(method, "sb_secret_2")).status, 401);
  }
  assert.equal((await ask("DELETE", "sb_secret_1")).status, 405);
  assert.equal(wakes, 0);
  assert.equal((await ask("POST", "sb_secret_1")).status, 202);
  assert.equal(wakes, 1);
  const { engine, ready, scans } = await (await ask("GET", "sb_secret_1")).json();
  assert.deepEqual(
    { engine, ready, scans },
    {
      engine: "builtin",
      ready: true,
      scans: { waiting: 2, failing: 1 },
    },
  );
});
