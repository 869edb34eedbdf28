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
    unreported: 0,
    ...fields,
  },
});

/** A worker with queues and objects in memory, and what it reported. */
function workerOn(files: ReturnType<typeof aFile>[], removals: QueuedRemoval[] = []) {
  const reports: string[] = [];
  const put: [string, string, Uint8Array][] = [];
  const queue = files.map(({ file }) => file);
  const worker: Worker = {
    engine: builtin,
    onVerdict: () => undefined,
    queue: {
      claimScans: async (limit) => queue.splice(0, limit),
      clean: async ({ fileId, objectVersion }) =>
        void reports.push(`${fileId} clean ${objectVersion}`),
      infected: async ({ fileId }) => void reports.push(`${fileId} infected`),
      rejected: async ({ fileId }, failure) => void reports.push(`${fileId} ${failure}`),
      scanFailed: async ({ fileId }, reason) => void reports.push(`${fileId} waits: ${reason}`),
      claimRemovals: async (limit) => removals.splice(0, limit),
      removed: async ({ path }) => void reports.push(`${path} removed`),
      removalFailed: async ({ path }, reason) => void reports.push(`${path} stays: ${reason}`),
      lengths: () => Promise.reject(new Error("Not called.")),
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
  return { worker, reports, put };
}

Deno.test("each file gets its verdict, and a failure with one file does not stop the others", async () => {
  const { worker, reports } = workerOn([
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
  assert.deepEqual(reports.sort(), [
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

Deno.test("no file is clean while the scanner fails", async () => {
  const { worker, reports, put } = workerOn([
    aFile("one", picture),
    aFile("two", picture, { publishTo: "avatars" }),
  ]);
  const engine: Engine = { ...builtin, scan: () => Promise.reject(new Error("It is down.")) };
  await drain({ ...worker, engine });
  assert.deepEqual(reports.sort(), ["one waits: It is down.", "two waits: It is down."]);
  assert.deepEqual(put, []);
});

Deno.test("an avatar is redrawn and published before it counts as clean", async () => {
  const photo = phonePhoto();
  const { worker, reports, put } = workerOn([
    aFile("me", photo, { publishTo: "avatars", mimeType: "image/jpeg" }),
    aFile("bomb", png(10_000, 10_000), { publishTo: "avatars" }),
    aFile("tiny", png(63, 64), { publishTo: "avatars" }),
    aFile("cut", picture.subarray(0, 60), { publishTo: "avatars" }),
    aFile("evil", together(picture, eicar), { publishTo: "avatars" }),
    aFile("deadly", picture, { publishTo: "avatars", unreported: 3 }),
  ]);
  await drain(worker);
  assert.deepEqual(reports.sort(), [
    "bomb dimensions",
    "cut unreadable",
    "deadly unreadable",
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

Deno.test("an avatar whose publication fails waits for the next scan", async () => {
  const { worker, reports } = workerOn([aFile("me", picture, { publishTo: "avatars" })]);
  const put = () => Promise.reject(new Error("Storage answered 403: no"));
  await drain({ ...worker, objects: { ...worker.objects, put } });
  assert.deepEqual(reports, ["me waits: Storage answered 403: no"]);
});

Deno.test("objects are removed in batches; after a failed batch each is removed alone", async () => {
  const removals = ["a", "b", "stuck", "c"].map((path) => ({ bucket: "x", path }));
  const { worker, reports } = workerOn([], removals);
  const outcome = await drain(worker);
  assert.deepEqual(outcome, { scanned: 0, waiting: 0, removed: 3, notRemoved: 1 });
  assert.deepEqual(reports.sort(), [
    "a removed",
    "b removed",
    "c removed",
    "stuck stays: Storage answered 500: no",
  ]);
});

Deno.test("no scan starts once the time is up", async () => {
  const { worker } = workerOn(Array.from({ length: 50 }, (_, n) => aFile(`f${n}`, picture)));
  let clock = 0;
  const { scanned } = await drain(worker, () => {
    clock += 5000;
    return clock;
  });
  assert.ok(scanned > 0 && scanned < 10, `${scanned} of 50`);
});

Deno.test("an error of the queue is thrown after the running work has ended", async () => {
  const { worker, reports } = workerOn([], [{ bucket: "x", path: "a" }]);
  const claimScans = () => Promise.reject(new Error("The database is gone."));
  const queue = { ...worker.queue, claimScans };
  await assert.rejects(drain({ ...worker, queue }), /database is gone/);
  assert.deepEqual(reports, ["a removed"]);
});

Deno.test("calls during a run cause one more run and never two at the same time", async () => {
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

Deno.test("only a secret key of the project wakes the worker or reads its status", async () => {
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
