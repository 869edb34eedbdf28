import { beforeEach, describe, expect, test } from "vitest";
import { png, svg } from "./images.ts";
import { invalid, made, refusal, refused, unknownId, type World, world } from "./support.ts";
import { fetched, formOf, picture, presign, put, scanned, uploaded } from "./uploads.ts";

let w: World;
let samples: string;
let target: object;
beforeEach(async () => {
  w = await world();
  samples = `/projects/${w.project.id}/samples`;
  target = { uploadType: "sample", projectId: w.project.id };
});

const link = { name: "Ref", type: "link", url: "https://example.com/ref", description: "Similar" };

describe("adding a sample", () => {
  test("a link is returned with its URL", async () => {
    const body = await made(w.creator.post(samples, link));
    expect(body).toMatchObject({ ...link, projectId: w.project.id, file: null });
    expect((await w.talent.get(samples)).body.samples).toEqual([body]);
  });

  test("a file is added by form or by the id of an upload, and the team can download both", async () => {
    const sent = picture("guide.png");
    const fields = { name: "Guide", type: "file", description: "Colours" };
    const byForm = await made(w.creator.post(samples, formOf({ ...fields, file: sent })));
    expect(byForm).toMatchObject({
      ...fields,
      file: { fileName: "guide.png", mimeType: "image/png" },
    });
    const { fileId, bytes } = await uploaded(w.creator, target);
    const byId = await made(w.creator.post(samples, { name: "Logo", type: "file", fileId }));
    expect(byId.file.id).toBe(fileId);

    for (const [sample, expected] of [
      [byForm, sent.bytes],
      [byId, bytes],
    ] as const) {
      await scanned(w.talent, sample.file.id);
      const { body } = await w.talent.get(`${samples}?sort=-createdAt`);
      const { url, file } = body.samples.find(({ id }: { id: string }) => id === sample.id);
      expect(url).toBe(file.fileUrl);
      expect((await fetched(url)).equals(expected)).toBe(true);
    }
  });

  test("names every invalid field, in JSON and in a form", async () => {
    const file = picture();
    const cases: [object, ...string[]][] = [
      [{}, "name", "type"],
      [{ ...link, url: "ftp://x.example" }, "url"],
      [{ name: "x", type: "link" }, "url"],
      [{ ...link, fileId: unknownId }, "fileId"],
      [{ name: "x", type: "file" }, "fileId"],
      [{ name: "x", type: "file", fileId: unknownId, url: link.url }, "url"],
      [{ name: "x", type: "file", fileId: unknownId }, "fileId"],
      [{ ...link, id: unknownId }, "id"],
      [formOf({ name: "x", type: "file" }), "file"],
      [formOf({ name: "x", type: "file", file: [file, file] }), "file"],
      [formOf({ name: "x", type: "file", file, url: link.url }), "url"],
      [formOf({ name: "x", type: "link", file }), "type"],
      [formOf({ name: "x", type: "file", file: picture("../x.png") }), "file"],
      [formOf({ name: "x", type: "file", file: picture("x.png", Buffer.alloc(0)) }), "file"],
      [
        formOf({
          name: "x",
          type: "file",
          file: { name: "x.svg", bytes: svg, type: "image/svg+xml" },
        }),
        "file",
      ],
    ];
    for (const [body, ...fields] of cases) {
      expect(refusal(await w.creator.post(samples, body)), String(fields)).toEqual(
        invalid(...fields),
      );
    }
    expect((await w.creator.get(samples)).body.samples).toEqual([]);
  });

  test("refuses a file whose bytes show another type, in a form and by file id", async () => {
    const { body: upload } = await presign(w.creator, target, { fileSize: svg.length });
    expect((await put(upload.uploadUrl, svg)).status).toBe(200);
    const byId = { name: "x", type: "file", fileId: upload.fileId };
    expect(refusal(await w.creator.post(samples, byId))).toEqual(
      refused(400, "FILE_MISMATCH", "fileId"),
    );
    const byForm = formOf({ name: "x", type: "file", file: picture("x.png", svg) });
    expect(refusal(await w.creator.post(samples, byForm))).toEqual(
      refused(400, "FILE_MISMATCH", "file"),
    );
    expect((await w.creator.get(samples)).body.samples).toEqual([]);
  });

  test("requires the project creator", async () => {
    for (const stranger of [w.talent, w.otherCreator, w.otherTalent]) {
      const form = formOf({ name: "x", type: "file", file: picture() });
      expect(refusal(await stranger.post(samples, form))).toEqual(refused(403, "FORBIDDEN"));
      expect(refusal(await stranger.post(samples, link))).toEqual(refused(403, "FORBIDDEN"));
    }
    expect(refusal(await w.creator.post(`/projects/${unknownId}/samples`, link))).toEqual(
      refused(404, "NOT_FOUND"),
    );
    const { fileId } = await uploaded(w.creator, target);
    const other = await made(
      w.creator.post("/projects", { name: "B", description: "b", dueDate: w.project.dueDate }),
    );
    expect(
      refusal(
        await w.creator.post(`/projects/${other.id}/samples`, { name: "x", type: "file", fileId }),
      ),
      "uploaded for another project",
    ).toEqual(invalid("fileId"));
  });

  test("adds one sample when repeated with the same idempotency key, in JSON and in a form", async () => {
    const file = picture();
    for (const body of [() => link, () => formOf({ name: "x", type: "file", file })]) {
      const headers = { "idempotency-key": crypto.randomUUID() };
      const add = () => w.creator.send("POST", samples, { headers, body: body() });
      const [first, again] = [await add(), await add()];
      expect([first.status, again.status]).toEqual([201, 201]);
      expect(again.body.id).toBe(first.body.id);
    }
    expect((await w.creator.get(samples)).body.samples).toHaveLength(2);
  });
});

describe("a project's samples", () => {
  test("are listed in pages to the creator and the team only", async () => {
    const [one] = [
      await made(w.creator.post(samples, link)),
      await made(w.creator.post(samples, { ...link, name: "B" })),
    ];
    const { body } = await w.talent.get(`${samples}?limit=1`);
    expect(body.samples).toEqual([one]);
    expect(body.pagination).toMatchObject({ limit: 1, total: 2, hasNext: true });
    for (const stranger of [w.otherTalent, w.otherCreator]) {
      expect(refusal(await stranger.get(samples))).toEqual(refused(403, "FORBIDDEN"));
    }
    expect(refusal(await w.talent.get(`${samples}?sort=url&page=0`))).toEqual(
      invalid("sort", "page"),
    );
  });

  test("are deleted by the creator together with their file", async () => {
    const form = formOf({ name: "x", type: "file", file: picture("x.png", png()) });
    const { id, file } = await made(w.creator.post(samples, form));
    const path = `${samples}/${id}`;
    expect(refusal(await w.talent.delete(path))).toEqual(refused(403, "FORBIDDEN"));
    expect((await w.creator.delete(path)).status).toBe(204);
    expect(refusal(await w.creator.delete(path))).toEqual(refused(404, "NOT_FOUND"));
    expect(refusal(await w.creator.get(`/files/${file.id}/download-url`))).toEqual(
      refused(404, "NOT_FOUND"),
    );
  });
});
