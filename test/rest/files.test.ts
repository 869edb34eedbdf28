import { beforeAll, describe, expect, test } from "vitest";
import { png } from "./images.ts";
import { invalid, made, refusal, refused, unknownId, type World, world } from "./support.ts";
import { fetched, presign, put, scanned, uploaded } from "./uploads.ts";

let w: World;
let forTask: object;
let forProject: object;
beforeAll(async () => {
  w = await world();
  forTask = { uploadType: "deliverable", projectId: w.project.id, taskId: w.task.id };
  forProject = { uploadType: "sample", projectId: w.project.id };
});

describe("requesting an upload URL", () => {
  test("returns the upload URL, the file URL and the file's id", async () => {
    const { status, body } = await presign(w.talent, forTask, { fileName: "Ä logo (1).png" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      uploadType: "deliverable",
      projectId: w.project.id,
      taskId: w.task.id,
      bucket: "deliverables",
      fileName: "Ä logo (1).png",
      fileSize: 100,
      mimeType: "image/png",
    });
    expect(body.path).toMatch(new RegExp(`^${w.project.id}/${w.task.id}/${body.deliverableId}/`));
    expect(body.fileUrl).toContain(`/storage/v1/object/authenticated/deliverables/${body.path}`);
    expect(new URL(body.uploadUrl).pathname).toContain(body.path);
    expect(Date.parse(body.expiresAt)).toBeGreaterThan(Date.now() + 600_000);
    expect((await presign(w.talent, { uploadType: "avatar" })).body.fileUrl).toContain(
      `/storage/v1/object/public/avatars/${w.talent.id}/`,
    );
  });

  test("names every invalid field", async () => {
    expect(refusal(await w.talent.post("/upload/presigned-url", {}))).toEqual(
      invalid("fileName", "fileSize", "mimeType", "uploadType"),
    );
    for (const [file, ...fields] of [
      [{ fileName: "../logo.png" }, "fileName"],
      [{ fileName: "logo" }, "fileName"],
      [{ fileName: "logo.jpg" }, "fileName"],
      [{ fileSize: 0 }, "fileSize"],
      [{ fileName: "logo.svg", mimeType: "image/svg+xml" }, "mimeType"],
    ] as const) {
      expect(refusal(await presign(w.talent, forTask, file)), fields[0]).toEqual(
        invalid(...fields),
      );
    }
    expect(refusal(await presign(w.talent, { uploadType: "deliverable" }))).toEqual(
      invalid("projectId", "taskId"),
    );
    expect(refusal(await presign(w.talent, { ...forTask, path: "x" }))).toEqual(invalid("path"));
    const big = { fileSize: 51 * 1024 * 1024 };
    expect(refusal(await presign(w.talent, forTask, big))).toEqual(
      refused(413, "FILE_TOO_LARGE", "fileSize"),
    );
    expect(refusal(await presign(w.talent, { uploadType: "avatar" }, big))).toEqual(
      invalid("fileSize"),
    );
  });

  test("requires a user who may upload to that place", async () => {
    expect(refusal(await presign(w.creator, forTask))).toEqual(refused(403, "TALENT_ONLY"));
    expect(refusal(await presign(w.otherTalent, forTask))).toEqual(refused(403, "FORBIDDEN"));
    expect(refusal(await presign(w.talent, { ...forTask, taskId: unknownId }))).toEqual(
      invalid("taskId"),
    );
    for (const stranger of [w.talent, w.otherCreator]) {
      expect(refusal(await presign(stranger, forProject))).toEqual(refused(403, "FORBIDDEN"));
    }
    expect(refusal(await presign(w.creator, { ...forProject, projectId: unknownId }))).toEqual(
      refused(404, "NOT_FOUND"),
    );
  });

  test("returns the same file when repeated with the same idempotency key, until it is uploaded", async () => {
    const headers = { "idempotency-key": crypto.randomUUID() };
    const bytes = png();
    const ask = () =>
      w.talent.send("POST", "/upload/presigned-url", {
        headers,
        body: { fileName: "a.png", fileSize: bytes.length, mimeType: "image/png", ...forTask },
      });
    const [first, again] = [await ask(), await ask()];
    expect(again.body.fileId).toBe(first.body.fileId);
    expect((await put(again.body.uploadUrl, bytes)).status).toBe(200);
    expect(refusal(await ask())).toEqual(refused(409, "INVALID_STATE"));
  });
});

describe("an uploaded file", () => {
  test("is uploaded with a plain PUT and downloaded from a URL of its own", async () => {
    const { fileId, bytes } = await uploaded(w.creator, forProject, "Ä guide.png");
    const early = await w.creator.get(`/files/${fileId}/download-url`);
    expect(refusal(early)).toEqual(refused(409, "UPLOAD_MISSING"));

    const sample = { name: "Guide", type: "file", fileId };
    await made(w.creator.post(`/projects/${w.project.id}/samples`, sample));
    const { status, body } = await scanned(w.talent, fileId);
    expect([status, body.expiresIn]).toEqual([200, 3600]);
    expect((await fetched(body.downloadUrl)).equals(bytes)).toBe(true);
    const response = await fetch(body.downloadUrl, { method: "HEAD" });
    expect(response.headers.get("content-disposition")).toContain("%C3%84%20guide.png");
  });

  test("is a smaller image for whoever asks for its size", async () => {
    const { fileId } = await uploaded(w.creator, forProject, "wide.png");
    const sample = { name: "Wide", type: "file", fileId };
    await made(w.creator.post(`/projects/${w.project.id}/samples`, sample));
    await scanned(w.creator, fileId);
    const asked = await w.talent.get(`/files/${fileId}/download-url?width=16&resize=contain`);
    const response = await fetch(asked.body.downloadUrl);
    expect(response.headers.get("content-type")).toBe("image/png");
    // A PNG's width is in its header.
    expect(Buffer.from(await response.arrayBuffer()).readUInt32BE(16)).toBe(16);
    const large = await fetch(`${asked.body.downloadUrl}&width=64`);
    expect(Buffer.from(await large.arrayBuffer()).readUInt32BE(16), "the token decides").toBe(16);
    expect(
      refusal(await w.talent.get(`/files/${fileId}/download-url?width=0&height=9999`)),
    ).toEqual(invalid("height", "width"));
  });

  test("can be downloaded only by users who may see it", async () => {
    const { fileId } = await uploaded(w.creator, forProject);
    for (const [caller, path, expected] of [
      [w.otherTalent, fileId, refused(403, "FORBIDDEN")],
      [w.talent, fileId, refused(403, "FORBIDDEN")],
      [w.talent, unknownId, refused(404, "NOT_FOUND")],
      [w.talent, "logo.png", invalid("fileId")],
    ] as const) {
      expect(refusal(await caller.get(`/files/${path}/download-url`))).toEqual(expected);
    }
  });

  test("an upload URL accepts what was announced, once", async () => {
    const bytes = png();
    const { body } = await presign(w.creator, forProject, { fileSize: bytes.length });
    expect((await put(body.uploadUrl, bytes)).status).toBe(200);
    await made(
      w.creator.post(`/projects/${w.project.id}/samples`, {
        name: "Once",
        type: "file",
        fileId: body.fileId,
      }),
    );
    expect((await put(body.uploadUrl, png())).ok, "sealed by then").toBe(false);
    const { body: download } = await scanned(w.creator, body.fileId);
    expect((await fetched(download.downloadUrl)).equals(bytes)).toBe(true);
  });
});
