/**
 * The pipeline with a real clamd, on a stack of its own: the one that `npm test` started scans with
 * the built-in engine. Skipped where ClamAV is not installed (Debian: `apt-get install clamav-daemon`).
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { png } from "../../../supabase/functions/files/test/pictures.ts";
import { eicar, zip } from "../archives.ts";
import type { Place, Target } from "../support.ts";
import { Clamd, clamdBinary } from "./clamd.ts";
import { secondWorker } from "./second-worker.ts";

type Support = typeof import("../support.ts");
type Database = typeof import("../../supabase-js/world.ts");

describe.skipIf(clamdBinary === undefined)("the file pipeline with clamd", () => {
  let clamd: Clamd;
  let support: Support;
  let database: Database;
  let world: Awaited<ReturnType<Database["buildWorld"]>>;
  let target: Target;

  beforeAll(async () => {
    clamd = await Clamd.install();
    await clamd.start();
    Object.assign(process.env, { CLAMD_HOST: "127.0.0.1", CLAMD_PORT: String(clamd.port) });
    const { scratchStack } = await import("../../../scripts/scratch-stack.ts");
    const { about, stop } = await scratchStack({ seed: false });
    // What is imported from here on finds this stack in its environment.
    Object.assign(process.env, about, { SUPABASE_URL: about.API_URL });
    database = await import("../../supabase-js/world.ts");
    support = await import("../support.ts");
    world = await database.buildWorld();
    target = { uploadType: "deliverable", projectId: world.projectId, taskId: world.taskId };
    return stop;
  });

  afterAll(async () => {
    await database?.sql.end();
    await clamd?.uninstall();
  });

  const sent = (fileName: string, mimeType: string, bytes: Uint8Array): Promise<Place> =>
    support.upload(world.assignee, target, fileName, mimeType, bytes);

  const status = () => support.askWorker("GET");

  test("reports its engine in the status", async () => {
    expect(await status()).toMatchObject({
      engine: "clamd",
      ready: true,
      detail: expect.stringMatching(/^ClamAV \d/),
    });
  });

  test("serves clean files", async () => {
    const file = await sent("a.png", "image/png", png(64, 64));
    expect(await support.verdict(file)).toBe("clean");
    expect(await support.waysToGet(world.assignee, file)).toEqual(["download", "address"]);
  });

  const samples = {
    "as a file": ["tool.zip", "application/zip", eicar],
    "renamed to a picture": ["picture.png", "image/png", eicar],
    "inside an archive": ["work.zip", "application/zip", zip("readme.txt", eicar)],
    "inside an archive inside an archive": [
      "deep.zip",
      "application/zip",
      zip("work.zip", zip("readme.txt", eicar)),
    ],
  } as const;

  for (const [how, [fileName, mimeType, bytes]] of Object.entries(samples)) {
    test(`serves EICAR ${how} to no user`, async () => {
      const file = await sent(fileName, mimeType, bytes);
      expect(await support.verdict(file)).toBe("infected");
      for (const who of [world.assignee, world.creator, world.stranger]) {
        expect(await support.waysToGet(who, file)).toEqual([]);
      }
    });
  }

  test("accepts a file of 100 MB", async () => {
    const video = Buffer.alloc(100 * 1024 * 1024);
    video.writeUInt32BE(20);
    video.write("ftypisom", 4, "latin1");
    const file = await sent("long.mp4", "video/mp4", video);
    expect(await support.verdict(file)).toBe("clean");
  });

  test("keeps files waiting and serves none while clamd is down, and scans them afterwards", async () => {
    await clamd.kill();
    const good = await sent("waits.png", "image/png", png(64, 64));
    const bad = await sent("waits.zip", "application/zip", zip("readme.txt", eicar));
    const { sql } = database;
    const waiting = () => sql<{ lastError: string | null; wait: number }[]>`
      select
        last_error as "lastError",
        round(extract(epoch from next_attempt_at - now()))::integer as wait
      from private.file_scans where file_id in (${good.fileId}, ${bad.fileId})`;
    const rows = await support.eventually(waiting, (all) => all.every((row) => row.lastError));
    expect(rows).toHaveLength(2);
    for (const { lastError, wait } of rows) {
      expect(lastError).toContain("cannot be reached");
      expect(wait).toBeGreaterThan(5);
      expect(wait).toBeLessThanOrEqual(15);
    }
    expect(await status()).toMatchObject({ ready: false, scans: { waiting: 2, failing: 2 } });
    for (const file of [good, bad]) {
      expect(await support.waysToGet(world.assignee, file)).toEqual([]);
      const { fileId } = file;
      expect(await support.call(world.assignee, "get_download", { fileId })).toEqual({
        code: "SCAN_PENDING",
      });
    }

    await clamd.start();
    // Makes the next attempt due now, which shortens the test.
    await sql`update private.file_scans set next_attempt_at = now()`;
    await support.askWorker("POST");
    expect(await support.verdict(good)).toBe("clean");
    expect(await support.verdict(bad)).toBe("infected");
  });

  test("gives each file to one of several workers", async () => {
    const { sql } = database;
    await sql`create table public.test_claims (file_id uuid)`;
    await sql`
      create function public.test_note_claim() returns trigger language plpgsql as $$
      begin
        insert into public.test_claims values (new.file_id);
        return null;
      end; $$`;
    await sql`
      create trigger test_note_claim after update of attempts on private.file_scans
      for each row execute function public.test_note_claim()`;
    const other = await secondWorker({
      SUPABASE_URL: process.env.API_URL ?? "",
      SUPABASE_DB_URL: process.env.DB_URL ?? "",
      SUPABASE_SERVICE_ROLE_KEY: process.env.SERVICE_ROLE_KEY ?? "",
      CLAMD_HOST: "127.0.0.1",
      CLAMD_PORT: String(clamd.port),
    });
    try {
      const files = await Promise.all(
        Array.from({ length: 8 }, (_, n) => sent(`n${n}.png`, "image/png", png(64, 64 + n))),
      );
      await Promise.all([other.wake(), support.askWorker("POST"), other.wake()]);
      const verdicts = await Promise.all(files.map(support.verdict));
      expect(verdicts).toEqual(files.map(() => "clean"));
      const claims = await sql<{ file_id: string }[]>`select file_id from public.test_claims`;
      expect(claims.map((claim) => claim.file_id).sort()).toEqual(
        files.map((file) => file.fileId).sort(),
      );
    } finally {
      other.stop();
    }
  });
});
