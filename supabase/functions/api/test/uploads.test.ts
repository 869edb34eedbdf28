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
  const { submit, asked, called } = uploading({ create_deliverable: { id } });
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
  assert.deepEqual(called("create_deliverable")[0]?.args, {
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
  assert.equal(called("create_deliverable").length, 0);
});

Deno.test("when the deliverable is refused, its files are discarded and the error is returned", async () => {
  const { submit, called } = uploading({
    create_deliverable: new ApiError("INVALID_STATE", "It is completed."),
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

Deno.test("a file that shows another type is not uploaded; one that shows none is left to the scan", async () => {
  const form = submission("a.png", "b.png");
  const svg = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>';
  form.append("files[]", new File([svg], "logo.png", { type: "image/png" }));
  const gif = new Uint8Array([...new TextEncoder().encode("GIF89a"), 1, 0, 1, 0, 0, 0, 0]);
  form.append("files[]", new File([gif], "logo.png", { type: "image/png" }));
  const { submit, asked, called } = uploading({ create_deliverable: { id } });
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
  const first = uploading({ create_deliverable: { id } });
  await first.submit("/deliverables", submission("a.png"), key);
  const [reserved] = first.called("create_uploads");
  // The request's key belongs to the deliverable. The reservations have a key derived from it.
  assert.match(reserved?.key ?? "", /^form:[0-9a-f]{64}$/);
  assert.equal(first.called("create_deliverable")[0]?.key, "once");
  const args = reserved?.args as { files: { digest: string }[] } | undefined;
  assert.match(args?.files[0]?.digest ?? "", /^[0-9a-f]{64}$/);

  const again = uploading({ create_uploads: reserving("clean"), create_deliverable: { id } });
  const { status } = await again.submit("/deliverables", submission("a.png"), key);
  assert.equal(status, 201);
  assert.deepEqual(again.asked, [], "uploaded files are not uploaded again");
  assert.equal(again.called("create_uploads")[0]?.key, reserved?.key);

  const beside = uploading({ create_deliverable: { id } }, () => storageError("KeyAlreadyExists"));
  assert.equal((await beside.submit("/deliverables", submission("a.png"), key)).status, 201);

  const odd = uploading({ create_deliverable: { id } });
  await odd.submit("/deliverables", submission("a.png"), { "idempotency-key": "k".repeat(256) });
  assert.equal(odd.called("create_uploads")[0]?.key?.length, 256, "the database refuses the key");
});

Deno.test("a submission with files that do not match their reservation rejects those files", async () => {
  const { signedIn, calls } = uploading({
    create_deliverable: new ApiError("FILE_MISMATCH", "Not the size.", {
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
