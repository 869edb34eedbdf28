import { beforeEach, describe, expect, test } from "vitest";
import { aTask } from "../world/projects.ts";
import { apiUrl, publishableKey } from "../world/stack.ts";
import { eicar, png, svg } from "./images.ts";
import {
  Caller,
  invalid,
  made,
  type Reply,
  refusal,
  refused,
  unknownId,
  type World,
  world,
} from "./support.ts";
import { fetched, formOf, picture, presign, put, scanned, uploaded } from "./uploads.ts";

let w: World;
let place: { projectId: string; taskId: string };
let target: object;
beforeEach(async () => {
  w = await world();
  place = { projectId: w.project.id, taskId: w.task.id };
  target = { uploadType: "deliverable", ...place };
});

const work = (fields: object = {}) => ({ ...place, title: "Final logo", ...fields });
const form = (fields: Parameters<typeof formOf>[0] = {}) =>
  formOf({ ...place, title: "Final logo", "files[]": picture(), ...fields });

const submit = (body: unknown = form()) => w.talent.post("/deliverables", body);
/** An upload of a PNG whose bytes are these. Returns its id. */
async function uploadedAs(bytes: Buffer<ArrayBuffer>, place = target): Promise<string> {
  const { body } = await presign(w.talent, place, { fileSize: bytes.length });
  expect((await put(body.uploadUrl, bytes)).status).toBe(200);
  return body.fileId;
}

/** Submits without the REST API, which would look at the bytes. */
async function submittedDirectly(fileIds: readonly string[]): Promise<string> {
  const response = await fetch(`${apiUrl}/rest/v1/rpc/submit_deliverable`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "content-profile": "api",
      apikey: publishableKey,
      authorization: `Bearer ${w.talent.token}`,
    },
    body: JSON.stringify(work({ files: fileIds.map((fileId) => ({ fileId })) })),
  });
  expect(response.status).toBe(200);
  return (await response.json()).id;
}

const decide = (id: string, body: object, by: Caller = w.creator) =>
  by.put(`/deliverables/${id}`, body);
const sendBack = (id: string, feedback = "Warmer, please") =>
  decide(id, { action: "request_revision", feedback });

/** Both ways to submit files. Each makes the body of a submission or a resubmission. */
const ways = [
  {
    way: "a form",
    body: async (_target: object, fields: Record<string, string>) =>
      formOf({ ...fields, files: [picture("a.png"), picture("b.png")] }),
  },
  {
    way: "JSON",
    body: async (target: object, fields: Record<string, string>) => {
      const files = [
        await uploaded(w.talent, target, "a.png"),
        await uploaded(w.talent, target, "b.png"),
      ];
      return { ...fields, files: files.map(({ fileId }) => ({ fileId })) };
    },
  },
] as const;

describe.each(ways)("deliverables with $way", ({ body }) => {
  test("go through three revisions to approval and keep every version", async () => {
    const first = await made(
      submit(await body(target, { ...place, title: "Final logo", description: "v1" })),
    );
    expect(first).toMatchObject({
      ...place,
      projectName: w.project.name,
      taskName: w.task.name,
      title: "Final logo",
      description: "v1",
      status: "pending",
      version: 1,
      revisionCount: 0,
      feedback: null,
      approvedBy: null,
      submittedBy: { id: w.talent.id, name: "Tam", avatarUrl: null },
    });
    expect(first.files.map(({ fileName }: { fileName: string }) => fileName)).toEqual([
      "a.png",
      "b.png",
    ]);

    const path = `/deliverables/${first.id}`;
    for (const round of [1, 2, 3]) {
      const { status, body: sentBack } = await sendBack(first.id, `Round ${round}`);
      expect(status).toBe(200);
      expect(sentBack).toMatchObject({
        status: "revision",
        revisionCount: round,
        feedback: `Round ${round}`,
      });
      const files = await body(
        { uploadType: "deliverable", deliverableId: first.id },
        { description: `v${round + 1}` },
      );
      expect(await made(w.talent.post(`${path}/resubmit`, files))).toMatchObject({
        status: "pending",
        title: "Final logo",
        description: `v${round + 1}`,
        version: round + 1,
      });
    }
    expect(refusal(await sendBack(first.id))).toEqual(refused(400, "MAX_REVISIONS_REACHED"));
    expect((await w.creator.get(path)).body.status).toBe("pending");

    const { status, body: approved } = await decide(first.id, { action: "approve" });
    expect(status).toBe(200);
    expect(approved).toMatchObject({
      status: "approved",
      feedback: null,
      approvedBy: { id: w.creator.id, name: "Cleo" },
    });
    expect(Date.parse(approved.approvedAt)).not.toBeNaN();

    for (const { files } of approved.versions) {
      for (const { id } of files) expect((await scanned(w.creator, id)).status).toBe(200);
    }
    const { body: whole } = await w.creator.get(path);
    expect(
      whole.versions.map(({ version, description, review }: Reply["body"]) => [
        version,
        description,
        review.feedback,
      ]),
    ).toEqual([
      [1, "v1", "Round 1"],
      [2, "v2", "Round 2"],
      [3, "v3", "Round 3"],
      [4, "v4", null],
    ]);
    for (const { files } of whole.versions) {
      expect((await fetched(files[0].fileUrl)).subarray(1, 4).toString()).toBe("PNG");
    }
    expect(whole.files.map(({ id }: { id: string }) => id)).toEqual(
      whole.versions[3].files.map(({ id }: { id: string }) => id),
    );
  });

  test("are stored once when resent with the same idempotency key, which refuses other content", async () => {
    const headers = { "idempotency-key": crypto.randomUUID() };
    const sent = await body(target, { ...place, title: "Once" });
    const again = sent instanceof FormData ? new FormData() : sent;
    if (again instanceof FormData && sent instanceof FormData) {
      for (const [name, value] of sent) again.append(name, value);
    }
    const send = (body: unknown) => w.talent.send("POST", "/deliverables", { headers, body });
    const [first, second] = await Promise.all([send(sent), send(again)]);
    expect([first.status, second.status], JSON.stringify([first.body, second.body])).toEqual([
      201, 201,
    ]);
    expect(second.body).toEqual(first.body);
    expect((await w.talent.get("/deliverables")).body.pagination.total).toBe(1);

    const other = await body(target, { ...place, title: "Other" });
    expect(refusal(await send(other))).toEqual(refused(409, "CONFLICT"));
    expect((await send(again)).body.id, "and the first stays").toBe(first.body.id);
  });
});

describe("a submission is refused", () => {
  test("with an error that names every invalid field", async () => {
    for (const [body, ...fields] of [
      [{}, "projectId", "taskId", "title", "files"],
      [work({ files: [] }), "files"],
      [work({ files: [{ fileId: unknownId, fileUrl: "https://x.example" }] }), "files[0].fileUrl"],
      [
        work({ files: Array.from({ length: 11 }, () => ({ fileId: crypto.randomUUID() })) }),
        "files",
      ],
      [work({ files: [{ fileId: unknownId }], status: "approved" }), "status"],
      [formOf(place), "title", "files"],
      [form({ title: " ", description: "x".repeat(10_001) }), "title", "description"],
      [form({ "files[]": Array.from({ length: 11 }, () => picture()) }), "files"],
      [form({ "files[]": [picture(), picture("logo.jpg")] }), "files[1]"],
      [form({ "files[]": picture("..\\logo.png") }), "files[0]"],
      [form({ "files[]": picture("logo.png", Buffer.alloc(0)) }), "files[0]"],
      [form({ taskId: unknownId }), "taskId"],
    ] as const) {
      expect(refusal(await submit(body)), String(fields)).toEqual(invalid(...fields));
    }
    expect((await w.talent.get("/deliverables")).body.deliverables).toEqual([]);
  });

  test("when a form exceeds its size limit", async () => {
    const big = picture("big.png", Buffer.alloc(26 * 1024 * 1024, 1));
    const reply = await submit(form({ "files[]": big }));
    expect(refusal(reply)).toEqual(refused(413, "PAYLOAD_TOO_LARGE"));
    expect(reply.body.error.message).toContain("POST /upload/presigned-url");
  });

  test("with a file of another user, of another task, or already used", async () => {
    const { fileId } = await uploaded(w.talent, target);
    const files = [{ fileId }];
    await made(
      w.creator.post(`/projects/${place.projectId}/team`, { userId: w.otherTalent.id, role: "x" }),
    );
    const task = await made(
      w.creator.post(`/projects/${place.projectId}/tasks`, {
        name: "Sound",
        assigneeId: w.otherTalent.id,
        dueDate: w.task.dueDate,
      }),
    );
    const elsewhere = work({ taskId: task.id, files });
    expect(refusal(await w.otherTalent.post("/deliverables", elsewhere))).toEqual(invalid("files"));
    expect(refusal(await w.otherTalent.post("/deliverables", work({ files })))).toEqual(
      invalid("taskId"),
    );
    await made(submit(work({ files })));
    expect(refusal(await submit(work({ files }))), "used").toEqual(invalid("files"));
  });

  test("with a file that differs from its announcement, which is removed", async () => {
    const bytes = png();
    const { body: upload } = await w.talent.post("/upload/presigned-url", {
      ...target,
      fileName: "a.png",
      fileSize: bytes.length + 1,
      mimeType: "image/png",
    });
    await fetch(upload.uploadUrl, {
      method: "PUT",
      headers: { "content-type": "image/png" },
      body: bytes,
    });
    const files = [{ fileId: upload.fileId }];
    expect(refusal(await submit(work({ files })))).toEqual(refused(400, "FILE_MISMATCH", "files"));
    expect(refusal(await submit(work({ files }))), "for good").toEqual(
      refused(400, "FILE_MISMATCH", "files"),
    );
  });

  test("with an SVG named PNG: at once, in a form and by file id", async () => {
    const sent = form({ "files[]": [picture(), picture("logo.png", svg)] });
    expect(refusal(await submit(sent))).toEqual(refused(400, "FILE_MISMATCH", "files[1]"));

    const good = await uploaded(w.talent, target);
    const bad = await uploadedAs(svg);
    const files = [{ fileId: good.fileId }, { fileId: bad }];
    const { status, body } = await submit(work({ files }));
    expect([status, body.error]).toEqual([
      400,
      {
        code: "FILE_MISMATCH",
        message: '"logo.png" does not have the declared type.',
        details: [
          { field: "files[1].fileId", message: '"logo.png" does not have the declared type.' },
        ],
      },
    ]);
    // The file is rejected for good. The others can be submitted.
    expect(refusal(await scanned(w.talent, bad))).toEqual(refused(400, "FILE_MISMATCH", "files"));
    await made(submit(work({ files: [{ fileId: good.fileId }] })));
  });

  test("with bytes that show no type, or malware, once they are scanned", async () => {
    for (const [bytes, expected] of [
      [Buffer.from("Just words."), "FILE_MISMATCH"],
      [eicar, "FILE_INFECTED"],
    ] as const) {
      const status = expected === "FILE_INFECTED" ? 409 : 400;
      const sent = form({ "files[]": [picture(), picture("logo.png", bytes)] });
      expect(refusal(await submit(sent))).toEqual(refused(status, expected, "files[1]"));
      const files = [{ fileId: await uploadedAs(bytes) }];
      expect(refusal(await submit(work({ files })))).toEqual(
        refused(status, expected, "files[0].fileId"),
      );
    }
  });

  test("by users who may not submit", async () => {
    expect(refusal(await w.creator.post("/deliverables", form()))).toEqual(
      refused(403, "TALENT_ONLY"),
    );
    expect(refusal(await w.otherTalent.post("/deliverables", form()))).toEqual(
      refused(403, "FORBIDDEN"),
    );
    expect(refusal(await submit(form({ projectId: unknownId })))).toEqual(
      refused(404, "NOT_FOUND"),
    );
    await w.creator.put(`/projects/${place.projectId}`, { status: "completed" });
    expect(refusal(await submit())).toEqual(refused(409, "INVALID_STATE"));
  });
});

describe("a review", () => {
  test("is made once by the project creator, on a pending deliverable", async () => {
    const { id } = await made(submit());
    for (const stranger of [w.talent, w.otherCreator, w.otherTalent]) {
      expect(refusal(await decide(id, { action: "approve" }, stranger))).toEqual(
        refused(403, "FORBIDDEN"),
      );
    }
    for (const [body, field] of [
      [{ action: "reject" }, "action"],
      [{}, "action"],
      [{ action: "request_revision" }, "feedback"],
      [{ action: "request_revision", feedback: " " }, "feedback"],
      [{ action: "request_revision", feedback: "x".repeat(5001) }, "feedback"],
      [{ action: "approve", status: "approved" }, "status"],
    ] as const) {
      expect(refusal(await decide(id, body)), field).toEqual(invalid(field));
    }
    const both = await Promise.all([decide(id, { action: "approve" }), sendBack(id)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(refusal(await decide(id, { action: "approve" }))).toEqual(refused(409, "INVALID_STATE"));
    expect(refusal(await decide(unknownId, { action: "approve" }))).toEqual(
      refused(404, "NOT_FOUND"),
    );
  });

  test("is answered by the submitter, only after a revision request", async () => {
    const { id } = await made(submit());
    const path = `/deliverables/${id}/resubmit`;
    const files = () => formOf({ files: picture() });
    expect(refusal(await w.talent.post(path, files()))).toEqual(refused(409, "INVALID_STATE"));
    await sendBack(id);
    expect(refusal(await w.otherTalent.post(path, files()))).toEqual(refused(403, "FORBIDDEN"));
    expect(refusal(await w.creator.post(path, files()))).toEqual(refused(403, "TALENT_ONLY"));
    expect(refusal(await w.talent.post(path, formOf({ title: "x" })))).toEqual(invalid("files"));
    expect(refusal(await submit()), "not around it").toEqual(refused(409, "INVALID_STATE"));
  });
});

describe("deliverables", () => {
  test("are listed in pages to submitter and creator, filtered by status and project", async () => {
    const one = await made(submit(form({ title: "One" })));
    const two = await made(submit(form({ title: "Two" })));
    await decide(two.id, { action: "approve" });
    for (const caller of [w.talent, w.creator]) {
      const { body } = await caller.get("/deliverables?sort=title&limit=1");
      expect(body.deliverables.map(({ id }: { id: string }) => id)).toEqual([one.id]);
      expect(body.pagination).toMatchObject({ total: 2, totalPages: 2, hasNext: true });
      const approved = await caller.get(
        `/deliverables?status=approved&projectId=${place.projectId}`,
      );
      expect(approved.body.deliverables.map(({ id }: { id: string }) => id)).toEqual([two.id]);
    }
    for (const stranger of [w.otherTalent, w.otherCreator]) {
      expect((await stranger.get("/deliverables")).body.deliverables).toEqual([]);
    }
    expect(refusal(await w.talent.get("/deliverables?status=active&sort=files&page=0"))).toEqual(
      invalid("status", "sort", "page"),
    );
  });

  test("are listed by task, in pages, to submitter and creator alone", async () => {
    const path = `/projects/${place.projectId}/tasks`;
    const other = await made(w.creator.post(path, aTask(w.talent.id, { name: "Sound" })));
    for (const title of ["One", "Two", "Three"]) await made(submit(form({ title })));
    const mix = await made(submit(form({ taskId: other.id, title: "Mix" })));
    const titles = async (caller: Caller, query: string) => {
      const { status, body } = await caller.get(`/deliverables?${query}`);
      expect(status).toBe(200);
      const { deliverables, pagination } = body;
      return [...deliverables.map(({ title }: { title: string }) => title), pagination.total];
    };
    const ofTask = `taskId=${place.taskId}`;
    for (const caller of [w.talent, w.creator]) {
      expect(await titles(caller, ofTask)).toEqual(["Three", "Two", "One", 3]);
      expect(await titles(caller, `${ofTask}&limit=2`)).toEqual(["Three", "Two", 3]);
      expect(await titles(caller, `${ofTask}&limit=2&page=2`)).toEqual(["One", 3]);
      expect(await titles(caller, `taskId=${other.id}`)).toEqual(["Mix", 1]);
      expect(await titles(caller, `${ofTask}&status=approved`)).toEqual([0]);
      expect(await titles(caller, `${ofTask}&projectId=${unknownId}`)).toEqual([0]);
      expect(await titles(caller, `taskId=${unknownId}`)).toEqual([0]);
    }
    for (const stranger of [w.otherTalent, w.otherCreator]) {
      expect(await titles(stranger, ofTask)).toEqual([0]);
    }
    expect(refusal(await w.talent.get("/deliverables?taskId=nonsense&projectId=1"))).toEqual(
      invalid("taskId", "projectId"),
    );
    await w.creator.delete(`${path}/${other.id}`);
    expect(await titles(w.talent, `taskId=${other.id}`)).toEqual([0]);
    expect((await w.talent.get(`/deliverables/${mix.id}`)).status).toBe(404);
    expect(refusal(await new Caller().get(`/deliverables?${ofTask}`))).toEqual(
      refused(401, "NOT_AUTHENTICATED"),
    );
  });

  test("are refused to other users and stay readable for a submitter who left the team", async () => {
    const { id, files } = await made(submit());
    const [file] = files;
    await scanned(w.talent, file.id);
    for (const stranger of [w.otherTalent, w.otherCreator]) {
      expect(refusal(await stranger.get(`/deliverables/${id}`))).toEqual(refused(403, "FORBIDDEN"));
      expect(refusal(await stranger.get(`/files/${file.id}/download-url`))).toEqual(
        refused(403, "FORBIDDEN"),
      );
    }
    expect(refusal(await w.talent.get(`/deliverables/${unknownId}`))).toEqual(
      refused(404, "NOT_FOUND"),
    );

    await w.creator.delete(`/projects/${place.projectId}/team/${w.talent.id}`);
    expect((await w.talent.get(`/deliverables/${id}`)).body.files[0].fileUrl).not.toBeNull();
    expect(refusal(await submit())).toEqual(refused(403, "FORBIDDEN"));
    await sendBack(id);
    const answer = await w.talent.post(
      `/deliverables/${id}/resubmit`,
      formOf({ files: picture() }),
    );
    expect(refusal(answer)).toEqual(refused(403, "FORBIDDEN"));
  });

  test("are deleted by the submitter before the first review, by the creator before approval", async () => {
    const [one, two, three] = [await made(submit()), await made(submit()), await made(submit())];
    const path = ({ id }: { id: string }) => `/deliverables/${id}`;
    expect(refusal(await w.otherTalent.delete(path(one)))).toEqual(refused(403, "FORBIDDEN"));
    expect((await w.talent.delete(path(one))).status).toBe(204);
    expect(refusal(await w.talent.get(path(one)))).toEqual(refused(404, "NOT_FOUND"));
    expect(refusal(await w.talent.get(`/files/${one.files[0].id}/download-url`))).toEqual(
      refused(404, "NOT_FOUND"),
    );
    await sendBack(two.id);
    expect(refusal(await w.talent.delete(path(two)))).toEqual(refused(409, "INVALID_STATE"));
    expect((await w.creator.delete(path(two))).status).toBe(204);
    await decide(three.id, { action: "approve" });
    expect(refusal(await w.creator.delete(path(three)))).toEqual(refused(409, "INVALID_STATE"));
  });
});

describe("a file that the scan rejects after the submission", () => {
  const rejected = async (bytes: Buffer<ArrayBuffer>) => {
    const good = await uploaded(w.talent, target, "good.png");
    const bad = await uploadedAs(bytes);
    const id = await submittedDirectly([bad, good.fileId]);
    await scanned(w.creator, bad);
    return { id, bad, good: good.fileId, path: `/deliverables/${id}/files/${bad}/replace` };
  };

  test("is shown to submitter and creator, whose notifications name the version and the deliverable", async () => {
    for (const [bytes, scanStatus, sentence] of [
      [svg, "failed", '"logo.png" does not have the declared type.'],
      [eicar, "infected", "Malware was found in 'logo.png'. The file cannot be downloaded."],
    ] as const) {
      const { id } = await rejected(bytes);
      for (const caller of [w.talent, w.creator]) {
        const { body } = await caller.get(`/deliverables/${id}`);
        expect(body.versions[0].files[0]).toMatchObject({ scanStatus, fileUrl: null });
        const { notifications } = (await caller.get("/notifications")).body;
        const notification = notifications.find((one: { entityId: string }) => one.entityId === id);
        expect(notification).toMatchObject({
          type: "file_rejected",
          message: `${sentence} It is in version 1 of 'Final logo'.`,
        });
      }
    }
  });

  test("is replaced by a form or by an upload, without a revision", async () => {
    for (const way of ["form", "JSON"]) {
      const { id, bad, good, path } = await rejected(svg);
      const body =
        way === "form"
          ? formOf({ file: picture("fixed.png") })
          : { newFileId: await uploadedAs(png(), { ...target, deliverableId: id }) };
      const { status, body: document } = await w.talent.post(path, body);
      expect(status, JSON.stringify(document)).toBe(200);
      expect(document).toMatchObject({ id, status: "pending", version: 1, revisionCount: 0 });
      const ids = document.files.map((file: { id: string }) => file.id);
      expect(ids[1]).toBe(good);
      expect(ids).not.toContain(bad);
      expect((await scanned(w.creator, ids[0])).status).toBe(200);
      const { notifications } = (await w.creator.get("/notifications")).body;
      expect(notifications[0]).toMatchObject({ title: "File Replaced", entityId: id });
      await decide(id, { action: "approve" });
    }
  });

  test("is replaced by its submitter only, by a file of the declared type only, once", async () => {
    const { id, bad, good, path } = await rejected(svg);
    const fixed = () => formOf({ file: picture("fixed.png") });
    expect(refusal(await w.creator.post(path, fixed()))).toEqual(refused(403, "TALENT_ONLY"));
    expect(refusal(await w.otherTalent.post(path, fixed()))).toEqual(refused(403, "FORBIDDEN"));
    expect(refusal(await w.talent.post(path, formOf({ file: picture("a.png", svg) })))).toEqual(
      refused(400, "FILE_MISMATCH", "file"),
    );
    const newFileId = await uploadedAs(svg, { ...target, deliverableId: id });
    expect(refusal(await w.talent.post(path, { newFileId }))).toEqual(
      refused(400, "FILE_MISMATCH", "newFileId"),
    );
    expect(refusal(await w.talent.post(path, {}))).toEqual(invalid("newFileId"));
    expect(
      refusal(await w.talent.post(path, formOf({ file: picture(), title: "Another" }))),
    ).toEqual(invalid("title"));
    const other = path.replace(bad, good);
    expect(refusal(await w.talent.post(other, fixed()))).toEqual(refused(409, "INVALID_STATE"));
    expect((await w.talent.post(path, fixed())).status).toBe(200);
    expect(refusal(await w.talent.post(path, fixed()))).toEqual(refused(409, "INVALID_STATE"));
  });
});
