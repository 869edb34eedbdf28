import { beforeEach, expect, test } from "vitest";
import { png, svg } from "./images.ts";
import { invalid, type Person, person, refusal, refused } from "./support.ts";
import { fetched, formOf, picture, presign, put } from "./uploads.ts";

let talent: Person;
beforeEach(async () => {
  talent = await person("talent", "Tam");
});

const send = (caller: Person, file: ReturnType<typeof picture> & { type?: string }) =>
  caller.post("/users/me/avatar", formOf({ avatar: file }));

test("an avatar is published at once and shown wherever the user's name is", async () => {
  const { status, body } = await send(talent, picture("me.png"));
  expect(status, JSON.stringify(body)).toBe(200);
  expect(Object.keys(body)).toEqual(["avatarUrl"]);
  expect(body.avatarUrl).toContain(`/storage/v1/object/public/avatars/${talent.id}/`);
  expect((await fetched(body.avatarUrl)).subarray(1, 4).toString()).toBe("PNG");
  expect((await talent.get("/users/me")).body.avatarUrl).toBe(body.avatarUrl);
});

test("a new avatar removes the previous one, and null removes the avatar", async () => {
  const { body: first } = await send(talent, picture());
  const { body: second } = await send(talent, picture());
  expect(second.avatarUrl).not.toBe(first.avatarUrl);
  await expect.poll(async () => (await fetch(first.avatarUrl)).ok).toBe(false);
  const { body } = await talent.put("/users/me", { avatarFileId: null });
  expect(body.avatarUrl).toBeNull();
});

test("an avatar that was uploaded to a URL is chosen by its file id", async () => {
  const bytes = png();
  const target = { uploadType: "avatar" };
  const { body: upload } = await presign(talent, target, { fileSize: bytes.length });
  const choose = { avatarFileId: upload.fileId, name: "Tam Quill" };
  expect(refusal(await talent.put("/users/me", choose))).toEqual(refused(409, "UPLOAD_MISSING"));
  expect((await put(upload.uploadUrl, bytes)).status).toBe(200);
  const other = await person("talent");
  expect(refusal(await other.put("/users/me", choose))).toEqual(invalid("avatarFileId"));

  const { status, body } = await talent.put("/users/me", choose);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body).toMatchObject({ avatarUrl: upload.fileUrl, name: "Tam Quill" });
});

test("a file that is no image of an accepted size is refused, and the previous avatar stays", async () => {
  const { body } = await send(talent, picture());
  const megabytes = (n: number) => Buffer.alloc(n * 1024 * 1024, 1);
  for (const [file, expected] of [
    [picture("me.png", svg), refused(400, "FILE_MISMATCH", "avatar")],
    [picture("me.png", png(63)), refused(400, "FILE_MISMATCH", "avatar")],
    [picture("me.jpg"), invalid("avatar")],
    [picture("me.png", Buffer.alloc(0)), invalid("avatar")],
    [picture("me.png", Buffer.concat([megabytes(5), Buffer.from("x")])), invalid("avatar")],
    [picture("me.png", megabytes(26)), invalid("avatar")],
    [{ ...picture("me.pdf"), type: "application/pdf" }, invalid("avatar")],
  ] as const) {
    expect(refusal(await send(talent, file))).toEqual(expected);
  }
  expect(refusal(await talent.post("/users/me/avatar", { avatar: "x" }))).toEqual(
    refused(415, "UNSUPPORTED_MEDIA_TYPE"),
  );
  expect((await talent.get("/users/me")).body.avatarUrl).toBe(body.avatarUrl);
});
