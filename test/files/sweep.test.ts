import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { png } from "../../supabase/functions/files/test/pictures.ts";
import { buildWorld, sql, type World } from "../supabase-js/world.ts";
import {
  buckets,
  bucketsInTheEnd,
  call,
  service,
  type Target,
  upload,
  verdict,
} from "./support.ts";

afterAll(() => sql.end());

interface Report {
  readonly expiredReservations: number;
  readonly orphanedObjects: number;
  readonly missingObjects: number;
}

async function sweep(): Promise<Report> {
  const [row] = await sql<{ report: Report }[]>`select private.sweep_files() as report`;
  if (row === undefined) throw new Error("The cleanup returned no counts.");
  return row.report;
}

describe("the cleanup of files", () => {
  let world: World;
  let target: Target;

  beforeAll(async () => {
    world = await buildWorld();
    target = { uploadType: "deliverable", projectId: world.projectId, taskId: world.taskId };
    await sweep();
  });

  const aFile = async (name: string) => {
    const file = await upload(world.assignee, target, name, "image/png", png(64, 64));
    expect(await verdict(file)).toBe("clean");
    return file;
  };

  test("removes and reports an object without a row", async () => {
    const [lost, kept] = [await aFile("lost.png"), await aFile("kept.png")];
    // As after a crash: the row is gone, and the removal of its object was never queued.
    // One transaction, because the worker removes the object as soon as it sees the queued removal.
    await sql.begin(async (tx) => {
      await tx`delete from public.files where id = ${lost.fileId}`;
      await tx`delete from private.object_removals where path = ${lost.path}`;
    });
    const young = await sweep();
    expect(young.orphanedObjects).toBe(0);
    await sql`
      update storage.objects set created_at = now() - interval '2 days'
      where name in (${lost.path}, ${kept.path})`;
    expect((await sweep()).orphanedObjects).toBe(1);
    expect(await bucketsInTheEnd(lost, [])).toEqual([]);
    expect(await buckets(kept)).toEqual(["deliverables"]);
  });

  test("marks and reports a file whose object is missing", async () => {
    const file = await aFile("gone.png");
    await service.storage.from(file.bucket).remove([file.path]);
    await sql`
      update public.files set uploaded_at = now() - interval '2 hours' where id = ${file.fileId}`;
    expect((await sweep()).missingObjects).toBe(1);
    expect(await call(world.assignee, "get_download", { fileId: file.fileId })).toEqual({
      code: "FILE_MISMATCH",
    });
  });

  test("removes and reports an upload that was never used", async () => {
    const file = await aFile("unused.png");
    await sql`
      update public.files set expires_at = now() - interval '1 day' where id = ${file.fileId}`;
    expect((await sweep()).expiredReservations).toBe(1);
    expect(await call(world.assignee, "get_download", { fileId: file.fileId })).toEqual({
      code: "NOT_FOUND",
    });
    expect(await bucketsInTheEnd(file, [])).toEqual([]);
  });
});
