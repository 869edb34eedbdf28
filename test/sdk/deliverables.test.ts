import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { DeliverableFilter, NewDeliverable, OnSwift } from "../../sdk/src/index.ts";
import { png, svg } from "../rest/images.ts";
import { withoutScans } from "../world/held-scans.ts";
import { inDays } from "../world/projects.ts";
import { openDatabase } from "../world/stack.ts";
import { cleanFile, deliverable, deliverableHistory, pagination, upload } from "./responses.ts";
import { person, type Team, team } from "./support.ts";

const sql = openDatabase();
afterAll(() => sql.end());

let world: Team;
let place: { readonly projectId: string; readonly taskId: string };
beforeEach(async () => {
  world = await team();
  place = { projectId: world.projectId, taskId: world.taskId };
});

const picture = (name = "logo.png", bytes = png()) =>
  new File([bytes], name, { type: "image/png" });
const work = (fields: Partial<NewDeliverable> = {}): NewDeliverable => ({
  ...place,
  title: "Final logo",
  files: [picture()],
  ...fields,
});

async function bytesOf(onswift: OnSwift, fileId: string): Promise<Buffer> {
  await onswift.files.waitUntilClean(fileId).orThrow();
  const download = await onswift.files.download(fileId).orThrow();
  return Buffer.from(await (await download.blob()).arrayBuffer());
}

describe("a deliverable", () => {
  test("a deliverable keeps all versions and reviews through three revisions to its approval", async () => {
    const { creator, talent } = world;
    const sent = Array.from({ length: 4 }, () => png());
    const [original = sent[0], ...next] = sent;
    const files = [picture("a.png", original), { name: "b.png", data: new Uint8Array(png()) }];
    const first = deliverableHistory.parse(
      await talent.onswift.deliverables.submit(work({ files, description: "v1" })).orThrow(),
    );
    expect(first).toMatchObject({
      ...place,
      title: "Final logo",
      description: "v1",
      status: "pending",
      version: 1,
      revisionCount: 0,
      submittedBy: { id: talent.id },
    });
    expect(first.files.map(({ fileName }) => fileName)).toEqual(["a.png", "b.png"]);

    for (const [index, bytes] of next.entries()) {
      const feedback = `Round ${index + 1}`;
      const back = deliverableHistory.parse(
        await creator.onswift.deliverables.requestRevision(first.id, feedback).orThrow(),
      );
      expect(back).toMatchObject({ status: "revision", revisionCount: index + 1, feedback });
      const again = { description: `v${index + 2}`, files: [picture("a.png", bytes)] };
      const resubmitted = deliverableHistory.parse(
        await talent.onswift.deliverables.resubmit(first.id, again).orThrow(),
      );
      expect(resubmitted).toMatchObject({
        status: "pending",
        version: index + 2,
        ...again,
        files: [{}],
      });
    }
    const fourth = await creator.onswift.deliverables.requestRevision(first.id, "Once more");
    expect(fourth.error?.code).toBe("MAX_REVISIONS_REACHED");

    const approved = deliverableHistory.parse(
      await creator.onswift.deliverables.approve(first.id).orThrow(),
    );
    expect(approved).toMatchObject({
      status: "approved",
      feedback: null,
      approvedBy: { id: creator.id },
    });
    expect(approved.versions.map(({ review }) => review?.feedback)).toEqual([
      "Round 1",
      "Round 2",
      "Round 3",
      null,
    ]);
    for (const [index, { files, description }] of approved.versions.entries()) {
      expect(description).toBe(`v${index + 1}`);
      expect(await bytesOf(creator.onswift, files[0]?.id ?? "")).toEqual(sent[index]);
    }
    expect((await creator.onswift.deliverables.approve(first.id)).error?.code).toBe(
      "INVALID_STATE",
    );
  });

  test("of two parallel reviews only one succeeds", async () => {
    const { creator, talent } = world;
    const { id } = await talent.onswift.deliverables.submit(work()).orThrow();
    const { deliverables } = creator.onswift;
    const both = await Promise.all([
      deliverables.approve(id),
      deliverables.requestRevision(id, "Warmer"),
    ]);
    expect(both.map(({ error }) => error?.code ?? null).sort()).toEqual(["INVALID_STATE", null]);
  });

  test("submitter and creator can list a deliverable by page and status", async () => {
    const { creator, talent } = world;
    for (const title of ["One", "Two", "Three"]) {
      await talent.onswift.deliverables.submit(work({ title })).orThrow();
    }
    const page = z.strictObject({ deliverables: z.array(deliverable), pagination });
    const first = page.parse(await creator.onswift.deliverables.list({ limit: 2 }).orThrow());
    expect(first.deliverables.map(({ title }) => title)).toEqual(["Three", "Two"]);
    const titles: string[] = [];
    const filter = { projectId: place.projectId, sort: "title", limit: 2 } as const;
    for await (const { title } of talent.onswift.deliverables.list(filter)) titles.push(title);
    expect(titles).toEqual(["One", "Three", "Two"]);
    const { data } = await creator.onswift.deliverables.list({ status: "approved" });
    expect(data?.deliverables).toEqual([]);
  });

  test("submitter and creator can list the deliverables of a task over all its pages", async () => {
    const { creator, talent } = world;
    const { projectId, taskId } = place;
    const { id: otherTaskId } = await creator.onswift.tasks
      .create(projectId, { name: "Sound", assigneeId: talent.id, dueDate: inDays(7) })
      .orThrow();
    for (const title of ["One", "Two", "Three"]) {
      await talent.onswift.deliverables.submit(work({ title })).orThrow();
    }
    const mix = work({ taskId: otherTaskId, title: "Mix" });
    await talent.onswift.deliverables.submit(mix).orThrow();
    const titles = async ({ deliverables }: OnSwift, filter: DeliverableFilter) => {
      const found: string[] = [];
      for await (const { title } of deliverables.list({ limit: 2, ...filter })) found.push(title);
      return found;
    };
    for (const { onswift } of [creator, talent]) {
      expect(await titles(onswift, { taskId })).toEqual(["Three", "Two", "One"]);
      expect(await titles(onswift, { taskId: otherTaskId, projectId })).toEqual(["Mix"]);
      expect(await titles(onswift, { taskId, projectId: otherTaskId })).toEqual([]);
    }
    const [member, stranger] = await Promise.all([person("talent"), person("creator")]);
    await creator.onswift.team.add(projectId, { userId: member.id }).orThrow();
    for (const { onswift } of [member, stranger]) {
      expect(await titles(onswift, { taskId })).toEqual([]);
    }
    const { error } = await talent.onswift.deliverables.list({ taskId: "nonsense" });
    expect(error).toMatchObject({ code: "VALIDATION_ERROR", details: [{ field: "taskId" }] });
  });

  test("the submitter can delete a deliverable before its first review", async () => {
    const { creator, talent } = world;
    const { id, files } = await talent.onswift.deliverables.submit(work()).orThrow();
    expect(await talent.onswift.deliverables.delete(id)).toEqual({ data: null, error: null });
    expect((await creator.onswift.deliverables.get(id)).error?.code).toBe("NOT_FOUND");
    const gone = await creator.onswift.files.download(files[0]?.id ?? "");
    expect(gone.error?.code).toBe("NOT_FOUND");
  });

  test("other users can see neither the deliverable nor its files", async () => {
    const { creator, talent } = world;
    const { id, files } = await talent.onswift.deliverables.submit(work()).orThrow();
    const fileId = files[0]?.id ?? "";
    await talent.onswift.files.waitUntilClean(fileId).orThrow();
    const [member, stranger] = await Promise.all([person("talent"), person("creator")]);
    await creator.onswift.team.add(place.projectId, { userId: member.id }).orThrow();
    for (const { onswift } of [member, stranger]) {
      const { deliverables, files } = onswift;
      const refusals = await Promise.all([
        deliverables.get(id),
        deliverables.approve(id),
        deliverables.delete(id),
        deliverables.resubmit(id, { files: [picture()] }),
        files.download(fileId),
        files.downloadUrl(fileId),
        files.confirm(fileId),
      ]);
      const codes = refusals.map(({ error }) => error?.code);
      expect(codes).toEqual([
        "FORBIDDEN",
        "FORBIDDEN",
        "FORBIDDEN",
        expect.stringMatching(/^(FORBIDDEN|TALENT_ONLY)$/),
        "FORBIDDEN",
        "FORBIDDEN",
        "FORBIDDEN",
      ]);
      expect((await deliverables.list().orThrow()).deliverables).toEqual([]);
    }
  });
});

describe("files of a submission", () => {
  test("refused files are named and not uploaded", async () => {
    const files = [picture(), picture("b.exe"), picture("../c.png"), new File([], "d.png")];
    const { error } = await world.talent.onswift.deliverables.submit(work({ files }));
    expect(error).toMatchObject({ code: "VALIDATION_ERROR", status: 400 });
    expect(error?.details?.map(({ field }) => field)).toEqual([
      "files[1].fileName",
      "files[2].fileName",
      "files[3].fileSize",
    ]);
    const slice = () => new Uint8Array();
    const large = { name: "a.png", size: 51 * 1024 * 1024, slice };
    const tooLarge = await world.talent.onswift.deliverables.submit(work({ files: [large] }));
    expect(tooLarge.error).toMatchObject({ code: "FILE_TOO_LARGE", status: 413 });
  });

  test("a file with false content is refused before it is submitted", async () => {
    const { deliverables, files } = world.talent.onswift;
    const target = { uploadType: "deliverable", ...place } as const;
    const message = '"a.png" does not have the declared type.';
    for (const bytes of [svg, Buffer.from("Just words.")]) {
      const disguised = picture("a.png", bytes as never);
      const early = await files.upload(target, [picture(), disguised]);
      expect(early.error).toMatchObject({ code: "FILE_MISMATCH", status: 400, message });
      const submission = await deliverables.submit(work({ files: [disguised] }));
      expect(submission.error?.details).toEqual([{ field: "files[0]", message }]);
    }
    expect((await deliverables.list().orThrow()).deliverables).toEqual([]);
  });

  test("a file that the scan rejects after the submission is replaced without a revision", async () => {
    const { deliverables, files } = world.talent.onswift;
    const target = { uploadType: "deliverable", ...place } as const;
    // React Native's blobs cannot be read by the SDK, so that only the scan finds what they are.
    const unreadable = {
      name: "a.png",
      size: svg.length,
      type: "image/png",
      slice: (from: number, to: number) =>
        Object.assign(new Blob([svg.subarray(from, to)]), { arrayBuffer: undefined }),
    };
    const { early, id } = await withoutScans(sql, async () => {
      const early = await files.upload(target, [unreadable as never, picture("b.png")]).orThrow();
      return { early, id: (await deliverables.submit(work({ files: early.files })).orThrow()).id };
    });
    const [bad, good] = early.files.map(({ fileId }) => fileId);
    const verdict = await world.creator.onswift.files.waitUntilClean(bad ?? "");
    expect(verdict.error?.code).toBe("FILE_MISMATCH");
    const clean = await deliverables.replaceFile(id, good ?? "", picture("c.png"));
    expect(clean.error?.code).toBe("INVALID_STATE");

    const replaced = deliverableHistory.parse(
      await deliverables.replaceFile(id, bad ?? "", picture("fixed.png")).orThrow(),
    );
    expect(replaced).toMatchObject({ id, status: "pending", version: 1, revisionCount: 0 });
    expect(replaced.files.map(({ fileName }) => fileName)).toEqual(["fixed.png", "b.png"]);
    await bytesOf(world.creator.onswift, replaced.files[0]?.id ?? "");
  });

  test("files can be uploaded first and submitted later, once", async () => {
    const { deliverables, files } = world.talent.onswift;
    const target = { uploadType: "deliverable", ...place } as const;
    const early = await files.upload(target, [picture("a.png"), picture("b.png")]).orThrow();
    const handedIn = work({ files: [...early.files].reverse() });
    const made = await deliverables.submit(handedIn).orThrow();
    expect(made.files.map(({ fileName }) => fileName)).toEqual(["b.png", "a.png"]);
    // Submitting the same again returns the same deliverable; different content is refused.
    expect((await deliverables.submit(handedIn).orThrow()).id).toBe(made.id);
    const other = await deliverables.submit({ ...handedIn, title: "Another" });
    expect(other.error?.code).toBe("CONFLICT");
    const [file] = early.files;
    const single = await deliverables.submit({ ...handedIn, files: file ? [file] : [] });
    expect(single.error).toMatchObject({ code: "VALIDATION_ERROR", details: [{ field: "files" }] });
  });

  test("files can be uploaded step by step", async () => {
    const { files } = world.talent.onswift;
    const bytes = png();
    const announced = { fileName: "logo.png", fileSize: bytes.length, mimeType: "image/png" };
    const target = { uploadType: "deliverable", ...place } as const;
    const reserved = upload.parse(await files.createUpload({ ...target, ...announced }).orThrow());
    expect(reserved).toMatchObject({ ...target, ...announced, state: "reserved" });
    expect((await files.confirm(reserved.fileId)).error?.code).toBe("UPLOAD_MISSING");
    expect((await files.download(reserved.fileId)).error?.code).toBe("UPLOAD_MISSING");
    await files.discard([reserved.fileId]).orThrow();
    expect((await files.confirm(reserved.fileId)).error?.code).toBe("NOT_FOUND");
  });

  test("downloadUrl works without a token", async () => {
    const bytes = png();
    const { deliverables, files } = world.talent.onswift;
    const submission = work({ files: [picture("Größe.png", bytes)] });
    const { files: submitted } = await deliverables.submit(submission).orThrow();
    const fileId = submitted[0]?.id ?? "";
    const clean = cleanFile.parse(await files.waitUntilClean(fileId).orThrow());
    expect(clean).toMatchObject({ fileId, fileName: "Größe.png", mimeType: "image/png" });
    const { downloadUrl, expiresIn } = await world.creator.onswift.files
      .downloadUrl(fileId)
      .orThrow();
    expect(expiresIn).toBe(3600);
    const answer = await fetch(downloadUrl);
    expect(answer.headers.get("content-disposition")).toContain("Gr%C3%B6%C3%9Fe.png");
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    const small = await world.creator.onswift.files
      .downloadUrl(fileId, { image: { width: 8, height: 4 } })
      .orThrow();
    const thumbnail = Buffer.from(await (await fetch(small.downloadUrl)).arrayBuffer());
    expect([thumbnail.readUInt32BE(16), thumbnail.readUInt32BE(20)]).toEqual([8, 4]);
    const { error } = await files.downloadUrl(fileId, { image: { width: 0.5 } });
    expect(error).toMatchObject({ code: "VALIDATION_ERROR", details: [{ field: "width" }] });
  });
});
