/** Every method of supabase-js's storage client, as a user with all rights in their own folder. */
import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { admin, newUser, type Person } from "../contract/target.ts";
import { duplicate, failure, fetchObject, notFound, storageUrl } from "./support.ts";

let person: Person;
let folder: string;
const own = () => person.client.storage.from("own");

beforeAll(async () => {
  person = await newUser();
});

beforeEach(() => {
  folder = `${person.user.id}/${randomUUID()}`;
});

const textOf = async (path: string) => {
  const { data, error } = await own().download(path);
  if (error !== null) throw error;
  return data.text();
};

describe("upload", () => {
  test("stores raw text and returns it with its type", async () => {
    const path = `${folder}/note.txt`;
    const { data } = await own().upload(path, "hello", { contentType: "text/plain" });
    expect(data).toEqual({ path, fullPath: `own/${path}`, id: expect.any(String) });
    const down = await own().download(path);
    expect(down.data?.type).toBe("text/plain");
    expect(await down.data?.text()).toBe("hello");
  });

  test("stores a Blob sent as a form, with cache control and metadata", async () => {
    const path = `${folder}/a.png`;
    const blob = new Blob(["\r\n--not a boundary\r\n"], { type: "image/png" });
    await own().upload(path, blob, { cacheControl: "60", metadata: { tag: "ü" } });
    const { data } = await own().info(path);
    expect(data).toMatchObject({
      bucketId: "own",
      name: path,
      size: 20,
      contentType: "image/png",
      cacheControl: "max-age=60",
      metadata: { tag: "ü" },
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      version: expect.any(String),
      lastModified: expect.any(String),
      createdAt: expect.any(String),
    });
    expect(await textOf(path)).toBe("\r\n--not a boundary\r\n");
  });

  test("stores raw bytes with metadata from a header", async () => {
    const path = `${folder}/raw`;
    const bytes = new Uint8Array([0, 255, 13, 10]);
    await own().upload(path, bytes, { contentType: "image/png", metadata: { n: 1 } });
    expect((await own().info(path)).data).toMatchObject({ metadata: { n: 1 }, size: 4 });
    const { data } = await own().download(path);
    expect(new Uint8Array((await data?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(bytes);
  });

  test("stores a stream of unknown length", async () => {
    const path = `${folder}/stream`;
    const stream = new Blob(["one ", "two"]).stream();
    expect((await own().upload(path, stream, { contentType: "text/plain" })).error).toBeNull();
    expect(await textOf(path)).toBe("one two");
  });

  test("stores an empty object", async () => {
    const path = `${folder}/empty`;
    await own().upload(path, new Blob([]), { contentType: "text/plain" });
    expect(await textOf(path)).toBe("");
    expect((await own().info(path)).data?.size).toBe(0);
  });

  test("rejects an existing name without upsert and replaces the object with it", async () => {
    const path = `${folder}/x`;
    const first = await own().upload(path, "one");
    expect(failure(await own().upload(path, "two"))).toEqual(duplicate);
    expect(await textOf(path)).toBe("one");
    const second = await own().upload(path, "three", { upsert: true });
    expect(second.data?.id).toBe(first.data?.id);
    expect(await textOf(path)).toBe("three");
  });

  test("update replaces an object, or creates it if it does not exist", async () => {
    const path = `${folder}/x`;
    expect((await own().update(path, "one")).error).toBeNull();
    expect((await own().update(path, new Blob(["two"]))).error).toBeNull();
    expect(await textOf(path)).toBe("two");
  });

  test("accepts every character that S3 allows in names", async () => {
    const path = `${folder}/a b!-_.*'(),&$@=;:+.txt`;
    expect((await own().upload(path, "odd")).error).toBeNull();
    expect(await textOf(path)).toBe("odd");
    expect((await own().exists(path)).data).toBe(true);
  });
});

describe("signed URLs", () => {
  test("give access without a token, with a file name for the download", async () => {
    const path = `${folder}/a b.txt`;
    await own().upload(path, "open sesame", { contentType: "text/plain" });
    const { data } = await own().createSignedUrl(path, 600, { download: "c d.txt" });
    const answer = await fetch(data?.signedUrl ?? "");
    expect(await answer.text()).toBe("open sesame");
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename=c.*d\.txt;/);
    const expires = Date.parse(answer.headers.get("expires") ?? "") - Date.now();
    expect(expires).toBeGreaterThan(500_000);
    expect(expires).toBeLessThan(601_000);
  });

  test("are created for many objects, with an error for each that cannot be read", async () => {
    await own().upload(`${folder}/a`, "a");
    const paths = [`${folder}/a`, `${folder}/missing`, "someone/else"];
    const { data } = await own().createSignedUrls(paths, 60);
    expect(data?.map(({ error }) => error === null)).toEqual([true, false, false]);
    expect(data?.[1]).toMatchObject({
      path: `${folder}/missing`,
      signedUrl: null,
      error: "Either the object does not exist or you do not have access to it",
    });
    expect(await (await fetch(data?.[0]?.signedUrl ?? "")).text()).toBe("a");
  });

  test("allow an upload by a user without rights", async () => {
    const path = `${folder}/gift.txt`;
    const { data } = await own().createSignedUploadUrl(path);
    const stranger = await newUser();
    const put = await stranger.client.storage
      .from("own")
      .uploadToSignedUrl(path, data?.token ?? "", new Blob(["gift"], { type: "text/plain" }));
    expect(put.data).toEqual({ path, fullPath: `own/${path}` });
    expect(await textOf(path)).toBe("gift");
    const { data: found } = await admin.storage.from("own").info(path);
    expect(found?.size).toBe(4);
    const again = await own().uploadToSignedUrl(path, data?.token ?? "", "again");
    expect(failure(again)).toEqual(duplicate);
  });

  test("replace an object if they were created with upsert", async () => {
    const path = `${folder}/x`;
    await own().upload(path, "one");
    expect(failure(await own().createSignedUploadUrl(path))).toEqual(duplicate);
    const { data } = await own().createSignedUploadUrl(path, { upsert: true });
    await own().uploadToSignedUrl(path, data?.token ?? "", "two");
    expect(await textOf(path)).toBe("two");
  });
});

describe("listing", () => {
  const names = (entries: readonly { readonly name: string }[] | null) =>
    entries?.map(({ name }) => name);

  beforeEach(async () => {
    for (const name of ["b.txt", "a.txt", "deep/1.txt", "deep/er/2.txt"]) {
      await own().upload(`${folder}/${name}`, name, { contentType: "text/plain" });
    }
  });

  test("list returns one level, with folders without id and names relative to the prefix", async () => {
    const { data } = await own().list(folder);
    expect(names(data)).toEqual(["a.txt", "b.txt", "deep"]);
    expect(data?.[2]).toEqual({
      name: "deep",
      id: null,
      updated_at: null,
      created_at: null,
      last_accessed_at: null,
      metadata: null,
    });
    expect(data?.[0]).toMatchObject({ metadata: { size: 5, mimetype: "text/plain" } });
  });

  test("list supports limit, offset, order and search", async () => {
    const desc = { column: "name", order: "desc" };
    expect(names((await own().list(`${folder}/`, { sortBy: desc, limit: 2 })).data)).toEqual([
      "deep",
      "b.txt",
    ]);
    expect(names((await own().list(folder, { offset: 1, limit: 1 })).data)).toEqual(["b.txt"]);
    expect(names((await own().list(folder, { search: "A" })).data)).toEqual(["a.txt"]);
    expect(names((await own().list(`${folder}/none`)).data)).toEqual([]);
  });

  test("listV2 returns all levels or folders, with a cursor", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { data } = await own().listV2({
        prefix: `${folder}/`,
        limit: 3,
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...(names(data?.objects ?? []) ?? []));
      expect(data?.folders).toEqual([]);
      cursor = data?.hasNext ? data.nextCursor : undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(
      ["a.txt", "b.txt", "deep/1.txt", "deep/er/2.txt"].map((name) => `${folder}/${name}`),
    );
    const folded = await own().listV2({ prefix: `${folder}/`, with_delimiter: true });
    expect(names(folded.data?.folders ?? [])).toEqual([`${folder}/deep/`]);
    expect(names(folded.data?.objects ?? [])).toEqual([`${folder}/a.txt`, `${folder}/b.txt`]);
  });

  test("listV2 sorts by time across pages", async () => {
    const sortBy = { column: "created_at", order: "desc" } as const;
    const first = await own().listV2({ prefix: `${folder}/`, limit: 1, sortBy });
    expect(names(first.data?.objects ?? [])).toEqual([`${folder}/deep/er/2.txt`]);
    const cursor = first.data?.nextCursor ?? "";
    const second = await own().listV2({ prefix: `${folder}/`, limit: 1, sortBy, cursor });
    expect(names(second.data?.objects ?? [])).toEqual([`${folder}/deep/1.txt`]);
  });
});

describe("existing objects", () => {
  test("move keeps id and metadata and rejects existing targets", async () => {
    const [from, to] = [`${folder}/from`, `${folder}/to/there`];
    await own().upload(from, "mobile", { contentType: "text/plain", metadata: { kept: true } });
    const before = await own().info(from);
    expect((await own().move(from, to)).data).toMatchObject({ message: "Successfully moved" });
    expect((await own().exists(from)).data).toBe(false);
    expect(await textOf(to)).toBe("mobile");
    const after = await own().info(to);
    expect(after.data).toMatchObject({ id: before.data?.id, metadata: { kept: true } });
    expect(after.data?.version).not.toBe(before.data?.version);
    await own().upload(from, "other");
    expect(failure(await own().move(from, to))).toEqual(duplicate);
    expect(failure(await own().move(`${folder}/none`, `${folder}/x`))).toEqual(notFound);
    expect([await textOf(from), await textOf(to)]).toEqual(["other", "mobile"]);
  });

  test("copy duplicates an object, also to another bucket", async () => {
    const from = `${folder}/from`;
    await own().upload(from, "twice", { contentType: "text/plain", metadata: { kept: true } });
    const copied = await own().copy(from, `${folder}/copy`);
    expect(copied.data).toEqual({ path: `own/${folder}/copy` });
    await own().remove([from]);
    expect(await textOf(`${folder}/copy`)).toBe("twice");
    expect((await own().info(`${folder}/copy`)).data?.metadata).toEqual({ kept: true });
    expect(failure(await own().copy(`${folder}/copy`, `${folder}/copy`))).toEqual(duplicate);
    const far = await own().copy(`${folder}/copy`, `${folder}/far`, { destinationBucket: "small" });
    expect(far.error).toBeNull();
    const { data } = await person.client.storage.from("small").download(`${folder}/far`);
    expect(await data?.text()).toBe("twice");
  });

  test("remove returns the removed objects and skips the others", async () => {
    await own().upload(`${folder}/a`, "a");
    const { data } = await own().remove([`${folder}/a`, `${folder}/none`, "someone/else"]);
    expect(data).toMatchObject([{ name: `${folder}/a`, bucket_id: "own" }]);
    expect((await own().exists(`${folder}/a`)).data).toBe(false);
    expect(failure(await own().download(`${folder}/a`))).toEqual(notFound);
  });

  test("a DELETE request removes one object", async () => {
    await own().upload(`${folder}/a`, "a");
    const remove = () =>
      fetchObject(`/object/own/${folder}/a`, person.session.access_token, { method: "DELETE" });
    expect(await (await remove()).json()).toEqual({ message: "Successfully deleted" });
    const again = await remove();
    expect(again.status).toBe(400);
    expect(await again.json()).toMatchObject({ statusCode: "404", code: "NoSuchKey" });
  });

  test("exists throws if the bucket does not exist", async () => {
    await expect(person.client.storage.from("nowhere").exists("x")).rejects.toMatchObject({
      code: "NoSuchBucket",
    });
  });
});

test("serves objects of a public bucket at their public URL without a token", async () => {
  const path = `${folder}/logo.txt`;
  await admin.storage.from("open").upload(path, "logo", { contentType: "text/plain" });
  const { data } = own().getPublicUrl(path);
  expect((await fetch(data.publicUrl)).status).toBe(400);
  const address = person.client.storage.from("open").getPublicUrl(path, { download: true });
  const answer = await fetch(address.data.publicUrl);
  expect(answer.headers.get("content-disposition")).toBe("attachment;");
  expect(await answer.text()).toBe("logo");
  const info = await fetch(`${storageUrl}/object/info/public/open/${path}`);
  expect(await info.json()).toMatchObject({ size: 4, content_type: "text/plain" });
});
