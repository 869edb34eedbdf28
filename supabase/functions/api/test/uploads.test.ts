import assert from "node:assert/strict";
import { ApiError } from "../http/errors.ts";
import { fileId, reserving, storageError, uploading } from "./storage-stand-in.ts";

const id = "11111111-1111-4111-8111-111111111111";

function submission(...names: string[]): FormData {
  const form = new FormData();
  form.append("projectId", id);
  form.append("taskId", id);
  form.append("title", "Logo");
  for (const [index, name] of names.entries()) {
    form.append("files[]", new File([`bytes of ${index}`], name, { type: "image/png" }));
  }
  return form;
}

function picture(): FormData {
  const form = new FormData();
  form.append("avatar", new File(["me"], "me.png", { type: "image/png" }));
  return form;
}

const ids = (...numbers: number[]) => numbers.map((n) => ({ fileId: fileId(n) }));
const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

Deno.test("the files of a form are uploaded with the caller's token and become one deliverable", async () => {
  const { submit, asked, called } = uploading({ submit_deliverable: { id } });
  const { status, body } = await submit("/deliverables", submission("a.png", "b c.png"));
  assert.deepEqual([status, body], [201, { id }]);

  assert.deepEqual(called("create_uploads")[0]?.args, {
    uploadType: "deliverable",
    projectId: id,
    taskId: id,
    files: ["a.png", "b c.png"].map((fileName) => ({
      fileName,
      fileSize: 10,
      mimeType: "image/png",
    })),
    fields: { title: "Logo" },
  });
  assert.deepEqual(asked.map(({ path }) => path).sort(), [
    "/object/deliverables/p/0%20a.png",
    "/object/deliverables/p/1%20b%20c.png",
  ]);
  const second = asked.find(({ path }) => path.includes("/1%20"));
  assert.deepEqual([second?.method, second?.type], ["POST", "image/png"]);
  assert.equal(textOf(second?.body), "bytes of 1");
  assert.equal(second?.apikey, "sb_publishable_test");
  assert.match(second?.bearer ?? "", /^ey/);
  assert.deepEqual(called("submit_deliverable")[0]?.args, {
    projectId: id,
    taskId: id,
    title: "Logo",
    files: ids(0, 1),
  });
  assert.equal(called("discard_uploads").length, 0);
});

Deno.test("when one file cannot be uploaded, all are discarded and nothing is created", async () => {
  const { submit, called } = uploading({}, (path) =>
    path.includes("/1%20") ? storageError("InternalError", 500) : Response.json({}),
  );
  const { status, body } = await submit("/deliverables", submission("a.png", "b.png", "c.png"));
  assert.deepEqual([status, body.error.code], [503, "SERVICE_UNAVAILABLE"]);
  assert.deepEqual(called("discard_uploads")[0]?.args, { files: ids(0, 1, 2) });
  assert.equal(called("submit_deliverable").length, 0);
});

Deno.test("when the deliverable is refused, its files are discarded and the error is returned", async () => {
  const { submit, called } = uploading({
    submit_deliverable: new ApiError("INVALID_STATE", "It is completed."),
    // A failure of this step does not hide the error.
    discard_uploads: new ApiError("SERVICE_UNAVAILABLE", "Away."),
  });
  const { status, body } = await submit("/deliverables", submission("a.png"));
  assert.deepEqual(
    [status, body.error],
    [409, { code: "INVALID_STATE", message: "It is completed." }],
  );
  assert.deepEqual(called("discard_uploads")[0]?.args, { files: ids(0) });
});

Deno.test("a file that shows another type is not uploaded; one that shows none is not refused for it", async () => {
  const form = submission("a.png", "b.png");
  const svg = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>';
  form.append("files[]", new File([svg], "logo.png", { type: "image/png" }));
  const gif = new Uint8Array([...new TextEncoder().encode("GIF89a"), 1, 0, 1, 0, 0, 0, 0]);
  form.append("files[]", new File([gif], "logo.png", { type: "image/png" }));
  const { submit, asked, called } = uploading({ submit_deliverable: { id } });
  const { status, body } = await submit("/deliverables", form);
  assert.deepEqual([status, body.error.code], [400, "FILE_MISMATCH"]);
  const fields = body.error.details.map(({ field }: { field: string }) => field);
  assert.deepEqual(fields, ["files[2]", "files[3]"]);
  assert.deepEqual(asked, []);
  assert.deepEqual(called("discard_uploads")[0]?.args, { files: ids(0, 1, 2, 3) });
});

Deno.test("nothing is uploaded when the reservation is refused, and the errors name the form's fields", async () => {
  const complaints = ["files[1].fileName", "files[1].mimeType", "taskId"];
  const refusal = new ApiError("VALIDATION_ERROR", "Validation failed", {
    details: complaints.map((field) => ({ field, message: "No." })),
  });
  const { submit, asked } = uploading({ create_uploads: refusal });
  const fieldsOf = ({ body }: Awaited<ReturnType<typeof submit>>) =>
    body.error.details.map(({ field }: { field: string }) => field);
  assert.deepEqual(fieldsOf(await submit("/deliverables", submission("a.png", "../b.png"))), [
    "files[1]",
    "files[1]",
    "taskId",
  ]);
  assert.deepEqual(fieldsOf(await submit("/users/me/avatar", picture())).slice(0, 2), [
    "avatar",
    "avatar",
  ]);
  assert.deepEqual(asked, []);
});

Deno.test("a repeated form continues with the uploads of the first", async () => {
  const key = { "idempotency-key": "once" };
  const first = uploading({ submit_deliverable: { id } });
  await first.submit("/deliverables", submission("a.png"), key);
  const [reserved] = first.called("create_uploads");
  // The request's key belongs to the deliverable. The reservations have a key derived from it.
  assert.match(reserved?.key ?? "", /^form:[0-9a-f]{64}$/);
  assert.equal(first.called("submit_deliverable")[0]?.key, "once");
  const args = reserved?.args as { files: { digest: string }[] } | undefined;
  assert.match(args?.files[0]?.digest ?? "", /^[0-9a-f]{64}$/);

  const again = uploading({ create_uploads: reserving("clean"), submit_deliverable: { id } });
  const { status } = await again.submit("/deliverables", submission("a.png"), key);
  assert.equal(status, 201);
  assert.deepEqual(again.asked, [], "uploaded files are not uploaded again");
  assert.equal(again.called("create_uploads")[0]?.key, reserved?.key);

  const beside = uploading({ submit_deliverable: { id } }, () => storageError("KeyAlreadyExists"));
  assert.equal((await beside.submit("/deliverables", submission("a.png"), key)).status, 201);

  const odd = uploading({ submit_deliverable: { id } });
  await odd.submit("/deliverables", submission("a.png"), { "idempotency-key": "k".repeat(256) });
  assert.equal(odd.called("create_uploads")[0]?.key?.length, 256, "the database refuses the key");
});

Deno.test("a submission with files that do not match their reservation rejects those files", async () => {
  const { signedIn, calls } = uploading({
    submit_deliverable: new ApiError("FILE_MISMATCH", "Not the size.", {
      details: [{ field: "files", message: "Not the size." }],
    }),
    confirm_upload: new ApiError("FILE_MISMATCH", "Not the size."),
  });
  const body = { projectId: id, taskId: id, title: "x", files: ids(1, 2) };
  const response = await signedIn("POST", "/deliverables", body);
  assert.equal(response.status, 400);
  assert.equal((await response.json()).error.code, "FILE_MISMATCH");
  const confirmed = calls.filter(({ name }) => name === "confirm_upload").map(({ args }) => args);
  assert.deepEqual(confirmed, ids(1, 2));
});

const png = new Uint8Array([
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 73, 72, 68, 82,
]);
const movie = new TextEncoder().encode("\0\0\0\x14ftypisom\0\0\0\0isom");

/** A submission by ids, of uploads with these first bytes; null for an object that Storage does not return. */
async function submitByIds(
  heads: readonly (Uint8Array<ArrayBuffer> | null)[],
  answers: Parameters<typeof uploading>[0] = {},
) {
  const rejected: string[] = [];
  const api = uploading({ submit_deliverable: { id }, ...answers }, (path) => {
    const head = heads[Number(path.split("/").at(-1))];
    return head ? new Response(head, { status: 206 }) : storageError("NoSuchKey");
  });
  api.database.unscannedUploads = async (_user, wanted) =>
    wanted.map((fileId, place) => ({
      fileId,
      place,
      bucket: "deliverables",
      path: `p/${place}`,
      fileName: `${place}.png`,
      mimeType: "image/png",
    }));
  api.database.rejectUpload = async (_user, fileId) => void rejected.push(fileId);
  const body = { projectId: id, taskId: id, title: "x", files: ids(...heads.keys()) };
  const response = await api.signedIn("POST", "/deliverables", body);
  const { error } = await response.json();
  return { ...api, status: response.status, error, rejected };
}

Deno.test("uploads whose bytes show another type are rejected before they are submitted", async () => {
  const { status, error, rejected, called } = await submitByIds([png, movie, png, movie]);
  assert.deepEqual([status, error.code], [400, "FILE_MISMATCH"]);
  const message = (name: string) => `"${name}" does not have the declared type.`;
  assert.deepEqual(error.details, [
    { field: "files[1].fileId", message: message("1.png") },
    { field: "files[3].fileId", message: message("3.png") },
  ]);
  assert.deepEqual(rejected, [fileId(1), fileId(3)]);
  assert.equal(called("submit_deliverable").length, 0);
});

Deno.test("uploads of the right type, and those that Storage does not return, are submitted without waiting", async () => {
  const { status, called, asked } = await submitByIds([png, null]);
  assert.equal(status, 201);
  assert.equal(called("confirm_upload").length, 0);
  assert.deepEqual(asked[0]?.bearer, "sb_secret_test");
});

Deno.test("uploads that show no type are submitted only if their scan does not reject them", async () => {
  const words = new TextEncoder().encode("Just words.");
  for (const code of ["FILE_MISMATCH", "FILE_INFECTED"] as const) {
    let polled = 0;
    const get_download = () => {
      polled += 1;
      return new ApiError(polled < 3 ? "SCAN_PENDING" : code, "No.");
    };
    const { error, called } = await submitByIds([png, words], { get_download });
    assert.deepEqual([error.code, error.details[0].field], [code, "files[1].fileId"]);
    assert.equal(called("submit_deliverable").length, 0);
    assert.deepEqual(
      called("confirm_upload").map(({ args }) => args),
      ids(1),
    );
  }
  // Other errors are those of the submission.
  const get_download = new ApiError("NOT_FOUND", "Gone.");
  assert.equal((await submitByIds([words], { get_download })).status, 201);
});

Deno.test("a list of ids that the database refuses is not looked at", async () => {
  const api = uploading({
    submit_deliverable: new ApiError("VALIDATION_ERROR", "Validation failed"),
  });
  api.database.unscannedUploads = () => Promise.reject(new Error("It must not be asked."));
  for (const files of [undefined, [], "x", [{ fileId: "x" }], [null], ids(...Array(11).keys())]) {
    const response = await api.signedIn("POST", "/deliverables", { title: "x", files });
    assert.equal((await response.json()).error.code, "VALIDATION_ERROR");
  }
});

Deno.test("the response waits while an avatar is scanned", async () => {
  let asked = 0;
  const { submit, called } = uploading({
    update_me: () => {
      asked += 1;
      if (asked < 3) return new ApiError("SCAN_PENDING", "Not yet.");
      return { id, avatarUrl: "https://files.example/avatars/a.png" };
    },
  });
  const { status, body } = await submit("/users/me/avatar", picture());
  assert.deepEqual([status, body], [200, { avatarUrl: "https://files.example/avatars/a.png" }]);
  assert.equal(asked, 3);
  assert.deepEqual(called("confirm_upload")[0]?.args, { fileId: fileId(0) });
  assert.deepEqual(called("update_me")[0]?.args, { patch: { avatarFileId: fileId(0) } });
});

Deno.test("a file that is no picture is refused under its field and discarded", async () => {
  const { submit, called } = uploading({
    update_me: new ApiError("FILE_MISMATCH", "Not a picture.", {
      details: [{ field: "files", message: "Not a picture." }],
    }),
  });
  const { status, body } = await submit("/users/me/avatar", picture());
  assert.deepEqual(
    [status, body.error.code, body.error.details[0].field],
    [400, "FILE_MISMATCH", "avatar"],
  );
  assert.deepEqual(called("discard_uploads")[0]?.args, { files: ids(0) });
});

Deno.test("an avatar of another user is refused by the update of the profile", async () => {
  const { signedIn, calls } = uploading({
    confirm_upload: new ApiError("FORBIDDEN", "Not yours."),
    update_me: { id },
  });
  assert.equal((await signedIn("PUT", "/users/me", { avatarFileId: id, name: "Ada" })).status, 200);
  assert.deepEqual(calls.at(-1)?.args, { patch: { name: "Ada", avatarFileId: id } });

  await signedIn("PUT", "/users/me", { avatarFileId: null });
  assert.deepEqual(calls.at(-1)?.args, { patch: { avatarFileId: null } });
});
